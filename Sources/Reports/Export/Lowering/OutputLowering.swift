import DataSchema
import Tasks

/// Writes how a model's outputs are read as nodes of ONNX: links to probabilities, means over several models, and
/// classes of pixels.
struct OutputLowering {
  typealias Value = ONNXBuilder.Value

  let builder: ONNXBuilder
  let reading: ONNXExport.Reading
  /// The shape of the model's input for one example.
  let input: [Int]
  /// Where pictures lie in the model's input; `nil` if that is the graph's input.
  let frame: PictureFrame?

  /// The outputs of the graph: `probabilities` and `scores` for classes and labels, with `classes` for masks;
  /// `values` for numbers; `boxes`, `labels`, `scores` and `batch` for boxes.
  ///
  /// - Parameter models: the main output of each model.
  func callAsFunction(_ models: [Value]) throws -> [Value] {
    if reading.target.isMask { return try masks(models[0]) }
    if let decoding = reading.boxes { return try boxes(models[0], decoding) }
    let predictions = try models.map { try lowered(reading.prediction, $0) }
    let joint = try averaged(predictions)
    if case .numbers = reading.target { return [try named("values", joint)] }
    switch reading.link {
    case .identity:
      let isProbability = reading.prediction != .outputs
      return [try named(isProbability ? "probabilities" : "scores", joint)]
    case .softmax:
      let scores = try named("scores", joint)
      return [
        try builder(
          "Softmax", scores, attributes: ["axis": .int(1)], named: taken("probabilities")),
        scores,
      ]
    case .sigmoid:
      let scores = try named("scores", joint)
      return [try builder("Sigmoid", scores, named: taken("probabilities")), scores]
    }
  }

  /// The value as an output of the graph. A copy is needed only of an input.
  private func named(_ name: String, _ value: Value) throws -> Value {
    try builder.rename(value, to: taken(name)) ?? builder("Identity", value, named: name)
  }

  private func taken(_ name: String) -> String {
    builder.release(name)
    return name
  }

  /// The class with the largest score of each pixel, and the scores.
  private func masks(_ output: Value) throws -> [Value] {
    let scores = try named("scores", output)
    let largest = try builder(
      "ArgMax", scores, attributes: ["axis": .int(1), "keepdims": .int(0)])
    let classes = try builder(
      "Cast", largest, attributes: ["to": .int(ONNXType.Element.uint8.rawValue)],
      named: taken("classes"))
    return [
      classes,
      try builder("Softmax", scores, attributes: ["axis": .int(1)], named: taken("probabilities")),
      scores,
    ]
  }

  /// What the outputs say about the targets.
  private func lowered(_ operation: Objective.Operation, _ output: Value) throws -> Value {
    switch operation {
    case .outputs: return output
    case .exponential(let inner): return try builder("Exp", lowered(inner, output))
    case .logSoftmax(let inner):
      return try builder("LogSoftmax", lowered(inner, output), attributes: ["axis": .int(1)])
    case .columns(let inner, let first, let count):
      return try builder(
        "Slice", lowered(inner, output), builder.integers([first]),
        builder.integers([first + count]), builder.integers([1]))
    default: throw ONNXFault("the loss reads the outputs in a way that is not supported")
    }
  }

  /// The boxes of all images, one after the other.
  private func boxes(_ output: Value, _ decoding: BoxDecoding) throws -> [Value] {
    guard input.count == 3 else { throw ONNXFault("an input of \(input) is no image") }
    let lowering = BoxLowering(
      builder: builder, decoding: decoding, height: input[1], width: input[2], frame: frame)
    let found = try lowering(output)
    let values = [
      ("boxes", found.boxes), ("labels", found.labels), ("scores", found.scores),
      ("batch", found.batch),
    ]
    return try values.map { name, value in
      let own = try named(name, value)
      let shape = [ONNXType.Dimension.named("detections")] + value.type.shape.dropFirst()
      return Value(name: own.name, type: ONNXType(value.type.element, shape))
    }
  }

  // MARK: Several models

  /// Scores whose probabilities are the means of the models' probabilities.
  private func averaged(_ models: [Value]) throws -> Value {
    guard models.count > 1 else { return models[0] }
    let count = builder.scalar(Float(models.count))
    switch reading.link {
    case .identity:
      let sum = try models.dropFirst().reduce(models[0]) { try builder("Add", $0, $1) }
      return try builder("Div", sum, count)
    case .softmax:
      let logarithms = try models.map {
        try builder("LogSoftmax", $0, attributes: ["axis": .int(1)])
      }
      return try builder("Sub", logSum(logarithms), builder("Log", count))
    case .sigmoid:
      func logSigmoid(_ value: Value) throws -> Value {
        try builder("Neg", builder("Softplus", builder("Neg", value)))
      }
      let yes = try models.map(logSigmoid)
      let no = try models.map { try logSigmoid(builder("Neg", $0)) }
      return try builder("Sub", logSum(yes), logSum(no))
    }
  }

  /// The logarithm of the sum of the exponentials of several values.
  private func logSum(_ values: [Value]) throws -> Value {
    let dims = values[0].dims
    let stacked = try values.map { value in
      try builder("Reshape", value, builder.integers([0, 1] + dims))
    }
    let all = try builder.add("Concat", stacked, ["axis": .int(1)])[0]
    return try builder.reduced("ReduceLogSumExp", all, [1], keepsDims: false)
  }
}
