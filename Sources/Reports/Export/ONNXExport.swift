import DataSchema
import Diagnostics
import Graph
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
  }

  /// How the model's outputs are read.
  package struct Reading {
    package let link: ScoreLink
    package let prediction: Objective.Operation
    package let target: FieldKind

    package init(_ loss: TrainingLoss, _ targets: LossTargets, target: FieldKind) {
      link = loss.link
      prediction = loss.objective(targets).prediction
      self.target = target
    }

    package init(link: ScoreLink, prediction: Objective.Operation, target: FieldKind) {
      self.link = link
      self.prediction = prediction
      self.target = target
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
    }
  }

  /// The model.
  ///
  /// - Throws: `InputError` at a layer that ONNX has no counterpart of, ``ONNXFault`` if it does not fit.
  package func model(
    of members: [Member], name: String, version: String, metadata: [(key: String, value: String)]
  ) throws -> ONNXModel {
    let builder = ONNXBuilder(opset: opset)
    // The names of the outputs are taken before those of layers.
    let values = inputs.map { builder.input($0.name, $0.type) }
    for name in ["scores", "probabilities", "classes", "values"] { builder.reserve(name) }
    var prepared: [(pipeline: String, values: [ONNXBuilder.Value])] = []
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
          own = [try lowering(values[0])]
          prepared.append((text, own))
        }
      }
      let lowering = GraphLowering(graph, member.weights, into: builder, prefix: prefix)
      return try lowering(own)
    }
    builder.scope = "outputs"
    let outputs = try OutputLowering(builder: builder, reading: reading)(scores)
    return ONNXModel(
      builder, name: name, inputs: values, outputs: outputs, producerVersion: version,
      metadata: metadata)
  }
}
