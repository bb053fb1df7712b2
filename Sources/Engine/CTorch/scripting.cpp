// TorchScript modules that are made here.
#include "ctorch_modules.h"
#include "support.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/export.h>

#include <map>
#include <sstream>
#include <string>

using namespace ctorch;

namespace {

using torch::jit::Module;

/// The modules of a file by their paths, each made when something in it is first named.
struct Tree {
  std::map<std::string, Module> modules;

  Module &at(const std::string &path) {
    const auto found = modules.find(path);
    if (found != modules.end()) return found->second;
    // Every module has a type of its own, whose name counts.
    const std::string type = path.empty() ? "Model" : "Part" + std::to_string(modules.size());
    Module &made = modules.emplace(path, Module("__torch__." + type)).first->second;
    // What `model.training` reads, and `model.train()` sets, in every module of Python's.
    made.register_attribute("training", c10::BoolType::get(), false);
    if (path.empty()) return made;
    const auto dot = path.rfind('.');
    Module &parent = at(dot == std::string::npos ? "" : path.substr(0, dot));
    parent.register_module(dot == std::string::npos ? path : path.substr(dot + 1), made);
    return made;
  }
};

}  // namespace

ct_status ct_module_serialize(
    const char *source, const char *names, const bool *are_parameters, ct_list values,
    const char *metadata, void (*write)(void *context, const uint8_t *bytes, size_t count),
    void *context) {
  return guarded([&] {
    const std::vector<at::Tensor> all = tensors(values);
    Tree tree;
    tree.at("");
    std::istringstream lines(names);
    std::string name;
    for (size_t i = 0; i < all.size(); i++) {
      TORCH_CHECK_VALUE(std::getline(lines, name), "there are fewer names than tensors");
      const auto dot = name.rfind('.');
      Module &owner = tree.at(dot == std::string::npos ? "" : name.substr(0, dot));
      const std::string own = dot == std::string::npos ? name : name.substr(dot + 1);
      at::Tensor value = all[i].detach();
      if (are_parameters[i]) value.requires_grad_(true);
      owner.register_parameter(own, value, /*is_buffer=*/!are_parameters[i]);
    }
    Module &model = tree.at("");
    model.define(source);
    torch::jit::ExportModule(
        model,
        [&](const void *bytes, size_t count) {
          write(context, static_cast<const uint8_t *>(bytes), count);
          return count;
        },
        {{"metadata.json", metadata}});
  });
}
