import DataAnalysis
import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting

/// What an experiment's data hold and what is wrong with them, without training.
package struct DataInspection {
  private let plan: Plan
  private let environment: [String: String]
  private let terminal: Terminal

  package init(_ plan: Plan, environment: [String: String], terminal: Terminal) {
    self.plan = plan
    self.environment = environment
    self.terminal = terminal
  }

  /// Finds the data and looks at every example once.
  ///
  /// - Throws: ``InputError`` at the data set if it is not available, or at the split if it does not suit it.
  package func findings() async throws -> DataFindings {
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    let console = DownloadConsole(ConsoleReporter(terminal, isQuiet: false))
    do {
      let acquired = try await plan.dataset.acquire(environment: data, progress: console.show)
      let train = try plan.open(.train, of: acquired)
      let test = try plan.open(.test, of: acquired)
      let part = try plan.allocation(of: train).part(1)
      return DataFindings.analyse(try parts(train, test, part), try options(train))
    } catch let error as DataError {
      throw InputError("\(error)", at: plan.experiment.data.dataset.origin.range)
    }
  }

  /// The parts that the experiment uses. With folds, training and validation examples take turns, so that only
  /// the test set is apart.
  private func parts(
    _ train: any ExampleSource, _ test: any ExampleSource, _ part: SplitAllocation.Part
  ) throws -> [DataPart] {
    let fitted = try train.fit(part.train)
    let inputs = try fitted.map(train.applying) ?? train
    let tested = try fitted.map(test.applying) ?? test
    let groups = try plan.splitColumns(of: train).groups
    func named(_ name: String, _ rows: [Int]) -> DataPart {
      DataPart(name, inputs, rows, groups: groups.map { column in rows.map { column[$0] } })
    }
    let limit = min(test.count, plan.experiment.data.testLimit ?? test.count)
    let last = DataPart("test", tested, Array(0..<limit))
    if plan.experiment.data.split.folds != nil {
      return [named("train", (part.train + part.validation + (part.inner ?? [])).sorted()), last]
    }
    if part.validation.isEmpty { return [named("train", part.train), last] }
    return [named("train", part.train), named("validation", part.validation), last]
  }

  private func options(_ train: any ExampleSource) throws -> DataAnalysisOptions {
    var options = DataAnalysisOptions()
    let omissions = try plan.dataset.omissions()
    options.broken = omissions.broken.map { FileProblem(path: $0.path, reason: $0.reason) }
    options.skipped = omissions.skipped.map { FileProblem(path: $0.path, reason: $0.reason) }
    // Drawings in one channel, such as digits, look alike without being copies of each other.
    options.searchesNear = train.schema.largestImage?.channels != 1
    return options
  }
}
