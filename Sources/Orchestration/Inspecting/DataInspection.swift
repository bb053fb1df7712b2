import DataAnalysis
import DataPage
import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Reporting
import Transforms

/// What an experiment's data hold and what is wrong with them, without training.
package struct DataInspection {
  private let plan: Plan
  private let environment: [String: String]
  private let terminal: Terminal

  /// What was found, and the page about it if one was asked for.
  package struct Result {
    package let findings: DataFindings
    /// HTML.
    package let page: String?
  }

  package init(_ plan: Plan, environment: [String: String], terminal: Terminal) {
    self.plan = plan
    self.environment = environment
    self.terminal = terminal
  }

  /// Finds the data and looks at every example once.
  ///
  /// - Parameters:
  ///   - makesPage: whether to draw a page as well.
  ///   - listsSamples: whether to choose examples to be shown after the transforms without a page, too.
  /// - Throws: ``InputError`` at the data set if it is not available, or at the split if it does not suit it.
  package func result(makesPage: Bool, listsSamples: Bool) async throws -> Result {
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    let reporter = ConsoleReporter(terminal, isQuiet: false)
    let console = DownloadConsole(reporter)
    defer { reporter.steps.clear() }
    do {
      let acquired = try await plan.dataset.acquire(environment: data, progress: console.show)
      let train = try plan.open(.train, of: acquired)
      let test = try plan.open(.test, of: acquired)
      let part = try plan.allocation(of: train).part(1)
      let parts = try parts(train, test, part)
      var findings = DataFindings.analyse(parts, try options(train)) {
        reporter.steps.show($0, $1, of: $2)
      }
      findings.firstRows = try TableExcerpt(parts[0])
      let samples =
        try makesPage || listsSamples ? samples(parts[0], fittedTo: part.train) : nil
      findings.samples = samples?.list
      let page =
        try makesPage
        ? DataPage.render(
          findings, title: plan.experiment.name, parts: parts, samples: samples) : nil
      return Result(findings: findings, page: page)
    } catch let error as DataError {
      throw InputError("\(error)", at: plan.experiment.data.dataset.origin.range)
    }
  }

  /// Examples as the first epochs of the training use them; `nil` if the inputs are no pictures, or one of them
  /// cannot be read, which the findings list.
  private func samples(_ part: DataPart, fittedTo rows: [Int]) throws -> TransformedSamples? {
    guard let transforms = plan.transforms, !part.indices.isEmpty else { return nil }
    let fold = plan.experiment.data.split.folds == nil ? 0 : 1
    let shown = DataPart(part.name, part.source, rows)
    do throws(DataError) {
      let fitted = try transforms.fitted { before throws(DataError) in
        let values = try ChannelStatistics(
          part.source, rows, behind: before, threads: plan.experiment.threads)
        return (mean: values.mean.map(Float.init), std: values.std.map(Float.init))
      }
      return try TransformedSamples(
        shown, fitted, seed: plan.experiment.seed, fold: fold)
    } catch {
      terminal.write([
        Diagnostic(.warning, "no images after the transforms are shown: \(error)", at: nil)
      ])
      return nil
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
    options.columnNames = train.valueNames
    let omissions = try plan.dataset.omissions()
    options.broken = omissions.broken.map { FileProblem(path: $0.path, reason: $0.reason) }
    options.skipped = omissions.skipped.map { FileProblem(path: $0.path, reason: $0.reason) }
    return options
  }
}
