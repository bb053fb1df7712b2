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

/// A class's weight; 1 if there are none.
INLINE float weightOf(const float *weights, size_t label) {
  return weights == NULL ? 1 : weights[label];
}

/// The loss of one example; `row` still holds the scores.
INLINE float lossOf(
    const float *row, row_facts facts, size_t classes, size_t label, ck_cross_entropy loss) {
  float logarithm = logf(facts.sum);
  float own = logarithm - (row[label] - facts.largest);
  if (loss.weights != NULL) own *= loss.weights[label];
  if (loss.smoothing == 0) return own;
  double all = 0;
  for (size_t j = 0; j < classes; j++) {
    double part = (double)(logarithm - (row[j] - facts.largest));
    all += loss.weights == NULL ? part : (double)loss.weights[j] * part;
  }
  return (1 - loss.smoothing) * own + loss.smoothing * (float)(all / (double)classes);
}

/// The sum of the weights of all classes.
INLINE float sumOfWeights(const float *weights, size_t classes) {
  if (weights == NULL) return (float)classes;
  double sum = 0;
  for (size_t j = 0; j < classes; j++) sum += (double)weights[j];
  return (float)sum;
}

/// What an example's shares are multiplied by: the sum of the weights of its smoothed target.
INLINE float weightOfTarget(ck_cross_entropy loss, size_t label, float spread, float sum) {
  if (loss.weights == NULL) return 1;
  return (1 - loss.smoothing) * loss.weights[label] + spread * sum;
}

/// Rows of up to this many classes keep their exponentials in a buffer; longer rows take two passes.
#define ROOM 1024

/// Replaces `row` by exp(row - largest), and returns facts and loss of the original scores.
INLINE row_facts exponentialsOf(
    float *row, size_t classes, size_t label, ck_cross_entropy loss, float *value) {
  float few[ROOM];
  if (classes <= ROOM) {
    row_facts facts = factsOf(row, classes, few);
    *value = lossOf(row, facts, classes, label, loss);
    memcpy(row, few, classes * sizeof *row);
    return facts;
  }
  const float smoothing = loss.smoothing;
  float score = row[label];
  double sum = 0;
  for (size_t j = 0; smoothing != 0 && j < classes; j++) {
    sum += loss.weights == NULL ? (double)row[j] : (double)loss.weights[j] * (double)row[j];
  }
  row_facts facts = factsOf(row, classes, row);
  float logarithm = logf(facts.sum);
  *value = (logarithm - (score - facts.largest)) * weightOf(loss.weights, label);
  if (smoothing != 0) {
    float share = sumOfWeights(loss.weights, classes) / (float)classes;
    float mean = share * (logarithm + facts.largest) - (float)(sum / (double)classes);
    *value = (1 - smoothing) * *value + smoothing * mean;
  }
  return facts;
}

/// Computes rows with few classes, which fit into the lanes.
INLINE ck_loss crossEntropyOfFew(
    float *scores, const int32_t *labels, size_t rows, size_t classes, ck_cross_entropy loss,
    float factor) {
  const ints lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const ints isUsed = lane < (ints)(int32_t)classes;
  const floats numbers = __builtin_convertvector(lane, floats);
  const float spread = loss.smoothing / (float)classes;
  const float sum = sumOfWeights(loss.weights, classes);
  const floats spreads =
      loss.weights == NULL ? all(spread) : loadPart(loss.weights, classes, 0) * all(spread);
  ck_loss result = {0, 0};
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    const size_t label = (size_t)labels[i];
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
    result.sum += (double)lossOf(row, facts, classes, label, loss);
    result.correct += facts.best == label;
    float share = weightOfTarget(loss, label, spread, sum) / facts.sum;
    float own = (1 - loss.smoothing) * weightOf(loss.weights, label) * factor;
    floats p = (e * all(share) - spreads) * all(factor);
    p = choose(lane == (ints)labels[i], p - all(own), p);
    if (isWhole) {
      store(row, choose(isUsed, p, held));
    } else {
      storePart(row, p, classes);
    }
  }
  return result;
}

static ck_loss crossEntropy(
    float *scores, const int32_t *labels, size_t rows, size_t classes, ck_cross_entropy loss,
    float factor) {
  if (classes <= LANES) return crossEntropyOfFew(scores, labels, rows, classes, loss, factor);
  ck_loss result = {0, 0};
  const float spread = loss.smoothing / (float)classes;
  const float sum = sumOfWeights(loss.weights, classes);
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    size_t label = (size_t)labels[i];
    float value;
    row_facts facts = exponentialsOf(row, classes, label, loss, &value);
    result.sum += (double)value;
    result.correct += facts.best == label;
    float share = weightOfTarget(loss, label, spread, sum) / facts.sum;
    for (size_t j = 0; j < classes; j += LANES) {
      size_t part = classes - j < LANES ? classes - j : LANES;
      floats p = part == LANES ? load(row + j) : loadPart(row + j, part, 0);
      floats spreads = all(spread);
      if (loss.weights != NULL) spreads = loadPart(loss.weights + j, part, 0) * spreads;
      p = (p * all(share) - spreads) * all(factor);
      if (part == LANES) {
        store(row + j, p);
      } else {
        storePart(row + j, p, part);
      }
    }
    row[label] -= (1 - loss.smoothing) * weightOf(loss.weights, label) * factor;
  }
  return result;
}

static void probabilities(
    float *scores, const int32_t *labels, size_t rows, size_t classes, ck_cross_entropy loss,
    int32_t *predictions, float *losses) {
  for (size_t i = 0; i < rows; i++) {
    float *row = scores + i * classes;
    row_facts facts = exponentialsOf(row, classes, (size_t)labels[i], loss, &losses[i]);
    predictions[i] = (int32_t)facts.best;
    for (size_t j = 0; j < classes; j++) row[j] = row[j] / facts.sum;
  }
}
