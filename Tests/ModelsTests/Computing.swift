import Execution
import Foundation
import Graph
import MadeWeights
import Testing
import Torch

extension ModelFiles {
  private static let computesAll = ProcessInfo.processInfo.environment["RUNNER_MODELS"] == "all"

  /// Whether a model is computed in these tests; says so if not. Models of more parameters take long, so only
  /// `make test-models` computes them.
  static func computes(_ graph: Graph, _ name: String, upTo limit: Int = 12_000_000) -> Bool {
    if computesAll || graph.parameterCount <= limit { return true }
    print("skipped: \(name) has \(graph.parameterCount) parameters; make test-models computes it")
    return false
  }

  /// The model with the weights that the goldens were made with.
  static func made(_ graph: Graph, _ type: ScalarType) throws -> Model {
    let model = try Model(graph, seed: 1, dtype: type)
    for (parameter, tensor) in model.state where parameter.spec.role != .counter {
      let values = try Tensor(
        MadeWeights.values(parameter.name, parameter.spec.shape), shape: parameter.spec.shape)
      try withNoGrad { () throws -> Void in try tensor.copy(from: values) }
    }
    return model
  }

  /// Within 1e-4 of the largest.
  static func expectClose(_ ours: [Float], _ theirs: [Double], _ what: String) {
    #expect(ours.count == theirs.count)
    let scale = theirs.map(abs).max() ?? 1
    let difference = zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(difference <= 1e-4 * scale, "\(what): \(difference) of \(scale)")
  }

  /// What a step did to each parameter.
  static func expectSteps(_ model: Model, _ steps: [String: Double]) throws {
    #expect(Set(model.parameters.map(\.name)) == Set(steps.keys))
    let largest = steps.values.map(abs).max() ?? 0
    #expect(largest > 0.05, "a step that changes nothing shows nothing")
    for (name, tensor) in model.parameters {
      guard let expected = steps[name] else { continue }
      let ours = MadeWeights.projection(
        name, tensor.shape, after: try tensor.detach().to(.float32).floats())
      #expect(abs(ours - expected) <= 1e-5, "\(name): \(ours), not \(expected)")
    }
  }
}
