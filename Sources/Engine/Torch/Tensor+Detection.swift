internal import CTorch

extension Tensor {
  /// The box that each point of a detector is trained for, [images, points, 6]: class, left, upper, right and lower
  /// edge, and centerness; class -1 and zeros for points without a box. Which points there are and which box belongs
  /// to them, `ctorch_detection.h` says.
  ///
  /// Call it on boxes [images, boxes, 5], class and edges; rows without a box have a negative class.
  /// - Parameters:
  ///   - height: of the images, in pixels.
  ///   - width: of the images, in pixels.
  ///   - radius: how many strides a point may be away from the center of its box.
  package func assignedToPoints(
    height: Int, width: Int, radius: Double
  ) throws(TorchError) -> Tensor {
    try produce("assignedToPoints", from: self) {
      ct_fcos_assign(handle, Int64(height), Int64(width), radius, $0)
    }
  }

  /// The sums of three losses over the points of each image, [images, 3]: of classes, boxes and centerness.
  ///
  /// Call it on the outputs of a detector, [images, points, classes + 5].
  /// - Parameter assigned: what ``assignedToPoints(height:width:radius:)`` gives.
  package func pointLosses(
    _ assigned: Tensor, height: Int, width: Int
  ) throws(TorchError) -> Tensor {
    try produce("pointLosses", from: (self, assigned)) {
      ct_fcos_losses(handle, assigned.handle, Int64(height), Int64(width), $0)
    }
  }

  /// The boxes found in each image, best first, [images, most, 6] as float32 on the CPU: score, class, left, upper,
  /// right and lower edge in pixels of the input; rows without a box have class -1.
  ///
  /// Call it on the outputs of a detector, [images, points, classes + 5].
  /// - Parameters:
  ///   - scoreThreshold: the score that a box has to exceed.
  ///   - nmsThreshold: the intersection over union with a better box of its class that it must not exceed.
  ///   - candidates: the most boxes of one level that are looked at.
  ///   - most: the most boxes of an image.
  package func foundBoxes(
    height: Int, width: Int, scoreThreshold: Double, nmsThreshold: Double, candidates: Int,
    most: Int
  ) throws(TorchError) -> Tensor {
    let choice = ct_box_choice(
      score_threshold: scoreThreshold, nms_threshold: nmsThreshold,
      candidates: Int64(candidates), most: Int64(most))
    return try produce("foundBoxes", from: self) {
      ct_fcos_detect(handle, Int64(height), Int64(width), choice, $0)
    }
  }
}
