import ExperimentConfig
import Files
import ImageColor
import RunRecord
import Testing
import WorkerProtocol

struct WorkerRequestTests {
  /// A fold of a trial of a sweep.
  private let fold = RunDirectory(RootedDirectory("/sweeps/s/trials/t/folds/1", below: "/sweeps/s"))

  /// What the worker reads.
  private func sent(_ request: WorkerRequest) throws -> WorkerRequest {
    let line = try JSONText.encode(request)
    #expect(!line.contains(UInt8(ascii: "\n")))
    return try JSONText.decode(WorkerRequest.self, from: line)
  }

  @Test func trainingStaysBelowTheSweep() throws {
    guard case .train(let request) = try sent(.train(TrainingRequest(fold, untilEpoch: 3))) else {
      Issue.record("another request")
      return
    }
    #expect(request.run.path == fold.path && request.run.folder.root == "/sweeps/s")
    #expect(request.untilEpoch == 3)
    guard case .train(let whole) = try sent(.train(TrainingRequest(RunDirectory(path: "r")))) else {
      Issue.record("another request")
      return
    }
    #expect(whole.run.path == "r" && whole.run.folder.root == "r" && whole.untilEpoch == nil)
  }

  @Test func predictionOfImages() throws {
    let model = PredictionRequest.Model(directory: "/r/folds/1", weights: "/w\n.safetensors")
    let request = PredictionRequest(
      fold, models: [model], method: .outOfFold,
      input: .images(["a.png", "ü.jpg"], background: .white), isInverted: true, device: "cuda:0",
      threads: 3)
    guard case .predict(let read) = try sent(.predict(request)) else {
      Issue.record("another request")
      return
    }
    #expect(read.run.path == fold.path && read.run.folder.root == "/sweeps/s")
    #expect(read.models.map(\.directory) == [model.directory])
    #expect(read.models.map(\.weights) == [model.weights])
    #expect(read.method == .outOfFold && read.isInverted)
    #expect(read.device == "cuda:0" && read.threads == 3)
    guard case .images(let paths, let background) = read.input else {
      Issue.record("another input")
      return
    }
    #expect(paths == ["a.png", "ü.jpg"] && background == .white)
  }

  @Test func predictionOfExamples() throws {
    let dataset = RunInfo.Dataset(
      requested: "mnist", used: "digits", fingerprint: "f", origin: "drawn", files: [])
    let request = PredictionRequest(
      fold, models: [],
      input: .examples(.init(dataset: dataset, split: .validation, isOwn: true, limit: 7)),
      isInverted: false, device: "cpu", threads: 1)
    guard case .predict(let read) = try sent(.predict(request)),
      case .examples(let examples) = read.input
    else {
      Issue.record("another request")
      return
    }
    #expect(read.method == .ensemble)
    #expect(examples.dataset.used == "digits" && examples.dataset.sha256 == dataset.sha256)
    #expect(examples.split == .validation && examples.isOwn && examples.limit == 7)
  }

  @Test func timing() throws {
    let request = TimingRequest(experiment: "name: a\n", device: "cpu", examples: 64)
    guard case .time(let read) = try sent(.time(request)) else {
      Issue.record("another request")
      return
    }
    #expect(read.experiment == "name: a\n" && read.device == "cpu" && read.examples == 64)
  }

  @Test(arguments: [
    "{}", #"{"train":{}}"#, #"{"halt":{}}"#, #"{"train":{"_0":{"location":{"directory":"r"}}}}"#,
  ])
  func otherLinesAreErrors(_ line: String) {
    #expect(throws: DecodingError.self) {
      try JSONText.decode(WorkerRequest.self, from: Array(line.utf8))
    }
  }
}
