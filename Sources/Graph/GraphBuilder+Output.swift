import Diagnostics
import ExperimentConfig

extension GraphBuilder {
  /// Reports outputs of the same name.
  func checkNames(_ outputs: [ModelNode.Reference], main: String) {
    var seen: Set<String> = []
    for (index, output) in outputs.enumerated() {
      if !seen.insert(output.name).inserted {
        diagnostics.error("two outputs are named '\(output.name)'", at: output.range)
      } else if index > 0, output.name == main {
        diagnostics.error(
          "'\(main)' is the data set's target, which the first output predicts", at: output.range,
          hint: "give the node another name")
      }
    }
  }

  /// Reports a main output that the loss cannot take.
  ///
  /// - Parameter named: the node in `outputs:` that it comes from; `nil` if there is none.
  func checkOutput(
    _ output: Graph.Source, _ model: [ModelNode], _ named: ModelNode.Reference?,
    _ requirement: OutputRequirement?
  ) {
    guard let requirement, let shape = shape(of: output), let last = model.last else { return }
    if shape == requirement.shape { return }
    let isWritten = named.map { $0.range.file.kind != .builtIn } ?? false
    diagnostics.error(
      "the model outputs \(shape), but \(requirement.reason) needs \(requirement.shape)",
      at: isWritten ? named?.range : last.nameRange,
      hint: Self.remedy(last, shape, requirement.shape))
  }

  private static func remedy(_ last: ModelNode, _ shape: Shape, _ wanted: Shape) -> String {
    let size = wanted.dims.first ?? wanted.count
    // Of a detector: points, and for each a score for every class, the edges of a box and the centerness.
    if wanted.rank == 2 {
      if case .model(let name, _) = last.kind, shape.rank == 2, shape.dims[0] == wanted.dims[0] {
        return "write \(name): {classes: \(wanted.dims[1] - 5)}"
      }
      return "use a detector, such as model: fcos"
    }
    if case .model(let name, _) = last.kind {
      if shape.rank == 2, name == "fcos" {
        return "'fcos' is a detector, whose targets are boxes"
      }
      if shape.rank == wanted.rank, shape.dims.first != size {
        return "write \(name): {classes: \(size)}"
      }
      if shape.rank == wanted.rank { return "choose an image size that the model keeps" }
      return shape.rank == 3
        ? "'\(name)' predicts a value for every pixel; use a model that predicts one for the image, "
          + "such as resnet18"
        : "'\(name)' predicts a value for the image; use a model that predicts one for every pixel, "
          + "such as unet"
    }
    if wanted.rank == 3 {
      let end = "end the model with conv2d: {out_channels: \(size), kernel_size: 1}"
      if shape.rank != 3 { return end + ", without flatten before it" }
      return shape.dims[0] == size
        ? "bring it to the size of the input: upsample: {mode: bilinear}, from: [NODE, input]" : end
    }
    if shape.rank > 1 { return "flatten before the last linear layer" }
    return last.label == "linear" ? "write linear: \(size)" : "end the model with linear: \(size)"
  }
}

/// The output shape that the loss needs for the data set's targets.
package struct OutputRequirement: Sendable {
  package let shape: Shape
  /// The reason, such as `cross_entropy on 10 classes`.
  package let reason: String

  package init(shape: Shape, reason: String) {
    self.shape = shape
    self.reason = reason
  }
}
