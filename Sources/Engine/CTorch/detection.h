// The levels and points of FCOS, shared by its losses and the choice of its boxes.
#pragma once

#include "support.h"

#include "ctorch_detection.h"

namespace ctorch {

struct PyramidLevel {
  int64_t rows, columns, stride;

  int64_t points() const { return rows * columns; }
};

/// P3 to P7.
std::vector<PyramidLevel> pyramidLevels(int64_t height, int64_t width);

int64_t pointCount(const std::vector<PyramidLevel> &levels);

/// The x, y and stride of each point, [points, 3].
at::Tensor pyramidPoints(
    const std::vector<PyramidLevel> &levels, int64_t height, int64_t width,
    const at::TensorOptions &options);

}  // namespace ctorch
