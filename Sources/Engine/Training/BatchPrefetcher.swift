import DataSchema
import Dispatch
import Synchronization
import Torch
import Transforms

/// Prepares the transformed images of the next batches on another thread while a step is computed.
///
/// The contents of a batch do not depend on it: random transforms draw from counters. Few batches are prepared
/// ahead, so that memory stays bounded.
final class BatchPrefetcher {
  private let source: any ExampleSource
  private let pipeline: TransformPipeline
  /// What is done to the masks; `nil` if the targets are none.
  private let masks: MaskTransforms?
  private let threads: Int
  private let queue = DispatchQueue(label: "runner.batch-prefetcher", qos: .userInitiated)
  /// Batches that have not been started.
  private var waiting: ArraySlice<[Int]> = []
  private var augmentation: Augmentation?
  /// Batches that have been started, in their order.
  private var pending: [Pending] = []

  /// Batches that are prepared ahead; reading files takes more uneven times than copying memory.
  private var depth: Int { source.isInMemory ? 1 : 3 }

  /// Images after the transforms, and their masks, [count, height, width], if they have any.
  typealias Batch = (images: ImageBatch, masks: [UInt8])

  /// A batch that is being prepared.
  private final class Pending: Sendable {
    let indices: [Int]
    private let result = Mutex<Result<Batch, DataError>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ indices: [Int]) { self.indices = indices }

    func fulfil(_ batch: Result<Batch, DataError>) {
      result.withLock { $0 = batch }
      isDone.signal()
    }

    func wait() throws(DataError) -> Batch? {
      isDone.wait()
      return try result.withLock { $0 }?.get()
    }
  }

  /// - Parameters:
  ///   - masks: what is done to the masks; `nil` if the targets are none.
  ///   - threads: for the transforms of one batch.
  init(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, masks: MaskTransforms? = nil,
    threads: Int
  ) {
    self.source = source
    self.pipeline = pipeline
    self.masks = masks
    self.threads = threads
  }

  /// Announces the batches that will be requested next, in their order. Only speed depends on it.
  func expect(_ batches: [[Int]], _ augmentation: Augmentation) {
    // In memory and without random transforms, what is left takes less time than a hand-over.
    guard !source.isInMemory || pipeline.deterministicCount < pipeline.steps.count else { return }
    waiting = batches[...]
    self.augmentation = augmentation
    pending = []
    startNext()
  }

  /// The images at `indices` after the transforms.
  ///
  /// - Throws: ``DataError`` if an example cannot be read.
  func batch(_ indices: [Int], _ augmentation: Augmentation?) throws(DataError) -> Batch {
    if let first = pending.first, first.indices == indices, augmentation == self.augmentation {
      let batch = try first.wait()
      pending.removeFirst()
      startNext()
      if let batch { return batch }
    }
    return try Self.make(source, pipeline, masks, indices, augmentation, threads: threads)
  }

  private func startNext() {
    while pending.count < depth, let indices = waiting.popFirst() {
      let next = Pending(indices)
      pending.append(next)
      queue.async { [source, pipeline, masks, augmentation, threads] in
        // As on the thread that trains, so that it does not matter which of the two prepared a batch.
        Runtime.setFlushDenormal(true, pool: false)
        next.fulfil(
          Result { () throws(DataError) in
            try Self.make(source, pipeline, masks, next.indices, augmentation, threads: threads)
          })
      }
    }
  }

  private static func make(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, _ masks: MaskTransforms?,
    _ indices: [Int], _ augmentation: Augmentation?, threads: Int
  ) throws(DataError) -> Batch {
    try pipeline.apply(
      to: source, indices, masks: masks, augmenting: augmentation, threads: threads)
  }
}

@available(*, unavailable)
extension BatchPrefetcher: Sendable {}
