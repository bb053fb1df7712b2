import DeviceChecks
import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Graph
import MadeWeights
import Planning
import Testing
import Torch
import Weights

/// The residual networks that ship with the program, against torchvision's.
@Suite struct ResNetTests {
  private static let folder = LayerGolden.folder.deletingLastPathComponent()
    .appending(path: "models")

  private func graph(_ model: String, size: Int = 64) throws -> Graph {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: mnist}\nmodel: \(model)\n")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", [3, size, size])], output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  @Test(arguments: [("resnet18", 11_181_642), ("resnet34", 21_289_802), ("resnet50", 23_528_522)])
  func namesAndShapesAreTorchvisions(name: String, count: Int) throws {
    let graph = try graph(name, size: 224)
    let text = try String(
      decoding: Data(contentsOf: Self.folder.appending(path: "\(name).txt")), as: UTF8.self)
    let ours = graph.parameters.map { "\($0.name) \($0.spec.shape)" }
    #expect(ours == text.split(separator: "\n").map(String.init))
    #expect(graph.parameterCount == count)
    #expect(graph.headParameters == ["fc.weight", "fc.bias"])
  }

  // MARK: What a ResNet-18 computes

  private struct File: Decodable {
    let evaluation: [Double]
    let training: [Double]
    let loss: Double
    let after: [Double]
    let loss_sgd: Double
    let after_sgd: [Double]
  }

  private func model(_ graph: Graph) throws -> Model {
    let model = try Model(graph, seed: 1)
    try model.load(
      graph.parameters.map { parameter in
        let spec = parameter.spec
        if spec.role == .counter {
          return SafeTensors.Entry(
            name: parameter.name, type: .int64, shape: [], bytes: Array(repeating: 0, count: 8))
        }
        return SafeTensors.Entry(
          name: parameter.name, type: .float32, shape: spec.shape,
          bytes: MadeWeights.values(parameter.name, spec.shape)
            .flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
      })
    return model
  }

  private func largest(_ ours: [Float], _ theirs: [Double]) -> Double {
    #expect(ours.count == theirs.count)
    return zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test func logitsAreTorchvisions() throws {
    let golden = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: Self.folder.appending(path: "resnet18.json")))
    let graph = try graph("resnet18")
    let images = try Tensor(MadeWeights.images(16 * 3 * 64 * 64), shape: [16, 3, 64, 64])
    let labels = try Tensor((0..<16).map { Int64($0 % 10) }, device: .cpu)
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    // In contiguous order, convolutions are LibTorch's.
    for (kind, format) in [
      ("adam", MemoryFormat.contiguous), ("sgd", .contiguous), ("adam", .channelsLast),
      ("sgd", .channelsLast),
    ] {
      let model = try model(graph)
      model.format = format
      if kind == "adam" {
        let evaluation = try withInferenceMode { try model(images).floats() }
        #expect(largest(evaluation, golden.evaluation) <= 1e-4)
      }
      // Updates the running statistics, as every training pass does.
      let training = try withNoGrad { try model(images, training: place).floats() }
      #expect(largest(training, golden.training) <= 1e-4)
      let loss = try model(images, training: place).crossEntropy(target: labels)
      #expect(abs(try loss.item() - golden.loss) <= 1e-5)
      try loss.backward()
      let parameters = model.parameters.map(\.tensor)
      if kind == "adam" {
        var options = AdamOptions()
        options.lr = 1e-3
        try fusedAdam(
          parameters, expAvgs: parameters.map(Tensor.zeros(like:)),
          expAvgSqs: parameters.map(Tensor.zeros(like:)), maxExpAvgSqs: [],
          steps: parameters.map { _ in try Tensor(scalar: 0, device: .cpu) }, options: options)
      } else {
        var options = SGDOptions()
        options.lr = 1e-3
        try fusedSGD(parameters, momentumBuffers: [], isFirstStep: true, options: options)
      }
      let after = try withInferenceMode { try model(images).floats() }
      let difference = largest(after, kind == "adam" ? golden.after : golden.after_sgd)
      // The goldens are from a processor with AVX-512. Other instructions, and other convolutions, round gradients
      // differently, and Adam's first step moves a weight by lr even where its gradient is nothing but rounding.
      let isGoldens = Runtime.cpuCapability == "AVX512" && format == .contiguous
      let bound = isGoldens ? 1e-4 : kind == "adam" ? 2e-2 : 2e-4
      #expect(difference <= bound, "after a step of \(kind), \(format)")
    }
  }
}
