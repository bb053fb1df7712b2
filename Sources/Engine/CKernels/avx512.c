#if defined(__x86_64__)
#include "ckernels.h"

#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2"))), apply_to = function)
#include "kernels/table.h"
#pragma clang attribute pop

const ck_kernels ck_avx512 = KERNELS(CK_AVX512);
#endif
