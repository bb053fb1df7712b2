import DataSchema
import Datasets
import Foundation
import Splits
import Testing

/// The real files, where `RUNNER_DATA` says that they are here.
struct MNISTTests {
  private static let variables = ProcessInfo.processInfo.environment

  @Test(
    .enabled(
      if: variables["RUNNER_DATA"] != nil,
      "RUNNER_DATA is not set, so there is no MNIST to read"))
  func loads() async throws {
    let environment = DataEnvironment(
      variables: Self.variables, workingDirectory: FileManager.default.currentDirectoryPath)
    let found = try await MNIST.acquire(environment: environment) { _ in }
    #expect(
      found.fingerprint == "ac89dbc26b7b0b5f68ff586bc0579a0c16e78b3436b0c71ccdd0169cbebf9ff7")
    let dataset = try #require(try DatasetRegistry.make(named: "mnist", in: .empty))
    let train = try dataset.open(.train, of: found)
    let test = try dataset.open(.test, of: found)
    for (part, count) in [(train, 60_000), (test, 10_000)] {
      #expect(part.count == count)
      #expect(part.schema.image == ImageSize(channels: 1, height: 28, width: 28))
      #expect(try part.images([0, count - 1]).count == 2 * 784)
    }
    #expect(train.targets.classNumbers.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    #expect(test.targets.classNumbers.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])

    let split = try StratifiedSplit.holdOut(
      labels: train.targets.classNumbers, fraction: 0.2, seed: 42)
    #expect(split.validation.count == 12_000)
    #expect(split.train.count == 48_000)
  }
}
