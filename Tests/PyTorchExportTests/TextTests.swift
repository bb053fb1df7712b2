import DataSchema
import Diagnostics
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import PyTorchExport
import Tasks
import Testing
import Transforms

/// What the files look like. `RUNNER_UPDATE_FIXTURES=1` rewrites the fixtures, which are then read.
@Suite struct TextTests {
  static let models: [(name: String, text: String, shape: [Int])] = [
    ("sequential", "[flatten, linear: 64, relu, dropout: 0.5, linear: 10]", [1, 28, 28]),
    ("resnet18", "{resnet18: {classes: 10}}", [3, 64, 64]),
    ("unet", "{unet: {classes: 3, width: 8, depth: 2}}", [3, 32, 32]),
    ("lraspp", "{lraspp_mobilenet_v3_large: {classes: 3}}", [3, 64, 64]),
    (
      "transformer",
      """

        - embedding: {num_embeddings: 20, embedding_dim: 16}
        - encoder:
        - encoder:
        - mean: 1
        - linear: 4
      blocks:
        encoder:
          layers:
            - layer_norm:
              name: norm1
            - multi_head_attention: {num_heads: 4, is_causal: true}
              name: attention
            - add:
              from: [attention, input]
              name: attended
            - layer_norm:
              name: norm2
            - linear: 32
              name: fc1
            - gelu
            - linear: 16
              name: fc2
            - add:
              from: [fc2, attended]
      """, [12]
    ),
    (
      // Names that Python or every module has already, numbers among names, inner values and shared parameters.
      "names",
      """

        - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
          name: type
        - inner:
          name: class
        - conv2d: {out_channels: 4, kernel_size: 1}
        - relu:
          name: x
        - layer_scale: 0.5
        - inner:
          name: other
        - twice:
          name: again
          weights_of: class
        - add:
          from: [again, other.first, x]
        - global_avg_pool
        - linear: 3
      blocks:
        inner:
          layers:
            - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
              name: first
            - relu
            - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        twice:
          layers:
            - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
              name: first
            - relu
            - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
      """, [4, 8, 8]
    ),
  ]

  @Test(arguments: models.map(\.name))
  func modelsAreWrittenAsAPersonWouldWriteThem(name: String) throws {
    let model = try #require(Self.models.first { $0.name == name })
    let built = try Python.model(model.text, [model.shape])
    try Python.compare(built.python("The model \(name).").text, "\(name).py")
  }

  @Test(arguments: ["resnet18", "transformer"])
  func theProgramForTorchScriptIsAListOfCalls(name: String) throws {
    let model = try #require(Self.models.first { $0.name == name })
    let built = try Python.model(model.text, [model.shape])
    let source = try ScriptSource(
      built.graph, members: [""], link: .softmax, prediction: .outputs)
    #expect(source.parameters == (try built.python()).parameters)
    try Python.compare(source.text, "\(name).torchscript")
  }

  @Test func modelsOfFoldsAreInOneProgram() throws {
    let text =
      "[conv1d: {out_channels: 4, kernel_size: 4, padding: same}, permute: [0, 2, 1], lstm: 6, flatten, linear: 3]"
    let built = try Python.model(text, [[3, 9]])
    let source = try ScriptSource(
      built.graph, members: ["fold_1.", "fold_2."], link: .softmax, prediction: .outputs)
    #expect(source.text.contains("torch.constant_pad_nd(x0, [0, 1], 0)"))
    #expect(source.text.contains(#"getattr(self.fold_2, "4").weight"#))
    #expect(source.text.contains("torch.logsumexp(torch.stack([torch.log_softmax(m0v4, 1)"))
    #expect(source.parameters.contains("2.weight_ih_l0"))
  }

  // MARK: The script

  @Test func theScriptOfPicturesReadsThemAsTheRunDid() throws {
    let transforms = try TorchvisionTransformsTests.transforms(
      "[random_resized_crop: 32, to_tensor]",
      ImageType(channels: 3, height: 60, width: 80, isFloat: false))
    let predictor = PyTorchPredictor(
      input: .pictures(channels: 3, [transforms]), weights: ["weights.safetensors"],
      link: .softmax, prediction: .outputs, target: .category(["a \"b\"", "c"]), thresholds: [])
    try Python.compare(predictor.text(), "predict-pictures.py")
  }

  @Test func theScriptOfFoldsAverages() throws {
    let predictor = PyTorchPredictor(
      input: .rows(["inputs-fold-1.json", "inputs-fold-2.json"]),
      weights: ["weights-fold-1.safetensors", "weights-fold-2.safetensors"], link: .sigmoid,
      prediction: .columns(.outputs, first: 0, count: 2), target: .labelSet(["a", "b"]),
      thresholds: [0.25, 0.5])
    try Python.compare(predictor.text(), "predict-folds.py")
  }

  @Test func theScriptOfMasksAnswersWithScores() throws {
    let transforms = try TorchvisionTransformsTests.transforms(
      "[to_tensor]", ImageType(channels: 3, height: 60, width: 80, isFloat: false))
    func text(_ prediction: Objective.Operation) throws -> String {
      try PyTorchPredictor(
        input: .pictures(channels: 3, [transforms]), weights: ["weights.safetensors"],
        link: .softmax, prediction: prediction, target: .mask(["a", "b"], ignore: 11),
        thresholds: []
      ).text()
    }
    // What a run records of a mask are counts of its pixels.
    #expect(try text(.pixelCounts(.outputs, .targets)) == text(.outputs))
  }

  @Test func aLossThatReadsOutputsOtherwiseIsRefused() {
    let predictor = PyTorchPredictor(
      input: .tensors, weights: ["weights.safetensors"], link: .identity,
      prediction: .sigmoid(.outputs), target: .numbers([Quantity("price")]), thresholds: [])
    #expect(throws: PyTorchPredictor.Problem.self) { try predictor.text() }
  }
}
