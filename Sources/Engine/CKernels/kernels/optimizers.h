// One optimizer step over a contiguous range of memory.
#pragma once

#include "simd.h"

INLINE void adamLanes(
    const ck_adam *o, floats g, floats *weights, floats *first, floats *second) {
  floats w = *weights * all(o->weight_factor);
  g = g + w * all(o->gradient_decay);
  floats m = *first + (g - *first) * all(o->one_minus_beta1);
  floats v = *second * all(o->beta2) + (g * g) * all(o->one_minus_beta2);
  floats root = __builtin_elementwise_sqrt(v);
  floats denominator = root * all(o->inverse_correction2) + all(o->eps);
  *weights = w - (m * all(o->step_size)) / denominator;
  *first = m;
  *second = v;
}

static void adam(
    ck_adam numbers, const float *gradient, float *weights, float *first, float *second,
    size_t count) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    floats w = load(weights + i), m = load(first + i), v = load(second + i);
    adamLanes(&numbers, load(gradient + i), &w, &m, &v);
    store(weights + i, w);
    store(first + i, m);
    store(second + i, v);
  }
  if (i == count) return;
  size_t part = count - i;
  floats w = loadPart(weights + i, part, 0);
  floats m = loadPart(first + i, part, 0), v = loadPart(second + i, part, 0);
  adamLanes(&numbers, loadPart(gradient + i, part, 0), &w, &m, &v);
  storePart(weights + i, w, part);
  storePart(first + i, m, part);
  storePart(second + i, v, part);
}

INLINE floats sgdLanes(const ck_sgd *o, floats g, floats w, floats *buffer) {
  g = g + w * all(o->weight_decay);
  if (buffer != NULL) {
    *buffer = o->first_step ? g : *buffer * all(o->momentum) + g * all(o->one_minus_dampening);
    g = o->nesterov ? g + *buffer * all(o->momentum) : *buffer;
  }
  return w - g * all(o->lr);
}

static void sgd(
    ck_sgd numbers, const float *gradient, float *weights, float *buffer, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    size_t part = count - i < LANES ? count - i : LANES;
    floats w, g, b = all(0);
    if (part == LANES) {
      w = load(weights + i);
      g = load(gradient + i);
      if (buffer != NULL) b = load(buffer + i);
      store(weights + i, sgdLanes(&numbers, g, w, buffer == NULL ? NULL : &b));
      if (buffer != NULL) store(buffer + i, b);
    } else {
      w = loadPart(weights + i, part, 0);
      g = loadPart(gradient + i, part, 0);
      if (buffer != NULL) b = loadPart(buffer + i, part, 0);
      storePart(weights + i, sgdLanes(&numbers, g, w, buffer == NULL ? NULL : &b), part);
      if (buffer != NULL) storePart(buffer + i, b, part);
    }
  }
}
