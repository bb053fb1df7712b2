// Versions of a loop for several processors, among which the program chooses when it is loaded.
#pragma once

#if defined(__x86_64__) && defined(__linux__)
#define CT_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CT_FOR_EACH_PROCESSOR
#endif
