import DataSchema
import Foundation
import MadeWeights
import Tasks
import Testing
import Torch
import Training

/// Outputs and boxes of a detector, of which `make_fcos.py` recorded what torchvision computes.
struct PointCase: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let height: Int
  let width: Int
  let classes: Int
  /// The number of boxes of each image.
  let boxes: [Int]
  let step: Double
  let losses: [Double]
  /// For each loss and image, the gradient with respect to the outputs times a fixed direction.
  let gradients: [[Double]]
  let score_threshold: Double
  let nms_threshold: Double
  let candidates: Int
  let most: Int
  /// The number of boxes found in each image, of which the first are listed.
  let found: [Int]
  let detections: [[[Double]]]

  var testDescription: String { name }

  static let all: [PointCase] =
    (try? JSONDecoder().decode([PointCase].self, from: ModelFiles.read("fcos.points.json"))) ?? []

  var points: Int {
    [8, 16, 32, 64, 128].reduce(0) {
      $0 + (height + $1 - 1) / $1 * ((width + $1 - 1) / $1)
    }
  }

  var outputShape: [Int] { [boxes.count, points, classes + 5] }

  func outputs() throws -> Tensor {
    let width = classes + 5
    let values = MadeWeights.uniforms(name, outputShape.reduce(1, *)).enumerated().map {
      index, u -> Float in
      let column = index % width
      let value = column < classes ? 8 * u - 6 : column < classes + 4 ? 6 * u : 6 * u - 3
      return Float(step == 0 ? value : (value / step).rounded(.toNearestOrEven) * step)
    }
    return try Tensor(values, shape: outputShape)
  }

  func targets() throws -> Tensor { try Self.targets(name, boxes, height, width, classes) }

  var input: [Int] { [3, height, width] }

  var decoding: BoxDecoding {
    BoxDecoding(
      scoreThreshold: score_threshold, nmsThreshold: nms_threshold, candidates: candidates,
      most: most)
  }

  func loss(_ objective: Objective? = nil) throws -> LossFunction {
    try LossFunction(
      objective ?? Self.objective(classes: classes), width: classes, input: input, device: .cpu)
  }

  /// The boxes of each image, [images, boxes, 5], of which the last row is empty.
  static func targets(
    _ name: String, _ counts: [Int], _ height: Int, _ width: Int, _ classes: Int
  ) throws -> Tensor {
    let most = (counts.max() ?? 0) + 1
    var rows: [Float] = []
    for (image, count) in counts.enumerated() {
      let u = MadeWeights.uniforms("\(name) \(image)", 5 * count)
      for box in 0..<count {
        let u = u[(5 * box)...].prefix(5).map { $0 }
        let w = 6 + Double(width - 8) * u[0] * u[0]
        let h = 6 + Double(height - 8) * u[1] * u[1]
        let (x, y) = ((Double(width) - w) * u[2], (Double(height) - h) * u[3])
        let edges = [x, y, x + w, y + h].map {
          Float((4 * $0).rounded(.toNearestOrEven) / 4)
        }
        rows += [Float(Int(u[4] * Double(classes)))] + edges
      }
      for _ in count..<most { rows += [-1, 0, 0, 0, 0] }
    }
    return try Tensor(rows, shape: [counts.count, most, 5])
  }

  static func objective(classes: Int) throws -> Objective {
    Objective(
      Objective.PointLoss.allCases.map {
        Objective.Term($0.rawValue, .points(.outputs, .targets, $0, radius: 1.5))
      })
  }

  /// Images that fill the model's input.
  static func placements(_ count: Int, _ height: Int, _ width: Int) -> [ImagePlacement] {
    Array(
      repeating: ImagePlacement(
        scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, width: width, height: height),
      count: count)
  }

  /// - Parameter theirs: score, class and edges of the first boxes of each image.
  static func expectSame(
    _ ours: [[FoundBox]], _ theirs: [[[Double]]], within tolerance: Double, _ what: String
  ) {
    #expect(ours.count == theirs.count)
    for (image, (ours, theirs)) in zip(ours, theirs).enumerated() {
      #expect(ours.count >= theirs.count, "\(what), image \(image)")
      for (number, (a, b)) in zip(ours, theirs).enumerated() {
        let values = [a.score, Double(a.label), a.x, a.y, a.x + a.width, a.y + a.height]
        let isClose =
          abs(values[0] - b[0]) <= 1e-4 && values[1] == b[1]
          && zip(values.dropFirst(2), b.dropFirst(2)).allSatisfy { abs($0 - $1) <= tolerance }
        #expect(isClose, "\(what), image \(image), box \(number): \(values), not \(b)")
      }
    }
  }
}
