import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Torch
import Training
import Weights
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The runner's side of `peer.py`, which starts it and says when to do what, so that the two alternate.
///
///     prefix-benchmark prefix|train MODEL WEIGHTS SIZE BATCH THREADS
///
/// A line on the standard input is a command; the answer to it, seconds by the clock and of processor
/// time, is a line on the standard output. `prefix` knows `layers` (one batch through the frozen
/// layers), `pass` (the same from the bytes of the images on) and `write FOLDER`; `train` knows `step`.
@main enum PrefixBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 6, let size = Int(arguments[4]), let rows = Int(arguments[5]),
      let threads = Int(arguments[6])
    else {
      throw InputError("usage: prefix-benchmark prefix|train MODEL WEIGHTS SIZE BATCH THREADS")
    }
    Runtime.keepFreedMemory()
    try Runtime.setThreadCount(threads)
    try Runtime.setDeterministic(true)
    Runtime.setFlushDenormal(true)
    let isTraining = arguments[1] == "train"
    var job = try makeJob(
      arguments[2], size: size, rows: rows, threads: threads, freezes: !isTraining)
    job.training.initialWeights = try StateDictFile(reading: arguments[3])
      .entries(for: job.training.graph, nil).0
    if isTraining {
      try train(job.training)
    } else if let prefix = job.prefix {
      try prefixCommands(job.training, prefix, rows: rows)
    }
  }

  /// Grey images whose pixels are a formula, enlarged and expanded as in transfer learning.
  private static func makeJob(
    _ model: String, size: Int, rows: Int, threads: Int, freezes: Bool
  ) throws -> (training: TrainingJob, prefix: FrozenPrefix?) {
    // So many that the enlarged images of inference are not kept, as with a whole data set.
    let count = freezes ? (600 << 20) / (size * size) : 10 * rows
    let pixels = (0..<count * 784).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
    let images = ImagesInMemory(
      pixels: pixels, size: ImageSize(channels: 1, height: 28, width: 28), target: .digits,
      targets: Targets(classes: (0..<count).map { $0 % 10 }))
    let text = """
      data:
        dataset: mnist
        transforms:
          - resize: [\(size), \(size)]
          - grayscale: 3
          - to_tensor
          - normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}
        batch_size: \(rows)
        shuffle: false
      model: \(model)
      \(freezes ? "freeze: backbone" : "")
      loss: cross_entropy
      optimizer: {adam: {lr: 1e-4}}
      train: {epochs: 100000}
      """
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: threads)
    guard
      let loaded = loader.load(SourceFile(name: "benchmark.yaml", text: text), into: diagnostics),
      let plan = Plan(loaded, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    let examples = try ExampleSet(images, plan.transforms, device: .cpu, threads: threads)
    let job = TrainingJob(
      plan, device: .cpu, examples: examples, trainIndices: Array(0..<count), validationIndices: [])
    return (job, plan.frozenPrefix)
  }

  private static func prefixCommands(
    _ job: TrainingJob, _ prefix: FrozenPrefix, rows: Int
  ) throws {
    let model = try job.makeModel()
    let plan = try model.inferencePlan(upTo: prefix, rows: rows)
    // As a run computes them.
    let fromBytes = try model.inferencePlan(
      upTo: prefix, rows: rows, repeated: job.examples.repeatedChannel)
    let batch = try withInferenceMode { () throws in
      try job.examples.batch(0..<rows, format: plan.format).inputs
    }
    while let line = readLine() {
      let words = line.split(separator: " ")
      let start = Instant()
      try withInferenceMode { () throws -> Void in
        switch words.first {
        case "layers": _ = try plan(batch).floats()
        case "pass": _ = try fromBytes(job.examples.inputs(0..<rows, for: fromBytes)).floats()
        case "write" where words.count == 2:
          try write(batch, "\(words[1])/images.bin")
          try write(plan(batch), "\(words[1])/features.bin")
        default: throw InputError("unknown command '\(line)'")
        }
      }
      answer(since: start)
    }
  }

  private static func write(_ tensor: Tensor, _ path: String) throws {
    let bytes = try tensor.floats().withUnsafeBytes { Data($0) }
    try bytes.write(to: URL(filePath: path))
  }

  private static func train(_ job: TrainingJob) throws {
    guard readLine() != nil else { return }
    let observer = Observer()
    do {
      _ = try Trainer(job).run(observer)
    } catch is TrainingInterrupted {}
  }

  private static func answer(since start: Instant) {
    let now = Instant()
    print(now.wall - start.wall, now.processor - start.processor)
    fflush(nil)
  }

  private struct Instant {
    let wall = seconds(CLOCK_MONOTONIC)
    let processor = seconds(CLOCK_PROCESS_CPUTIME_ID)

    static func seconds(_ clock: clockid_t) -> Double {
      var time = timespec()
      clock_gettime(clock, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
  }

  /// Answers after each step and then waits for the next command.
  private final class Observer: TrainingObserver {
    private var start = Instant()
    private(set) var isInterrupted = false

    func didStep(_ record: StepRecord) {
      answer(since: start)
      if readLine() == nil { isInterrupted = true }
      start = Instant()
    }

    func didFinish(_ epoch: EpochEnd) {}
    func warn(_ text: String) {}
    func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool { false }
    func keep(_ snapshot: TrainingSnapshot) {}
  }
}
