// Winograd's F(4×4, 3×3), included once by each file, which selects the instruction set and with it LANES, the number
// of floats in a register, and ROWS, the number of tiles whose products are kept in registers.
#pragma once

#include "ckconvolution.h"

#include "products.h"

/// Where a tile lies.
typedef struct place {
  int64_t image, row, column;
} place;

INLINE place placeOf(const ck_picture *p, int64_t tile) {
  const int64_t across = (p->out_width + 3) / 4, down = (p->out_height + 3) / 4;
  return (place){tile / (across * down), tile / across % down * 4, tile % across * 4};
}

INLINE place following(const ck_picture *p, place at) {
  at.column += 4;
  if (at.column >= p->out_width) {
    at.column = 0;
    at.row += 4;
    if (at.row >= p->out_height) {
      at.row = 0;
      at.image++;
    }
  }
  return at;
}

// The points at which the polynomials are evaluated: 0, ±A, ±B and infinity. With these, rounding errors are about a
// third of those with the customary ±1 and ±2, and about the same as those of a direct sum (B. Barabasz et al., Error
// Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks, 2020, is on their choice). All
// constants but the reciprocals are exact.
#define A 0.625f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)
/// The products of the differences between 0, A or B and all other finite points.
#define N0 (A2 * B2)
#define NA (2 * A2 * (A2 - B2))
#define NB (2 * B2 * (B2 - A2))

/// Bᵀ d.
INLINE void inputPoints(const vec d[6], vec o[6]) {
  const vec a = fma_((vec)-B2, d[2], d[4]), b = A * fma_((vec)-B2, d[1], d[3]);
  const vec c = fma_((vec)-A2, d[2], d[4]), e = B * fma_((vec)-A2, d[1], d[3]);
  o[0] = fma_((vec)N0, d[0], fma_((vec) - (A2 + B2), d[2], d[4]));
  o[1] = a + b;
  o[2] = a - b;
  o[3] = c + e;
  o[4] = c - e;
  o[5] = fma_((vec)N0, d[1], fma_((vec) - (A2 + B2), d[3], d[5]));
}

/// Aᵀ m.
INLINE void outputPoints(const vec m[6], vec y[4]) {
  const vec s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4];
  y[0] = (m[0] + s) + t;
  y[1] = fma_((vec)B, e, A * d);
  y[2] = fma_((vec)B2, t, A2 * s);
  y[3] = fma_((vec)(B * B2), e, fma_((vec)(A * A2), d, m[5]));
}

/// A y.
INLINE void gradientPoints(const vec y[4], vec m[6]) {
  const vec s = fma_((vec)A2, y[2], y[0]), d = fma_((vec)(A * A2), y[3], A * y[1]);
  const vec t = fma_((vec)B2, y[2], y[0]), e = fma_((vec)(B * B2), y[3], B * y[1]);
  m[0] = y[0];
  m[1] = s + d;
  m[2] = s - d;
  m[3] = t + e;
  m[4] = t - e;
  m[5] = y[3];
}

static void input(
    const ck_picture *p, const float *x, int64_t first, int64_t count, ck_plane to) {
  const int64_t channels = p->channels, line = p->width * channels;
  place at = placeOf(p, first);
  for (int64_t t = 0; t < count; t++, at = following(p, at)) {
    const int64_t top = at.row - p->top, left = at.column - p->left;
    const float *from = x + at.image * p->height * line + top * line + left * channels;
    const bool inside = top >= 0 && left >= 0 && top + 6 <= p->height && left + 6 <= p->width;
    float *v = to.values + t * to.row;
    for (int64_t c = 0; c < channels; c += LANES) {
      vec half[6][6];
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; i++) {
        vec d[6];
        if (inside) {
          for (int j = 0; j < 6; j++) d[j] = get(from + i * line + j * channels + c);
        } else {
          const bool row = top + i >= 0 && top + i < p->height;
          for (int j = 0; j < 6; j++) {
            const bool column = left + j >= 0 && left + j < p->width;
            d[j] = row && column ? get(from + i * line + j * channels + c) : (vec)0.0f;
          }
        }
        inputPoints(d, half[i]);
      }
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; j++) {
        vec d[6], o[6];
        for (int i = 0; i < 6; i++) d[i] = half[i][j];
        inputPoints(d, o);
        for (int i = 0; i < 6; i++) put(v + (i * 6 + j) * to.stride + c, o[i]);
      }
    }
  }
}

static void output(
    const ck_picture *p, ck_plane from, int64_t first, int64_t count, const float *bias,
    const float *residual, bool relu, float *y) {
  const int64_t channels = p->out_channels, line = p->out_width * channels;
  place at = placeOf(p, first);
  for (int64_t t = 0; t < count; t++, at = following(p, at)) {
    const int64_t base = (at.image * p->out_height + at.row) * line + at.column * channels;
    const int rows = p->out_height - at.row < 4 ? (int)(p->out_height - at.row) : 4;
    const int columns = p->out_width - at.column < 4 ? (int)(p->out_width - at.column) : 4;
    const float *m = from.values + t * from.row;
    for (int64_t c = 0; c < channels; c += LANES) {
      vec half[4][6];
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; j++) {
        vec d[6], o[4];
        for (int i = 0; i < 6; i++) d[i] = get(m + (i * 6 + j) * from.stride + c);
        outputPoints(d, o);
        for (int i = 0; i < 4; i++) half[i][j] = o[i];
      }
      const vec shift = bias == NULL ? (vec)0.0f : get(bias + c);
      for (int i = 0; i < rows; i++) {
        vec o[4];
        outputPoints(half[i], o);
        for (int j = 0; j < columns; j++) {
          const int64_t place = base + i * line + j * channels + c;
          vec value = o[j] + shift;
          if (residual != NULL) value += get(residual + place);
          put(y + place, relu ? atLeast0(value) : value);
        }
      }
    }
  }
}

static void gradient(
    const ck_picture *p, const float *dy, int64_t first, int64_t count, ck_plane to) {
  const int64_t channels = p->out_channels, line = p->out_width * channels;
  place at = placeOf(p, first);
  for (int64_t t = 0; t < count; t++, at = following(p, at)) {
    const float *from =
        dy + (at.image * p->out_height + at.row) * line + at.column * channels;
    const int64_t rows = p->out_height - at.row, columns = p->out_width - at.column;
    float *m = to.values + t * to.row;
    for (int64_t c = 0; c < channels; c += LANES) {
      vec half[4][6];
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) {
        vec d[4];
        for (int j = 0; j < 4; j++) {
          d[j] = i < rows && j < columns ? get(from + i * line + j * channels + c) : (vec)0.0f;
        }
        gradientPoints(d, half[i]);
      }
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; j++) {
        vec d[4], o[6];
        for (int i = 0; i < 4; i++) d[i] = half[i][j];
        gradientPoints(d, o);
        for (int i = 0; i < 6; i++) put(m + (i * 6 + j) * to.stride + c, o[i]);
      }
    }
  }
}

/// G w.
INLINE void weightPoints(const vec w[3], vec o[6]) {
  const vec s = fma_((vec)A2, w[2], w[0]), d = A * w[1];
  const vec t = fma_((vec)B2, w[2], w[0]), e = B * w[1];
  o[0] = (1 / N0) * w[0];
  o[1] = (1 / NA) * (s + d);
  o[2] = (1 / NA) * (s - d);
  o[3] = (1 / NB) * (t + e);
  o[4] = (1 / NB) * (t - e);
  o[5] = w[2];
}

/// Gᵀ u.
INLINE void weightGradientPoints(const vec u[6], vec w[3]) {
  const vec s = (1 / NA) * (u[1] + u[2]), d = (A / NA) * (u[1] - u[2]);
  const vec t = (1 / NB) * (u[3] + u[4]), e = (B / NB) * (u[3] - u[4]);
  w[0] = fma_((vec)(1 / N0), u[0], s) + t;
  w[1] = d + e;
  w[2] = fma_((vec)A2, s, fma_((vec)B2, t, u[5]));
}

/// The place of the weight from channel `c` to channel `k` in packed panels of one point.
INLINE int64_t packed(int64_t c, int64_t k, int64_t in, int64_t out) {
  const int64_t panel = k / PANEL * PANEL;
  const int64_t width = out - panel < PANEL ? out - panel : PANEL;
  return panel * in + c * width + (k - panel);
}

static void weights(
    const float *w, int64_t in, int64_t out, bool transposed, int64_t first, int64_t end, float *u) {
  for (int64_t k = first; k < end; k += LANES) {
    for (int64_t c = 0; c < in; c++) {
      float gathered[9][LANES];
      for (int lane = 0; lane < LANES; lane++) {
        const float *from = w + (transposed ? c * out + k + lane : (k + lane) * in + c) * 9;
        for (int i = 0; i < 9; i++) gathered[i][lane] = from[transposed ? 8 - i : i];
      }
      vec half[6][3];
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; j++) {
        vec d[3], o[6];
        for (int i = 0; i < 3; i++) d[i] = get(gathered[i * 3 + j]);
        weightPoints(d, o);
        for (int i = 0; i < 6; i++) half[i][j] = o[i];
      }
      float *to = u + packed(c, k, in, out);
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; i++) {
        vec o[6];
        weightPoints(half[i], o);
        for (int j = 0; j < 6; j++) put(to + (i * 6 + j) * in * out, o[j]);
      }
    }
  }
}

static void weightGradient(
    const float *du, int64_t in, int64_t out, int64_t first, int64_t end, float *dw) {
  for (int64_t k = first; k < end; k += LANES) {
    for (int64_t c = 0; c < in; c++) {
      const float *from = du + c * out + k;
      vec half[3][6];
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; j++) {
        vec d[6], o[3];
        for (int i = 0; i < 6; i++) d[i] = get(from + (i * 6 + j) * in * out);
        weightGradientPoints(d, o);
        for (int i = 0; i < 3; i++) half[i][j] = o[i];
      }
      float scattered[9][LANES];
#pragma clang loop unroll(full)
      for (int i = 0; i < 3; i++) {
        vec o[3];
        weightGradientPoints(half[i], o);
        for (int j = 0; j < 3; j++) put(scattered[i * 3 + j], o[j]);
      }
      for (int lane = 0; lane < LANES; lane++) {
        float *to = dw + ((k + lane) * in + c) * 9;
        for (int i = 0; i < 9; i++) to[i] = scattered[i][lane];
      }
    }
  }
}

static void multiply(
    const float *v, int64_t vrow, int64_t count, int64_t in, const float *u, int64_t out,
    int64_t first, int64_t end, float *m, int64_t mrow) {
  for (int64_t k = first; k < end; k += PANEL) {
    const int64_t width = out - k < PANEL ? out - k : PANEL;
    for (int64_t t = 0; t < count; t += ROWS) {
      const int64_t rows = count - t < ROWS ? count - t : ROWS;
      (width == PANEL ? wideProduct : narrowProduct)(
          rows, v + t * vrow, vrow, 1, 1, 0, u + k * in, width, in, NULL, m + t * mrow + k, mrow);
    }
  }
}

static void accumulate(
    const float *v, int64_t vrow, const float *m, int64_t mrow, int64_t count, int64_t first,
    int64_t end, int64_t out, float *du) {
  for (int64_t k = 0; k < out; k += PANEL) {
    const int64_t width = out - k < PANEL ? out - k : PANEL;
    for (int64_t c = first; c < end; c += ROWS) {
      const int64_t rows = end - c < ROWS ? end - c : ROWS;
      (width == PANEL ? addWideProduct : addNarrowProduct)(
          rows, v + c, 1, vrow, 1, 0, m + k, mrow, count, NULL, du + c * out + k, out);
    }
  }
}

#define WINOGRAD                                                                                 \
  {                                                                                              \
    .panel = PANEL, .input = input, .output = output, .gradient = gradient,                      \
    .weights = weights, .multiply = multiply, .accumulate = accumulate,                          \
    .weight_gradient = weightGradient                                                            \
  }
