#if defined(__x86_64__)
#include "ckconvolution.h"
#include "ckdirect.h"
#include "cknormalization.h"

#include <string.h>

#define LANES 16
#define ROWS 12
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#include "kernels/direct.h"
#include "kernels/normalization.h"
#include "kernels/winograd.h"
#pragma clang attribute pop

const ck_winograd ck_winograd_avx512 = WINOGRAD;
const ck_normalization ck_normalization_avx512 = NORMALIZATION;
const ck_direct ck_direct_avx512 = DIRECT_KERNELS;
#endif
