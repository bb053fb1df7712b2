// Loops over the random words of Philox4x32-10, for the vector instructions that the processor has. All arithmetic is
// that of integers, so the results are the same on every processor.
#ifndef CPHILOX_H
#define CPHILOX_H

#include <stddef.h>
#include <stdint.h>

/// Fills `draws` with `count` integers in 0..<`bound`.
///
/// The integer at i is the upper half of the 128-bit product of `bound` and the 64-bit word at i: of the words of
/// `Philox.block`, whose counter is i / 2, those at 2 (i mod 2) and 2 (i mod 2) + 1.
void cr_draw(
    uint32_t *_Nonnull draws, size_t count, uint32_t bound, uint32_t first_key, uint32_t second_key);

#endif
