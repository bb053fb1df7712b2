import Diagnostics
import Execution
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import PyTorchExport
import Tasks
import Testing
import Torch

/// TorchScript files, run by LibTorch.
@Suite struct ScriptTests {
  @Test(arguments: LayerPythonTests.layers) func everyLayerGivesPyTorchsValues(layer: String) throws
  {
    for (number, item) in try LayerCase.all(of: layer).enumerated() where !item.training {
      // A module takes one tensor, so the inputs are parts of it.
      let shapes = item.inputs.map { Array($0.shape.dropFirst()) }
      // A model reads all its inputs, which these do not.
      if layer == "parameter" || (layer == "upsample" && shapes.count > 1) { continue }
      if layer == "concat", shapes.count == 1 { continue }
      // A part of a vector has a dimension.
      if shapes.contains([]) { continue }
      var start = 0
      var lines: [String] = []
      for (place, shape) in shapes.enumerated() {
        let count = shape.reduce(1, *)
        lines += [
          "- slice: {start: \(start), end: \(start + count)}", "  from: input0",
          "  name: flat\(place)", "- reshape: \(shape)", "  name: part\(place)",
        ]
        start += count
      }
      let arguments = String(decoding: try JSONText.encode(item.arguments), as: UTF8.self)
      let parts = shapes.indices.map { "part\($0)" }.joined(separator: ", ")
      lines += ["- \(layer): \(arguments)", "  from: [\(parts)]", "  name: layer"]
      let text = lines.map { "\n  \($0)" }.joined()
      let graph = try Python.model(text, [[start]]).graph
      let tensors = item.parameters.merging(item.buffers) { first, _ in first }
      let state = try graph.parameters.compactMap { parameter -> Script.Values? in
        guard let values = tensors[parameter.spec.name] else { return nil }
        return (parameter, try Tensor(values.floats, shape: values.shape))
      }
      let file = try Script.file(graph, [state])
      let batch = item.inputs.first?.shape.first ?? 1
      let input = (0..<batch).flatMap { row in
        item.inputs.flatMap { values in
          let size = values.shape.dropFirst().reduce(1, *)
          return values.floats[(row * size)..<((row + 1) * size)]
        }
      }
      let output = try Script.outputs(file, try Tensor(input, shape: [batch, start]))
      #expect(output.shape == item.output.shape, "\(item.name)")
      let difference = try Script.difference(output, item.output.data)
      #expect(difference <= 2e-6, "\(layer), \(item.name): \(difference)")
      try Script.write(
        "layer-\(layer)-\(number)", file, input: input, shape: [batch, start],
        expected: item.output.data, tolerance: 2e-6,
        dependsOnBatch: layer.hasPrefix("batch_norm") && item.buffers.isEmpty)
    }
  }

  @Test(arguments: TextTests.models.map(\.name)) func modelsGiveTheAnswersOfTheRun(
    name: String
  ) throws {
    let item = try #require(TextTests.models.first { $0.name == name })
    let graph = try Python.model(item.text, [item.shape]).graph
    let model = try Model(graph, seed: 3)
    let file = try Script.file(graph, [model.state])
    for batch in [1, 7] {
      let count = batch * item.shape.reduce(1, *)
      // Indices for an embedding, numbers for everything else.
      let values =
        name == "transformer"
        ? (0..<count).map { Float($0 * 7 % 20) } : MadeWeights.images(count)
      let input = try Tensor(values, shape: [batch] + item.shape)
      let expected = try withNoGrad { try model(input).floats() }
      let difference = try Script.difference(
        Script.outputs(file, input), expected.map(Double.init))
      // The run's own model keeps channels last, so it adds in another order.
      #expect(difference <= 2e-6, "a batch of \(batch): \(difference)")
    }
  }

  @Test(arguments: [ScoreLink.softmax, .sigmoid, .identity])
  func modelsOfFoldsAnswerTogether(link: ScoreLink) throws {
    let graph = try Python.model("[flatten, linear: 8, batch_norm1d, relu, linear: 3]", [[2, 3]])
      .graph
    let models = try (0..<3).map { try Model(graph, seed: 5, fold: $0) }
    let file = try Script.file(
      graph, models.map(\.state), prefixes: ["fold_1.", "fold_2.", "fold_3."], link: link)
    let input = try Tensor(MadeWeights.images(24), shape: [4, 2, 3])
    let ours = try Script.outputs(file, input).floats().map(Double.init)
    let each = try models.map { model in
      try withNoGrad { try model(input).floats().map(Double.init) }
    }
    func answers(_ scores: [Double]) -> [Double] {
      switch link {
      case .identity: return scores
      case .sigmoid: return scores.map { 1 / (1 + exp(-$0)) }
      case .softmax:
        return stride(from: 0, to: scores.count, by: 3).flatMap { row in
          let powers = scores[row..<(row + 3)].map(exp)
          return powers.map { $0 / powers.reduce(0, +) }
        }
      }
    }
    let (found, members) = (answers(ours), each.map(answers))
    for place in found.indices {
      let mean = members.reduce(0) { $0 + $1[place] } / 3
      #expect(abs(found[place] - mean) < 1e-6)
    }
  }

  @Test func namesAndRolesAreThoseOfTheStateDict() throws {
    let item = try #require(TextTests.models.first { $0.name == "names" })
    let graph = try Python.model(item.text, [item.shape]).graph
    let model = try Model(graph, seed: 3)
    let module = try ScriptModule(Script.file(graph, [model.state]))
    #expect(
      Set(module.tensors.map(\.name))
        == Set(
          graph.parameters.filter { $0.spec.role != .counter }.map { ScriptSource.path($0.name) }))
    #expect(module.tensors.filter(\.isParameter).count == model.parameters.count)
    // A layer in another experiment can train it further.
    try module.setTraining(true)
  }

  @Test func whatTorchScriptReservesGetsAnUnderscore() throws {
    let text = "\n  - linear: 3\n    name: forward\n  - linear: 3\n    name: training"
    let graph = try Python.model(text, [[2]]).graph
    let model = try Model(graph, seed: 3)
    let file = try Script.file(graph, [model.state])
    #expect(
      try ScriptModule(file).tensors.map(\.name)
        == ["forward_.weight", "forward_.bias", "training_.weight", "training_.bias"])
    let input = try Tensor([1, 2] as [Float], shape: [1, 2])
    let expected = try withNoGrad { try model(input).floats() }
    #expect(try Script.outputs(file, input).floats() == expected)
  }
}
