/// What training on another device than the CPU needs: random masks that are made there, and measurements of copies
/// and memory; part of the C ABI of `ctorch.h`, whose rules apply.
#ifndef CTORCH_DEVICE_H
#define CTORCH_DEVICE_H

#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin
#pragma GCC visibility push(default)

/// The dropout mask of a random stream, as float32: element i is 0 if the upper 24 bits of word i of Philox4x32-10
/// under the key are below `threshold`, and `scale` otherwise; see docs/randomness.md.
///
/// It is computed on the key's device by operations on int64 tensors and has the same bits on every device.
///
/// - `key`: the two words, int64 [2].
CT_CHECKED ct_status ct_dropout_mask(
    const ct_tensor *key, uint32_t threshold, float scale, ct_ints shape, ct_out out);
/// A key on `device`, int64 [2]. Nothing is copied to the device.
CT_CHECKED ct_status ct_random_key(uint32_t key0, uint32_t key1, ct_device device, ct_out out);

/// Operations on a device that it can repeat in a single launch, on the same memory: a CUDA graph.
typedef struct ct_graph ct_graph;

/// Whether operations on the device can be recorded. On CUDA that needs a build with CUDA's headers.
bool ct_graphs_available(ct_device device);
/// Makes a graph without operations.
CT_CHECKED ct_status ct_graph_new(ct_device device, ct_graph *_Nullable *_Nonnull out);
/// Calls `body` with `context` once, so that its operations run on the stream that is recorded on, or, with `record`, are
/// recorded without being run. Before it is recorded, it has to have run a few times there.
///
/// Fails if `body` returns false, or calls what cannot be recorded, such as a copy that the CPU waits for.
CT_CHECKED ct_status ct_graph_run(
    ct_graph *graph, bool record, bool (*body)(void *context), void *context);
/// Runs the operations that were recorded.
CT_CHECKED ct_status ct_graph_replay(ct_graph *graph);
/// Frees a graph and the memory of the tensors that it writes.
void ct_graph_free(ct_graph *graph);

/// Copies between devices, counted by `ct_transfers_begin` and `ct_transfers_end`.
typedef struct ct_transfers {
  /// Copies that the CPU waits for, because they are not asynchronous or because the host's memory is not pinned.
  int64_t waiting;
  /// Copies that the CPU does not wait for.
  int64_t asynchronous;
  /// Values that the CPU reads in order to decide something (`item`, the sizes of `nonzero`), on any device.
  int64_t scalars;
} ct_transfers;

/// Counts, from now on, the copies and reads of all operations on all threads, also those that LibTorch calls itself.
/// Operations are slower meanwhile.
/// Fails if they are being counted already.
CT_CHECKED ct_status ct_transfers_begin(void);
/// Stops counting.
CT_CHECKED ct_status ct_transfers_end(ct_transfers *counts);

/// The bytes of the tensors on a device other than the CPU. Fails on devices whose memory LibTorch does not manage.
CT_CHECKED ct_status ct_device_memory(ct_device device, int64_t *bytes);

#pragma GCC visibility pop
#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
