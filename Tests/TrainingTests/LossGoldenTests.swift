import ExperimentConfig
import Foundation
import OrderedCollections
import Tasks
import Testing
import Torch
import Training

/// The losses of numbers and label sets against PyTorch; Tests/Fixtures/tasks/make_losses.py made the values.
struct LossGoldenTests {
  struct Case: Decodable {
    enum Argument: Decodable {
      case number(Double)
      case list([Double])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Double].self) {
          self = .list(list)
        } else {
          self = .number(try container.decode(Double.self))
        }
      }
    }

    let loss: String
    let argument: Argument?
    let width: Int
    let outputs: [Float]
    let targets: [Float]
    let value: Double
    let gradient: [Float]
  }

  private func cases() throws -> [Case] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = tests.appending(path: "Fixtures/tasks/losses.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
  }

  /// A loss as an experiment names it, with its main argument or its weights.
  private func loss(_ item: Case) throws -> any Loss {
    var values: OrderedDictionary<String, Resolved> = [:]
    let type = try #require(LossRegistry.type(named: item.loss))
    for field in type.schema.arguments.fields {
      switch item.argument {
      case .number(let value): values[field.name] = Resolved(.number(value), .default)
      case .list(let list):
        values[field.name] = Resolved(.list(list.map { Resolved(.number($0), .default) }), .default)
      case nil:
        values[field.name] = Resolved(
          item.loss == "bce_with_logits" ? .string("none") : .number(1), .default)
      }
    }
    return try LossRegistry.make(Resolved(.component(item.loss, values), .default).component())
  }

  @Test func valuesAndGradientsArePyTorchs() throws {
    let all = try cases().filter { LossRegistry.type(named: $0.loss) != nil }
    #expect(all.count >= 6)
    for (number, item) in all.enumerated() {
      let objective = try loss(item).objective(.targets, [])
      let function = try LossFunction(objective, width: item.width, device: .cpu)
      let rows = item.outputs.count / item.width
      let outputs = try Tensor(item.outputs, shape: [rows, item.width])
      let targets = try Tensor(item.targets, shape: [rows, item.width])
      try outputs.setRequiresGrad(true)
      let value = try function(outputs, targets)
      try value.backward()
      #expect(abs(try value.item() - item.value) < 1e-6 * max(1, item.value), "case \(number)")
      let gradient = try #require(try outputs.grad()).floats()
      for (left, right) in zip(gradient, item.gradient) {
        #expect(abs(left - right) < 1e-6, "case \(number), \(item.loss)")
      }
      // The sum over examples is that of the batch, however it is cut.
      let losses = try function.perExample(outputs.detach(), targets)
      let mean = losses.reduce(0) { $0 + Double($1) } / Double(rows)
      #expect(abs(mean - item.value) < 1e-6 * max(1, item.value), "case \(number)")
    }
  }

  @Test func balancedWeightsComeFromTheTrainingExamples() throws {
    let values = OrderedDictionary(
      uniqueKeysWithValues: [("pos_weight", Resolved(.string("balanced"), .default))])
    let loss = try LossRegistry.make(
      Resolved(.component("bce_with_logits", values), .default).component())
    let columns = [
      TargetDistribution([1, 0, 0, 0]), TargetDistribution([1, 1, 1, 0]),
      TargetDistribution([0, 0, 0, 0]),
    ]
    guard
      case .binaryCrossEntropy(_, _, let weights) = loss.objective(.targets, columns).values
    else { throw TestFailure() }
    #expect(weights[0] == 3 && abs(weights[1] - 1.0 / 3) < 1e-12 && weights[2] == 1)
  }

  private struct TestFailure: Error {}
}
