// Softmax and cross-entropy over rows of scores.
#pragma once

#include "simd.h"

/// A row's largest score, its first index, and the sum of exp(score - largest).
typedef struct row_facts {
  float largest, sum;
  size_t best;
} row_facts;

INLINE row_facts factsOf(const float *row, size_t classes, float *exponentials) {
  floats most = all(-INFINITY);
  for (size_t j = 0; j < classes; j += LANES) {
    size_t part = classes - j < LANES ? classes - j : LANES;
    floats x = part == LANES ? load(row + j) : loadPart(row + j, part, -INFINITY);
    most = choose(x > most, x, most);
  }
  row_facts facts = {largestOf(most), 0, 0};
  while (facts.best + 1 < classes && row[facts.best] != facts.largest) facts.best++;
  // Only NaN differs from itself; the loss will be NaN too.
  if (row[facts.best] != facts.largest) facts.best = 0;
  floats sum = all(0);
  for (size_t j = 0; j < classes; j += LANES) {
    size_t part = classes - j < LANES ? classes - j : LANES;
    floats x = part == LANES ? load(row + j) : loadPart(row + j, part, -INFINITY);
    floats e = exponential(x - all(facts.largest));
    if (part == LANES) {
      store(exponentials + j, e);
    } else {
      storePart(exponentials + j, e, part);
    }
    sum += e;
  }
  facts.sum = sumOf(sum);
  return facts;
}

/// The loss of one example; `row` still holds the scores.
INLINE float lossOf(
    const float *row, row_facts facts, size_t classes, size_t label, float smoothing) {
  float logarithm = logf(facts.sum);
  float loss = logarithm - (row[label] - facts.largest);
  if (smoothing == 0) return loss;
  double all = 0;
  for (size_t j = 0; j < classes; j++) all += (double)(logarithm - (row[j] - facts.largest));
  return (1 - smoothing) * loss + smoothing * (float)(all / (double)classes);
}

/// Rows of up to this many classes keep their exponentials in a buffer; longer rows take two passes.
#define ROOM 1024

/// Replaces `row` by exp(row - largest), and returns facts and loss of the original scores.
INLINE row_facts exponentialsOf(
    float *row, size_t classes, size_t label, float smoothing, float *loss) {
  float few[ROOM];
  if (classes <= ROOM) {
    row_facts facts = factsOf(row, classes, few);
    *loss = lossOf(row, facts, classes, label, smoothing);
    memcpy(row, few, classes * sizeof *row);
    return facts;
  }
  float score = row[label];
  double sum = 0;
  for (size_t j = 0; smoothing != 0 && j < classes; j++) sum += (double)row[j];
  row_facts facts = factsOf(row, classes, row);
  float logarithm = logf(facts.sum);
  *loss = logarithm - (score - facts.largest);
  if (smoothing != 0) {
    float mean = logarithm + facts.largest - (float)(sum / (double)classes);
    *loss = (1 - smoothing) * *loss + smoothing * mean;
  }
  return facts;
}

/// Computes rows with few classes, which fit into the lanes.
INLINE ck_loss crossEntropyOfFew(
    float *scores, const int32_t *labels, size_t rows, size_t classes, float smoothing,
    float weight) {
  const ints lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const ints isUsed = lane < (ints)(int32_t)classes;
  const floats numbers = __builtin_convertvector(lane, floats);
  const float spread = smoothing / (float)classes;
  ck_loss result = {0, 0};
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    // Lanes beyond the row belong to the next one and are written back unchanged.
    const bool isWhole = (rows - i) * classes >= LANES;
    floats held = isWhole ? load(row) : loadPart(row, classes, 0);
    floats x = choose(isUsed, held, all(-INFINITY));
    row_facts facts = {largestOf(x), 0, 0};
    ints isLargest = x == all(facts.largest);
    float first = -largestOf(choose(isLargest, -numbers, all(-LANES)));
    facts.best = first < LANES ? (size_t)first : 0;
    floats e = exponential(x - all(facts.largest));
    facts.sum = sumOf(e);
    result.sum += (double)lossOf(row, facts, classes, (size_t)labels[i], smoothing);
    result.correct += facts.best == (size_t)labels[i];
    floats p = (e * all(1 / facts.sum) - all(spread)) * all(weight);
    p = choose(lane == (ints)labels[i], p - all((1 - smoothing) * weight), p);
    if (isWhole) {
      store(row, choose(isUsed, p, held));
    } else {
      storePart(row, p, classes);
    }
  }
  return result;
}

static ck_loss crossEntropy(
    float *scores, const int32_t *labels, size_t rows, size_t classes, float smoothing,
    float weight) {
  if (classes <= LANES) {
    return crossEntropyOfFew(scores, labels, rows, classes, smoothing, weight);
  }
  ck_loss result = {0, 0};
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    size_t label = (size_t)labels[i];
    float loss;
    row_facts facts = exponentialsOf(row, classes, label, smoothing, &loss);
    result.sum += (double)loss;
    result.correct += facts.best == label;
    float share = 1 / facts.sum;
    float spread = smoothing / (float)classes;
    for (size_t j = 0; j < classes; j += LANES) {
      size_t part = classes - j < LANES ? classes - j : LANES;
      floats p = part == LANES ? load(row + j) : loadPart(row + j, part, 0);
      p = (p * all(share) - all(spread)) * all(weight);
      if (part == LANES) {
        store(row + j, p);
      } else {
        storePart(row + j, p, part);
      }
    }
    row[label] -= (1 - smoothing) * weight;
  }
  return result;
}

static void probabilities(
    float *scores, const int32_t *labels, size_t rows, size_t classes, float smoothing,
    int32_t *predictions, float *losses) {
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    row_facts facts =
        exponentialsOf(row, classes, (size_t)labels[i], smoothing, &losses[i]);
    predictions[i] = (int32_t)facts.best;
    for (size_t j = 0; j < classes; j++) row[j] = row[j] / facts.sum;
  }
}
