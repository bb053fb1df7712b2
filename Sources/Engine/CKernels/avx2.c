#if defined(__x86_64__)
#include "ckernels.h"

#include <math.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi2"))), apply_to = function)
#include "kernels/table.h"
#pragma clang attribute pop

const ck_kernels ck_avx2 = KERNELS(CK_AVX2);
#endif
