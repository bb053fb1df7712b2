import DataSchema
import Diagnostics
import ExperimentConfig
import ImageFormats
import Planning
import Tasks

/// How an exported file and the run it came from answer the same examples.
struct ExportAgreement: CustomStringConvertible {
  /// `onnxruntime 1.32.0`.
  let engine: String
  let reference = "runner predict"
  let split: String
  let examples: Int
  /// The sizes of batches, in turn.
  let batches: [Int]
  /// The output that was compared.
  let output: String
  /// The classes or sets of labels, the classes of pixels, or the boxes; 0 if numbers are predicted.
  var decisions = 0
  var same = 0
  /// The largest difference of an output, for boxes of a score; `nil` for masks.
  var difference: Double?
  /// The same relative to the largest output of the example; for numbers, of all examples.
  var relative: Double?
  /// The largest difference of an edge of a box, in pixels of the picture; `nil` if there are no boxes.
  var pixels: Double?
  /// The largest relative difference that passes.
  let tolerance: Double

  /// The largest relative difference between scores that passes.
  static let tolerance = 1e-4
  /// The largest difference between edges of boxes that passes, in pixels.
  static let tolerancePixels = 1e-2
  /// The share of pixels or boxes that may be decided in another way.
  static let toleranceShare = 1e-3

  /// - Parameter outputs: the file's, in the order of the examples.
  init(
    _ models: PredictionModels, _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs,
    split: String, examples: Int, batches: [Int]
  ) throws {
    self.batches = batches
    (engine, output) = (outputs.engine, outputs.name)
    (self.split, self.examples) = (split, examples)
    tolerance = models.plan.experiment.precision == .float32 ? Self.tolerance : 0.05
    if models.task.target.kind.isMask {
      try addMasks(answer, outputs)
      return
    }
    guard answer.total == examples, outputs.values.count == answer.outputs.count else {
      throw ProgramFault(
        "the exported file gives \(outputs.values.count) numbers, the run \(answer.outputs.count)")
    }
    if models.task.boxDecoding != nil {
      addBoxes(answer, outputs, models.layout)
    } else {
      addScores(answer, outputs, models)
    }
  }

  var passes: Bool {
    let mistakes = Double(decisions - same)
    if let pixels, let difference {
      return pixels <= Self.tolerancePixels && difference <= tolerance
        && mistakes <= Self.toleranceShare * Double(decisions)
    }
    if let relative { return relative <= tolerance }
    return mistakes <= Self.toleranceShare * Double(decisions)
  }

  var description: String {
    var parts: [String] = []
    func number(_ value: Double) -> String { NumberText.significant(value, 2) }
    if let pixels, let difference {
      parts.append(
        "edges differ by at most \(number(pixels)) pixels, scores by \(number(difference))")
    } else if let difference, let relative {
      parts.append(
        "\(output) differ by at most \(number(difference)) (\(number(relative)) of the largest)")
    }
    if decisions > 0 {
      let what = pixels == nil ? "decisions" : "boxes"
      parts.append(
        "\(NumberText.grouped(same)) of \(NumberText.grouped(decisions)) \(what) are the same")
    }
    return "\(engine) on \(NumberText.grouped(examples)) \(split) examples: "
      + parts.joined(separator: ", ")
  }

  // MARK: Comparing

  private mutating func addScores(
    _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs, _ models: PredictionModels
  ) {
    let layout = models.layout
    let width = layout.outputs.count
    let found = outputs.values
    var (largest, most) = (0.0, 0.0)
    // A number near zero says nothing about rounding, so numbers are held against the largest of all examples.
    let all = answer.outputs.reduce(0) { max($0, abs($1)) }
    for start in stride(from: 0, to: found.count, by: width) {
      let pairs = zip(found[start..<start + width], answer.outputs[start..<start + width])
      let difference = pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
      let scale = layout.answers.isEmpty ? all : pairs.reduce(0) { max($0, abs($1.1)) }
      largest = max(largest, difference)
      most = max(most, scale > 0 ? difference / scale : difference)
    }
    (difference, relative) = (largest, most)
    let decided = layout.answers.count
    if decided == 0 { return }
    let own = models.task.answers(found, layout)
    decisions = examples
    same = (0..<examples).count { row in
      let places = (row * decided)..<((row + 1) * decided)
      return own[places].elementsEqual(answer.answers[places])
    }
  }

  /// Every box of the run is paired with the file's box of its class whose edges are nearest. Pairs that are more than a
  /// pixel apart, and boxes that only one of the two has, are not the same.
  private mutating func addBoxes(
    _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs, _ layout: PredictionLayout
  ) {
    let width = layout.outputs.count
    var (edges, scores) = (0.0, 0.0)
    for start in stride(from: 0, to: outputs.values.count, by: width) {
      var found = FoundBoxes.boxes(outputs.values[start..<start + width])
      let own = FoundBoxes.boxes(answer.outputs[start..<start + width])
      decisions += max(own.count, found.count)
      for box in own {
        let near = found.indices.filter { found[$0].label == box.label }
          .min { Self.distance(found[$0], box) < Self.distance(found[$1], box) }
        guard let near, Self.distance(found[near], box) <= 1 else { continue }
        same += 1
        edges = max(edges, Self.distance(found[near], box))
        scores = max(scores, abs(found[near].score - box.score))
        found.remove(at: near)
      }
    }
    (pixels, difference, relative) = (edges, scores, scores)
  }

  /// The largest difference of an edge.
  private static func distance(_ a: FoundBox, _ b: FoundBox) -> Double {
    max(
      abs(a.x - b.x), abs(a.y - b.y), abs(a.x + a.width - b.x - b.width),
      abs(a.y + a.height - b.y - b.height))
  }

  private mutating func addMasks(
    _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs
  ) throws {
    for row in 0..<examples {
      guard let picture = answer.pictures[row] else {
        throw ProgramFault("the run gives no mask for picture \(row)")
      }
      let mask = try MaskImage(decoding: picture, path: "answer \(row)")
      let start = row * mask.bytes.count
      guard outputs.bytes.count >= start + mask.bytes.count else {
        throw ProgramFault("the exported file gives masks of another size")
      }
      same += zip(outputs.bytes[start...], mask.bytes).count { $0 == $1 }
      decisions += mask.bytes.count
    }
  }
}
