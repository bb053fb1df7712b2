#if defined(__x86_64__)
#include "ckconvolution.h"
#include "ckdirect.h"
#include "cknormalization.h"

#include <string.h>

#define LANES 8
#define ROWS 6
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels/direct.h"
#include "kernels/normalization.h"
#include "kernels/winograd.h"
#pragma clang attribute pop

const ck_winograd ck_winograd_avx2 = WINOGRAD;
const ck_normalization ck_normalization_avx2 = NORMALIZATION;
const ck_direct ck_direct_avx2 = DIRECT_KERNELS;
#endif
