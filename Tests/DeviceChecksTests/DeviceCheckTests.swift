import FoundationEssentials
import Testing
import Torch

@testable import DeviceChecks

/// The checks of scripts/gpu-check on the CPU, and that they find what they look for.
@Suite struct DeviceCheckTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures").path

  @Test func masksMadeByTensorsHaveTheBitsOfTheGenerator() {
    let result = ArithmeticChecks.masks(on: .cpu)
    #expect(result.outcome == .ok, "\(result.detail)")
    #expect(result.detail.hasPrefix("0 of "))
  }

  @Test(arguments: ["linear", "conv2d", "lstm", "batch_norm2d", "adaptive_avg_pool2d"])
  func aLayerInFloat32IsNearTheOneInFloat64(_ layer: String) {
    let result = GoldenChecks.layer(layer, in: "\(Self.fixtures)/layers", on: .cpu)
    #expect(result.outcome == .ok, "\(result.detail)")
  }

  @Test func everyLossInFloat32IsNearPyTorchs() throws {
    let cases = try LossCase.all(in: "\(Self.fixtures)/tasks/losses.json")
    #expect(cases.count > 20)
    for item in cases {
      let result = GoldenChecks.loss(item, on: .cpu)
      #expect(result.outcome == .ok, "\(result.line)")
    }
  }

  @Test(arguments: CheckedTraining.all.map(\.name))
  func trainingsResumeToTheByteAndKeepTheirMemory(_ name: String) throws {
    let training = try #require(CheckedTraining.all.first { $0.name == name })
    for result in [
      TrainingChecks.resume(training, on: .cpu), TrainingChecks.memory(training, on: .cpu),
      TrainingChecks.bfloat16(training, on: .cpu), TrainingChecks.recorded(training, on: .cpu),
    ] { #expect(result.outcome == .ok, "\(result.line)") }
  }

  @Test func whatNeedsADeviceIsSkippedOnTheCPU() throws {
    let training = try #require(CheckedTraining.all.first)
    let results =
      [
        ArithmeticChecks.tf32(on: .cpu), TrainingChecks.parity(training, on: .cpu),
        TrainingChecks.transfers(training, on: .cpu),
      ] + OptimizerChecks.all(on: .cpu)
    for result in results { #expect(result.line.hasPrefix("skipped  ")) }
  }

  @Test func aDifferenceIsFound() {
    var difference = Difference()
    difference.add([1, 2.5], [1, 2])
    #expect(difference.largest == 0.25)
    #expect(CheckResult("x", difference.largest, limit: 0.2, "off by").outcome == .failed)
    difference.add([.nan], [1])
    #expect(CheckResult("x", difference.largest, limit: 1e9, "off by").outcome == .failed)
    var lengths = Difference()
    lengths.add([1], [1, 1])
    #expect(lengths.largest == .infinity)
    #expect(CheckResult("x", .nan, limit: 1, "off by").outcome == .failed)
  }

  @Test func growingMemoryIsFound() {
    #expect(TrainingChecks.grown("x", [9, 12, 12, 12], [5, 7, 7, 7]).outcome == .ok)
    #expect(TrainingChecks.grown("x", [9, 12, 13, 14], []).outcome == .failed)
    #expect(TrainingChecks.grown("x", [9, 12, 12, 12], [5, 7, 7, 8]).outcome == .failed)
    #expect(TrainingChecks.grown("x", [9, 12], []).outcome == .failed)
  }

  @Test func copiesThatAStepWaitsForAreFound() {
    func outcome(_ transfers: Transfers, reads: Int = 0) -> CheckResult.Outcome {
      TrainingChecks.verdict("x", transfers, steps: 8, reads: reads).outcome
    }
    #expect(outcome(Transfers(asynchronous: 16)) == .ok)
    #expect(outcome(Transfers(waiting: 1)) == .failed)
    #expect(outcome(Transfers(waiting: 1), reads: 1) == .ok)
    #expect(outcome(Transfers(scalars: 1)) == .failed)
  }

  @Test func optimizersStepTheSameParametersTwice() throws {
    let (first, state) = try OptimizerChecks.parameters(after: 3, "adam", on: .cpu)
    let (second, _) = try OptimizerChecks.parameters(after: 3, "adam", on: .cpu)
    #expect(first == second)
    #expect(state.contains { $0.name.contains("step.") && $0.tensor.device == .cpu })
    let (other, _) = try OptimizerChecks.parameters(after: 4, "adam", on: .cpu)
    #expect(first != other)
  }

  @Test(arguments: [(0, "0"), (3.14e-7, "3.1e-7"), (-250, "-2.5e2"), (9.99, "1.0e1")])
  func numbersHaveTwoDigits(_ value: Double, _ text: String) {
    #expect(CheckResult.short(value) == text)
  }
}
