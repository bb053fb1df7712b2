import DataSchema
import Diagnostics
import Graph
import Tables
import Tasks
import Transforms
import Weights

/// A trained model, or several whose probabilities are averaged, as one ONNX graph: from pictures or tensors to
/// probabilities.
package struct ONNXExport {
  /// One model.
  package struct Member {
    /// The fold or seed; empty for a single model.
    package let name: String
    /// The state dict, by its names.
    package let weights: [String: SafeTensors.Entry]
    /// The transforms with this model's statistics; `nil` if the inputs are no pictures.
    package let pipeline: TransformPipeline?
    /// How this model's training turned the columns of a table into vectors; `nil` if the inputs are no columns.
    package var encoder: FittedEncoder?
    /// The ranges of the values of layers; empty for a model of floats.
    package var ranges: [Graph.Source: ActivationRange] = [:]

    package init(name: String, weights: [String: SafeTensors.Entry], pipeline: TransformPipeline?) {
      self.name = name
      self.weights = weights
      self.pipeline = pipeline
    }
  }

  package enum Input: Sendable, Equatable {
    /// What the model's first layer takes.
    case tensor
    /// Bytes of pictures, [batch, height, width, channels].
    case pictures(PictureSizes)
    /// The columns of a table. All models take the same.
    ///
    /// - Parameter missing: the texts that stand for a missing value.
    case columns(FittedEncoder, missing: [String])
  }

  /// How the model's outputs are read.
  package struct Reading {
    package let link: ScoreLink
    package let prediction: Objective.Operation
    package let target: FieldKind
    /// How boxes are found in the outputs of a detector; `nil` for other models.
    package let boxes: BoxDecoding?

    package init(
      _ loss: TrainingLoss, _ targets: LossTargets, target: FieldKind, boxes: BoxDecoding?
    ) {
      link = loss.link
      prediction = loss.objective(targets).prediction
      self.target = target
      self.boxes = boxes
    }

    package init(
      link: ScoreLink, prediction: Objective.Operation, target: FieldKind, boxes: BoxDecoding? = nil
    ) {
      self.link = link
      self.prediction = prediction
      self.target = target
      self.boxes = boxes
    }
  }

  private let graph: Graph
  private let reading: Reading
  private let input: Input
  private let opset: Int

  package init(_ graph: Graph, _ reading: Reading, input: Input, opset: Int) {
    self.graph = graph
    self.reading = reading
    self.input = input
    self.opset = opset
  }

  /// The name of the input and its type.
  package var inputs: [(name: String, type: ONNXType)] {
    switch input {
    case .tensor: graph.inputs.map { ($0.name, ONNXType(.float, batchOf: $0.shape.dims)) }
    case .pictures(let sizes):
      [("pictures", sizes.inputType)]
    case .columns(let encoder, _): ColumnLowering.inputs(encoder)
    }
  }

  /// The names that outputs can have.
  package static let outputNames = [
    "scores", "probabilities", "classes", "values", "boxes", "labels", "batch",
  ]

  /// The model.
  ///
  /// - Throws: `InputError` at a layer that ONNX has no counterpart of, ``ONNXFault`` if it does not fit.
  package func model(
    of members: [Member], name: String, version: String, metadata: [(key: String, value: String)]
  ) throws -> ONNXModel {
    let builder = ONNXBuilder(opset: opset)
    // The names of the outputs are taken before those of layers.
    let values = inputs.map { builder.input($0.name, $0.type) }
    for name in Self.outputNames { builder.reserve(name) }
    var prepared: [(pipeline: String, values: [ONNXBuilder.Value])] = []
    var frame: PictureFrame?
    let scores = try members.map { member in
      let prefix = member.name.isEmpty ? "" : "\(member.name)/"
      var own = values
      if case .pictures(let sizes) = input, let pipeline = member.pipeline {
        let text = pipeline.fingerprintText
        if let same = prepared.first(where: { $0.pipeline == text }) {
          own = same.values
        } else {
          builder.scope = "transforms"
          let lowering = PictureLowering(builder: builder, sizes: sizes, pipeline: pipeline)
          let pictures = try lowering(values[0])
          own = [pictures.input]
          frame = pictures.frame
          prepared.append((text, own))
        }
      }
      if case .columns(_, let missing) = input, let encoder = member.encoder {
        builder.scope = prefix + "columns"
        let lowering = ColumnLowering(builder: builder, encoder: encoder, missing: missing)
        own = [
          try lowering(Dictionary(values.map { ($0.name, $0) }) { first, _ in first })
        ]
      }
      let lowering = GraphLowering(
        graph, member.weights, into: builder, prefix: prefix, ranges: member.ranges)
      return try lowering(own)
    }
    builder.scope = "outputs"
    let lowering = OutputLowering(
      builder: builder, reading: reading, input: graph.inputs[0].shape.dims, frame: frame)
    let outputs = try lowering(scores)
    if members.contains(where: { !$0.ranges.isEmpty }) {
      Quantization(builder).apply()
    }
    return ONNXModel(
      builder, name: name, inputs: values, outputs: outputs, producerVersion: version,
      metadata: metadata)
  }
}
