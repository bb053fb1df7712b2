// TorchScript modules.
#include "ctorch_modules.h"
#include "support.h"

#include <ATen/Context.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/csrc/jit/serialization/import.h>

#include <istream>
#include <iostream>
#include <map>
#include <set>
#include <streambuf>
#include <string_view>

using namespace ctorch;

namespace {

struct Named {
  std::string name;
  bool isParameter;
  at::Tensor tensor;
};

/// Reads bytes that somebody else owns.
struct ByteBuffer : std::streambuf {
  ByteBuffer(const uint8_t *bytes, size_t count) {
    auto *start = const_cast<char *>(reinterpret_cast<const char *>(bytes));
    setg(start, start, start + count);
  }

 protected:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    char *base = from == std::ios_base::beg ? eback() : from == std::ios_base::cur ? gptr() : egptr();
    const off_type place = base - eback() + offset;
    if (place < 0 || place > egptr() - eback()) return pos_type(off_type(-1));
    setg(eback(), eback() + place, egptr());
    return pos_type(place);
  }
  pos_type seekpos(pos_type place, std::ios_base::openmode mode) override {
    return seekoff(off_type(place), std::ios_base::beg, mode);
  }
};

/// In the order of a state dict: of each module its parameters, its buffers, and then the modules in it.
void collect(const torch::jit::Module &module, const std::string &prefix, std::vector<Named> &found) {
  for (const auto &item : module.named_parameters(/*recurse=*/false)) {
    found.push_back({prefix + item.name, true, item.value});
  }
  for (const auto &item : module.named_buffers(/*recurse=*/false)) {
    if (item.value.defined()) found.push_back({prefix + item.name, false, item.value});
  }
  for (const auto &child : module.named_children()) collect(child.value, prefix + child.name + ".", found);
}

void refuseShared(const std::vector<Named> &found) {
  std::map<const void *, const std::string *> owners;
  for (const auto &item : found) {
    if (!item.isParameter || item.tensor.numel() == 0 || !item.tensor.has_storage()) continue;
    auto [owner, isNew] = owners.emplace(item.tensor.storage().data(), &item.name);
    TORCH_CHECK_VALUE(
        isNew, "the parameters '", *owner->second, "' and '", item.name,
        "' share their memory, which is not supported");
  }
}

void train(
    const torch::jit::Module &module, bool on, const std::string &path,
    const std::set<std::string_view> &fixed) {
  // A module that `torch.jit.freeze` made has no such attribute.
  if (auto slot = module._ivalue()->type()->findAttributeSlot("training")) {
    module._ivalue()->setSlot(*slot, on && fixed.count(path) == 0);
  }
  const std::string prefix = path.empty() ? "" : path + ".";
  for (const auto &child : module.named_children()) train(child.value, on, prefix + child.name, fixed);
}

}  // namespace

struct ct_module {
  torch::jit::Module value;
  std::vector<Named> tensors;
};

ct_status ct_module_load(const uint8_t *bytes, size_t count, ct_device device, ct_module **out) {
  return guarded([&] {
    // Standard output belongs to the program.
    torch::jit::setPrintHandler([](const std::string &text) { std::cerr << text; });
    ByteBuffer buffer(bytes, count);
    std::istream stream(&buffer);
    const at::Device place = ctorch::device(device);
    // Loaded on the CPU first, since a file that was saved on a GPU may be read on a machine without one.
    auto module = std::make_unique<ct_module>(ct_module{torch::jit::load(stream, at::Device(at::kCPU)), {}});
    TORCH_CHECK_VALUE(module->value.find_method("forward").has_value(), "the module has no method 'forward'");
    if (!place.is_cpu()) module->value.to(place);
    collect(module->value, "", module->tensors);
    refuseShared(module->tensors);
    *out = module.release();
  });
}

void ct_free_module(ct_module *module) { delete module; }

size_t ct_module_tensor_count(const ct_module *module) { return module->tensors.size(); }

ct_status ct_module_tensor(
    const ct_module *module, size_t index, const char **name, bool *is_parameter, ct_out out) {
  return produce(out, [&] {
    const Named &item = module->tensors.at(index);
    *name = item.name.c_str();
    *is_parameter = item.isParameter;
    return item.tensor;
  });
}

ct_status ct_module_train(ct_module *module, bool training, const char *const *fixed, size_t count) {
  return guarded([&] {
    std::set<std::string_view> names;
    for (size_t i = 0; i < count; i++) names.insert(fixed[i]);
    train(module->value, training, "", names);
  });
}

ct_status ct_module_forward(ct_module *module, const ct_tensor *x, ct_out out) {
  return produce(out, [&] {
    torch::jit::GraphOptimizerEnabledGuard unoptimized(false);
    c10::IValue result;
    try {
      result = module->value.forward({x->value});
    } catch (const c10::Error &) {
      throw;
    } catch (const std::exception &error) {
      // The reason is at the end, behind the code of every function on the way.
      constexpr size_t most = 3500;
      const std::string text = error.what();
      if (text.size() <= most) throw;
      throw std::runtime_error("Traceback of TorchScript\n" + text.substr(text.size() - most));
    }
    TORCH_CHECK_VALUE(
        result.isTensor(), "'forward' returns ", result.type()->repr_str(), " instead of one tensor");
    auto tensor = result.toTensor();
    TORCH_CHECK_VALUE(tensor.defined(), "'forward' returns a tensor without contents");
    return tensor;
  });
}

ct_status ct_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}
