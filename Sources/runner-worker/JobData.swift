import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Training

/// The examples of a job, and how they are split.
struct JobData {
  /// The source of training and validation examples.
  let train: any ExampleSource
  let test: any ExampleSource
  /// The number of examples in each split of the data set, before any limit.
  let counts: [DataSplit: Int]
  let trainIndices: [Int]
  let validationIndices: [Int]
  /// The examples that select the best epoch.
  let selection: Selection

  /// The part of a fold's training examples that is used only for selection.
  var innerIndices: [Int] { if case .inner(let indices) = selection { indices } else { [] } }

  /// The examples that the model is evaluated on, each set with its name.
  var measured: [(name: String, source: any ExampleSource, indices: [Int])] {
    [
      ("validation", train, validationIndices), ("inner validation", train, innerIndices),
      ("test", test, Array(0..<test.count)),
    ]
  }

  /// - Parameter loading: how examples are read.
  init(
    _ plan: Plan, _ info: RunInfo, of run: RunDirectory, _ loading: ExampleLoading
  ) async throws {
    let data = plan.experiment.data
    for file in info.files ?? [] {
      let path = file.location(in: run)
      guard try Digest.hex(ofFile: path) == file.sha256 else {
        throw InputError("\(path) has changed since this run began (\(file.key))")
      }
    }
    let (train, test) = try await Self.open(plan, info, of: run, loading)
    counts = [.train: train.count, .test: test.count]
    // What the data set reserves for validation comes after the limit.
    let isWhole = if case .given = data.split.kind { true } else { data.trainLimit == nil }
    self.train = isWhole ? train : train.prefix(data.trainLimit ?? train.count)
    self.test = data.testLimit.map(test.prefix) ?? test
    let isFold = data.split.folds != nil
    let part = try plan.part(of: info, in: train)
    (trainIndices, validationIndices) = (part.train, part.validation)
    selection =
      part.inner.map { .inner($0) }
      ?? (isFold || !data.split.hasValidation ? .lastEpoch : .validation)
  }

  /// Opens both splits, each on its own thread.
  private static func open(
    _ plan: Plan, _ info: RunInfo, of run: RunDirectory, _ loading: ExampleLoading
  ) async throws -> (train: any ExampleSource, test: any ExampleSource) {
    @Sendable func open(_ split: DataSplit) throws -> any ExampleSource {
      let source = try plan.open(split, of: info.dataset, in: run)
      let wanted = plan.dataset.dataSchema.input.kind
      // The splits of images that differ in size need not have the same sizes.
      guard source.schema.input.kind.isCompatible(with: wanted) else {
        throw InputError(
          "'\(info.dataset.used)' has \(source.schema.input.kind), but the experiment needs "
            + "\(wanted)"
        )
      }
      let shared = try loading.shared(source)
      try shared.prepare()
      return shared
    }
    async let test = Result { try open(.test) }
    let train = Result { try open(.train) }
    return try await (train.get(), test.get())
  }
}
