// Operations that a device repeats in a single launch: CUDA graphs.
#include "ctorch_device.h"
#include "support.h"

#ifdef CTORCH_CUDA_GRAPHS
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <functional>
#endif

using namespace ctorch;

#ifdef CTORCH_CUDA_GRAPHS

/// The streams are handled through LibTorch's interface for all devices, whose functions are in its library: those in
/// the headers for CUDA would need the CUDA runtime when this file is linked.
struct ct_graph {
  explicit ct_graph(at::Device device)
      : guard(device.type()), device(device), side(guard.getStreamFromGlobalPool(device)) {}

  /// Runs `body` on a stream of its own, as recording requires, after what has been begun on the current stream. What
  /// is begun there later comes after it.
  void onSide(const std::function<void()> &body) {
    const auto before = guard.getStream(device);
    wait(side, before);
    {
      c10::StreamGuard stream(side);
      body();
    }
    wait(before, side);
  }

  at::cuda::CUDAGraph graph;

 private:
  void wait(const c10::Stream &later, const c10::Stream &earlier) const {
    c10::Event event(device.type());
    event.record(earlier);
    event.block(later);
  }

  c10::impl::VirtualGuardImpl guard;
  at::Device device;
  c10::Stream side;
};

bool ct_graphs_available(ct_device where) { return where.type == CT_CUDA; }

ct_status ct_graph_new(ct_device where, ct_graph **out) {
  return guarded([&] {
    const auto target = device(where);
    TORCH_CHECK_VALUE(target.is_cuda(), "operations cannot be recorded on ", target);
    *out = new ct_graph(target);
  });
}

ct_status ct_graph_run(ct_graph *graph, bool record, bool (*body)(void *context), void *context) {
  return guarded([&] {
    bool isDone = false;
    graph->onSide([&] {
      if (record) graph->graph.capture_begin();
      isDone = body(context);
      if (record) graph->graph.capture_end();
    });
    TORCH_CHECK(isDone, "the operations failed");
  });
}

ct_status ct_graph_replay(ct_graph *graph) {
  return guarded([&] { graph->graph.replay(); });
}

void ct_graph_free(ct_graph *graph) { delete graph; }

#else

bool ct_graphs_available(ct_device) { return false; }

ct_status ct_graph_new(ct_device, ct_graph **) {
  return guarded([] { TORCH_CHECK_VALUE(false, "this build cannot record operations"); });
}

ct_status ct_graph_run(ct_graph *graph, bool, bool (*)(void *), void *) {
  return ct_graph_replay(graph);
}

ct_status ct_graph_replay(ct_graph *) {
  return guarded([] { TORCH_CHECK_VALUE(false, "nothing has been recorded"); });
}

void ct_graph_free(ct_graph *) {}

#endif
