import Foundation
import Testing
import Torch

extension TorchTests {
  /// Against the modules and numbers in `Tests/Fixtures/torchscript`, which `make.py` there wrote.
  @Suite struct ScriptModules {
    struct Golden: Decodable {
      var shapes: [String: [Int]]
      var output: [Double]
      var loss: Double
      var gradients: [String: [Double]]
      var trained: [String: [Double]]
      var trained_output: [Double]
    }

    static let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "Fixtures/torchscript")

    func module(_ name: String) throws -> ScriptModule {
      try ScriptModule(Array(Data(contentsOf: Self.folder.appending(path: "\(name).pt"))))
    }

    func golden(_ name: String) throws -> Golden {
      let data = try Data(contentsOf: Self.folder.appending(path: "goldens.json"))
      return try #require(JSONDecoder().decode([String: Golden].self, from: data)[name])
    }

    func batch() throws -> (Tensor, Tensor) {
      let values = (0..<(8 * 64)).map { Float($0 * 37 % 101) / 64 }
      return (
        try Tensor(values, shape: [8, 1, 8, 8]), try Tensor((0..<8).map { $0 % 4 } as [Int])
      )
    }

    @Test(arguments: ["mlp", "cnn"]) func trainsLikePyTorch(name: String) throws {
      let (module, golden, (input, target)) = (try module(name), try golden(name), try batch())
      #expect(module.tensors.count == golden.shapes.count)
      for item in module.tensors {
        #expect(golden.shapes[item.name] == item.tensor.shape, "\(item.name)")
        #expect(item.isParameter == (golden.gradients[item.name] != nil), "\(item.name)")
      }
      try module.setTraining(false)
      #expect(try distance(withNoGrad { try module(input) }, golden.output) < 1e-6)

      let parameters = module.tensors.filter(\.isParameter)
      for parameter in parameters { try parameter.tensor.setRequiresGrad(true) }
      try module.setTraining(true)
      for step in 0..<5 {
        try Runtime.seed(UInt64(1234 + step))
        try zeroGrad(parameters.map(\.tensor))
        let loss = try module(input).crossEntropy(target: target)
        try loss.backward()
        for parameter in parameters {
          let gradient = try #require(try parameter.tensor.grad())
          if step == 0 {
            let expected = try #require(golden.gradients[parameter.name])
            #expect(try distance(gradient, expected) < 1e-6, "\(parameter.name)")
          }
          try withNoGrad { try parameter.tensor.addInPlace(gradient, alpha: -0.1) }
        }
        if step == 0 { #expect(abs(try loss.item() - golden.loss) < 1e-6) }
      }
      for item in module.tensors {
        #expect(
          try distance(item.tensor, #require(golden.trained[item.name])) < 2e-6, "\(item.name)")
      }
      try module.setTraining(false)
      #expect(try distance(withNoGrad { try module(input) }, golden.trained_output) < 5e-6)
    }

    /// A frozen normalisation keeps its statistics, while the dropout beside it stays random.
    @Test func modulesInItCanStayInEvaluationMode() throws {
      let module = try module("mlp")
      let (input, _) = try batch()
      let mean = try #require(module.tensors.first { $0.name == "layers.4.running_mean" }).tensor
      func run() throws -> [Float] { try withNoGrad { try module(input) }.floats() }
      try module.setTraining(true, besides: ["layers.4"])
      let (first, second) = (try run(), try run())
      #expect(first != second)
      #expect(try mean.floats().allSatisfy { $0 == 0 })
      try module.setTraining(true)
      _ = try run()
      #expect(try !mean.floats().allSatisfy { $0 == 0 })
    }

    @Test func everyTensorIsReleased() throws {
      let before = Runtime.liveTensorCountOfThread
      do {
        let module = try module("cnn")
        _ = try module(batch().0)
      }
      #expect(Runtime.liveTensorCountOfThread == before)
    }

    @Test func otherFilesAndInputsAreErrors() throws {
      #expect(throws: TorchError.self) { try ScriptModule([]) }
      #expect(throws: TorchError.self) { try ScriptModule(Array("not a module".utf8)) }
      let module = try module("mlp")
      let error = #expect(throws: TorchError.self) { try module(Tensor.zeros([2, 3])) }
      #expect(error?.message.contains("mat1 and mat2 shapes cannot be multiplied") == true)
    }
  }
}
