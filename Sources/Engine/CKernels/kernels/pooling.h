// Maximum pooling of one picture in channels-last order, with windows beside each other.
#pragma once

#include "simd.h"

/// A number that says whether lanes of `value` are the maxima `most`; NaN is the maximum of a window that has one.
INLINE ints isMaximum(floats value, floats most) {
  return (value == most) | ((value != value) & (most != most));
}

/// Writes `count` channels of a pixel, as a whole vector if `mayExceed`: pixels of a row are written in their order, so that
/// each overwrites what those before it wrote beyond their channels.
INLINE void storePixel(float *to, floats x, size_t count, bool mayExceed) {
  if (count < LANES && !mayExceed) storePart(to, x, count);
  else store(to, x);
}

static void maxPool(ck_pool pool, const float *x, float *y) {
  const size_t rows = pool.height / pool.window_height, columns = pool.width / pool.window_width;
  for (size_t pixel = 0; pixel < rows * columns; pixel++) {
    const size_t row = pixel / columns * pool.window_height;
    const size_t column = pixel % columns * pool.window_width;
    for (size_t channel = 0; channel < pool.channels; channel += LANES) {
      floats most = all(-INFINITY);
      for (size_t i = 0; i < pool.window_height; i++) {
        const float *from = x + ((row + i) * pool.width + column) * pool.channels + channel;
        for (size_t j = 0; j < pool.window_width; j++) {
          const floats value = load(from + j * pool.channels);
          most = choose((value > most) | (value != value), value, most);
        }
      }
      storePixel(
          y + pixel * pool.channels + channel, most, pool.channels - channel,
          (rows * columns - pixel) * pool.channels >= channel + LANES);
    }
  }
}

static void maxPoolBackward(
    ck_pool pool, const float *x, const float *y, const float *dy, float *dx) {
  const size_t rows = pool.height / pool.window_height, columns = pool.width / pool.window_width;
  const size_t line = pool.width * pool.channels;
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < columns; column++) {
      const size_t pixel = (row * columns + column) * pool.channels;
      const size_t first = row * pool.window_height * line + column * pool.window_width * pool.channels;
      for (size_t channel = 0; channel < pool.channels; channel += LANES) {
        const floats most = load(y + pixel + channel), gradient = load(dy + pixel + channel);
        ints isTaken = (ints)0;
        for (size_t i = 0; i < pool.window_height; i++) {
          for (size_t j = 0; j < pool.window_width; j++) {
            const size_t place = first + i * line + j * pool.channels + channel;
            const ints takes = isMaximum(load(x + place), most) & ~isTaken;
            isTaken |= takes;
            storePixel(
                dx + place, choose(takes, gradient, all(0)), pool.channels - channel,
                channel == 0 && line - (column * pool.window_width + j) * pool.channels >= LANES);
          }
        }
      }
    }
    // The pixels beside the last window.
    const size_t used = columns * pool.window_width * pool.channels;
    for (size_t i = 0; used < line && i < pool.window_height; i++) {
      memset(dx + (row * pool.window_height + i) * line + used, 0, (line - used) * sizeof *dx);
    }
  }
  const size_t used = rows * pool.window_height * line;
  memset(dx + used, 0, (pool.height * line - used) * sizeof *dx);
}
