import DataSchema
import Dispatch
import Synchronization
import Torch
import Transforms

/// Makes the transformed images of the next batch on another thread while a step is computed.
///
/// What a batch holds does not depend on it: random transforms draw from counters. One batch is made
/// ahead, so that memory stays bounded.
final class BatchPrefetcher {
  private let source: any ExampleSource
  private let pipeline: TransformPipeline
  private let threads: Int
  private let queue = DispatchQueue(label: "runner.batch-prefetcher", qos: .userInitiated)
  /// Batches that nobody has begun.
  private var waiting: ArraySlice<[Int]> = []
  private var augmentation: Augmentation?
  private var pending: Pending?

  /// A batch that is being made.
  private final class Pending: Sendable {
    let indices: [Int]
    private let result = Mutex<Result<ImageBatch, DataError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ indices: [Int]) { self.indices = indices }

    func fulfil(_ batch: Result<ImageBatch, DataError>) {
      result.withLock { $0 = batch }
      isDone.signal()
    }

    func wait() throws(DataError) -> ImageBatch? {
      isDone.wait()
      return try result.withLock { $0 }?.get()
    }
  }

  /// - Parameter threads: for the transforms of one batch.
  init(_ source: any ExampleSource, _ pipeline: TransformPipeline, threads: Int) {
    self.source = source
    self.pipeline = pipeline
    self.threads = threads
  }

  /// Says which batches will be asked for next, in their order. Nothing depends on their being so.
  func expect(_ batches: [[Int]], _ augmentation: Augmentation) {
    // Without random transforms what is left of them takes less time than a hand-over.
    guard pipeline.deterministicCount < pipeline.steps.count else { return }
    waiting = batches[...]
    self.augmentation = augmentation
    beginNext()
  }

  /// The images at `indices` after the transforms.
  ///
  /// - Throws: ``DataError`` if an example cannot be read.
  func batch(_ indices: [Int], _ augmentation: Augmentation?) throws(DataError) -> ImageBatch {
    if let pending, pending.indices == indices, augmentation == self.augmentation {
      let batch = try pending.wait()
      beginNext()
      if let batch { return batch }
    }
    return try Self.make(source, pipeline, indices, augmentation, threads: threads)
  }

  private func beginNext() {
    pending = waiting.popFirst().map(Pending.init)
    guard let pending else { return }
    queue.async { [source, pipeline, augmentation, threads] in
      // As on the thread that trains, so that it does not matter which of the two made a batch.
      Runtime.setFlushDenormal(true, pool: false)
      pending.fulfil(
        Result { () throws(DataError) in
          try Self.make(source, pipeline, pending.indices, augmentation, threads: threads)
        })
    }
  }

  private static func make(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, _ indices: [Int],
    _ augmentation: Augmentation?, threads: Int
  ) throws(DataError) -> ImageBatch {
    pipeline.apply(
      try source.batch(indices, of: pipeline.input), sampleIndices: indices,
      augmenting: augmentation, threads: threads)
  }
}

@available(*, unavailable)
extension BatchPrefetcher: Sendable {}
