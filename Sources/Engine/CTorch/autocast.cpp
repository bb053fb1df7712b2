// Forward passes in lower precision.
#include "support.h"

#include <ATen/autocast_mode.h>

using namespace ctorch;

ct_status ct_autocast_begin(ct_device where, ct_dtype dtype, ct_autocast *before) {
  return guarded([&] {
    const auto type = device(where).type();
    const auto target = scalarType(dtype);
    TORCH_CHECK_VALUE(
        target == at::kBFloat16 || target == at::kHalf, "autocast is to bfloat16 or float16, not ",
        target);
    *before = {
        where, at::autocast::is_autocast_enabled(type), dtypeOf(at::autocast::get_autocast_dtype(type))};
    at::autocast::set_autocast_dtype(type, target);
    at::autocast::set_autocast_enabled(type, true);
    at::autocast::increment_nesting();
  });
}

ct_status ct_autocast_end(ct_autocast before) {
  return guarded([&] {
    // The cached copies of the weights are only valid for this pass, since a step changes the weights.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    const auto type = device(before.device).type();
    at::autocast::set_autocast_enabled(type, before.enabled);
    at::autocast::set_autocast_dtype(type, scalarType(before.dtype));
  });
}
