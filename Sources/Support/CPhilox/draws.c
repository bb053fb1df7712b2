#include "cphilox.h"

#if defined(__x86_64__) && defined(__linux__)
// The program chooses among these when it is loaded.
#define FOR_EACH_PROCESSOR \
  __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

typedef struct words {
  uint32_t x, y, z, w;
} words;

// The words of the block at `index`.
INLINE words block(uint64_t index, uint32_t first_key, uint32_t second_key) {
  words c = {(uint32_t)index, (uint32_t)(index >> 32), 0, 0};
  for (int round = 0; round < 10; round++) {
    uint64_t left = (uint64_t)c.x * 0xD2511F53u;
    uint64_t right = (uint64_t)c.z * 0xCD9E8D57u;
    c = (words){
        (uint32_t)(right >> 32) ^ c.y ^ first_key, (uint32_t)right,
        (uint32_t)(left >> 32) ^ c.w ^ second_key, (uint32_t)left};
    first_key += 0x9E3779B9u;
    second_key += 0xBB67AE85u;
  }
  return c;
}

// The upper half of the 128-bit product of `bound` and the word with these halves.
INLINE uint32_t below(uint32_t bound, uint32_t low, uint32_t high) {
  return (uint32_t)((((uint64_t)low * bound >> 32) + (uint64_t)high * bound) >> 32);
}

FOR_EACH_PROCESSOR
void cr_draw(
    uint32_t *draws, size_t count, uint32_t bound, uint32_t first_key, uint32_t second_key) {
  size_t pairs = count / 2;
  for (size_t pair = 0; pair < pairs; pair++) {
    words drawn = block(pair, first_key, second_key);
    draws[2 * pair] = below(bound, drawn.x, drawn.y);
    draws[2 * pair + 1] = below(bound, drawn.z, drawn.w);
  }
  if (count % 2 == 1) {
    words drawn = block(pairs, first_key, second_key);
    draws[count - 1] = below(bound, drawn.x, drawn.y);
  }
}
