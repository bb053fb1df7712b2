// Selects the kernels for pictures that this processor supports.
#include "ckconvolution.h"
#include "cknormalization.h"

#if defined(__x86_64__)
extern const ck_winograd ck_winograd_avx2, ck_winograd_avx512;
extern const ck_normalization ck_normalization_avx2, ck_normalization_avx512;

#define BEST(kind)                                                              \
  __builtin_cpu_init();                                                         \
  if (__builtin_cpu_supports("avx512f")) return &ck_##kind##_avx512;            \
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {        \
    return &ck_##kind##_avx2;                                                   \
  }                                                                             \
  return NULL;
#else
#define BEST(kind) return NULL;
#endif

const ck_winograd *ck_best_winograd(void) { BEST(winograd) }

const ck_normalization *ck_best_normalization(void) { BEST(normalization) }
