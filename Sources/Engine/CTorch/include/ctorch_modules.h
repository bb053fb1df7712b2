/// Programs that `torch.jit.save` wrote; the rules are those of `ctorch.h`.
///
/// A module is a program: running it does whatever it says, with the rights of this process.
#ifndef CTORCH_MODULES_H
#define CTORCH_MODULES_H

#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin
#pragma GCC visibility push(default)

/// A TorchScript module on some device.
typedef struct ct_module ct_module;

/// Loads a module from the contents of a file and moves it to `device`. What it prints goes to standard error.
/// Parameters that share memory are an error, because an optimizer would change each of them.
CT_CHECKED ct_status ct_module_load(
    const uint8_t *bytes, size_t count, ct_device device, ct_module *_Nullable *_Nonnull out);
/// Releases a module; null is allowed. Tensors that it handed out stay valid.
void ct_free_module(ct_module *_Nullable module);

/// The number of parameters and buffers, in the order of a state dict.
size_t ct_module_tensor_count(const ct_module *module);
/// One of them: its path, which the module owns, whether it is a parameter, and the tensor itself, which
/// in-place operations change in the module.
CT_CHECKED ct_status ct_module_tensor(
    const ct_module *module, size_t index, const char *_Nullable *_Nonnull name,
    bool *is_parameter, ct_out out);

/// Switches the module and all modules in it to training or evaluation mode. In training mode, those at
/// `fixed`, such as `layer1.0.bn1` or an empty text for the module itself, are in evaluation mode, but not the
/// modules in them.
CT_CHECKED ct_status ct_module_train(
    ct_module *module, bool training, const char *_Nonnull const *_Nullable fixed, size_t count);

/// The output of `forward` for one tensor. It is computed as written, without the optimizations that LibTorch
/// makes after the first runs, because these change the last bits.
CT_CHECKED ct_status ct_module_forward(ct_module *module, const ct_tensor *x, ct_out out);

/// Makes a module and passes it to `write` piece by piece, in the form of `torch.jit.save`. It has the mode of evaluation.
///
/// - source: the definition of its method `forward` in TorchScript.
/// - names: the paths of the tensors in it, one a line: `layer1.0.conv1.weight`.
/// - are_parameters: for each tensor, whether it is a parameter; otherwise it is a buffer.
/// - metadata: stored in the file as `extra/metadata.json`.
/// - context: passed to `write`, which must not throw.
CT_CHECKED ct_status ct_module_serialize(
    const char *source, const char *names, const bool *_Nullable are_parameters, ct_list values,
    const char *metadata, void (*write)(void *context, const uint8_t *bytes, size_t count),
    void *context);

/// Seeds LibTorch's own random generators, on all devices.
CT_CHECKED ct_status ct_seed(uint64_t seed);

#pragma GCC visibility pop
#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
