// Selects the kernels for pictures that this processor supports. They are written with vector extensions of Clang; other
// compilers leave them out.
#include "ckconvolution.h"
#include "ckdirect.h"
#include "cknormalization.h"

#if defined(__x86_64__) && defined(__clang__)
extern const ck_winograd ck_winograd_avx2, ck_winograd_avx512;
extern const ck_normalization ck_normalization_avx2, ck_normalization_avx512;
extern const ck_direct ck_direct_avx2, ck_direct_avx512;

static bool has(bool wide) {
  __builtin_cpu_init();
  return wide ? __builtin_cpu_supports("avx512f")
              : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const ck_winograd *ck_winograd_of(bool wide) {
  if (!has(wide)) return NULL;
  return wide ? &ck_winograd_avx512 : &ck_winograd_avx2;
}

const ck_normalization *ck_normalization_of(bool wide) {
  if (!has(wide)) return NULL;
  return wide ? &ck_normalization_avx512 : &ck_normalization_avx2;
}

const ck_direct *ck_direct_of(bool wide) {
  if (!has(wide)) return NULL;
  return wide ? &ck_direct_avx512 : &ck_direct_avx2;
}
#else
const ck_winograd *ck_winograd_of(bool wide) { return NULL; }

const ck_normalization *ck_normalization_of(bool wide) { return NULL; }

const ck_direct *ck_direct_of(bool wide) { return NULL; }
#endif

const ck_winograd *ck_best_winograd(void) {
  const ck_winograd *wide = ck_winograd_of(true);
  return wide == NULL ? ck_winograd_of(false) : wide;
}

const ck_normalization *ck_best_normalization(void) {
  const ck_normalization *wide = ck_normalization_of(true);
  return wide == NULL ? ck_normalization_of(false) : wide;
}

const ck_direct *ck_best_direct(int64_t channels) {
  const ck_direct *wide = channels <= 8 ? NULL : ck_direct_of(true);
  return wide == NULL ? ck_direct_of(false) : wide;
}
