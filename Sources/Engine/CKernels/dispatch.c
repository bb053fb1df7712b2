// Selects the kernels that this processor supports.
#include "ckernels.h"

extern const ck_kernels ck_portable;

#if defined(__x86_64__)
extern const ck_kernels ck_avx2;
extern const ck_kernels ck_avx512;

const ck_kernels *ck_kernels_of(ck_level level) {
  __builtin_cpu_init();
  switch (level) {
    case CK_PORTABLE: return &ck_portable;
    case CK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? &ck_avx2 : NULL;
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("bmi2")
                 ? &ck_avx512
                 : NULL;
  }
  return NULL;
}
#else
const ck_kernels *ck_kernels_of(ck_level level) {
  return level == CK_PORTABLE ? &ck_portable : NULL;
}
#endif

const ck_kernels *ck_best(void) {
  const ck_kernels *best = ck_kernels_of(CK_AVX512);
  if (best == NULL) best = ck_kernels_of(CK_AVX2);
  return best == NULL ? &ck_portable : best;
}
