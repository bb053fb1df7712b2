#include "kernels/table.h"

const ck_kernels ck_portable = KERNELS(CK_PORTABLE);
