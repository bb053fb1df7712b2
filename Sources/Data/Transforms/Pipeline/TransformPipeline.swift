/// A list of steps for images of one type.
package struct TransformPipeline: Sendable {
  package let steps: [TransformStep]
  private let stages: [Stage]
  private let types: [ImageType]
  /// The position of the first step in the experiment's list, which random draws depend on.
  private let firstPosition: Int

  private struct Stage: Sendable {
    let prepared: any PreparedStep
    let output: ImageType
  }

  /// - Parameter steps: as `Transform.plan` returned them for images of type `input`, each for the type that
  ///   the one before it returns.
  package init(input: ImageType, steps: [TransformStep]) {
    var type = input
    var stages: [Stage] = []
    for step in steps {
      let implementation = step.implementation
      let output = implementation.output(of: type)
      stages.append(Stage(prepared: implementation.prepare(for: type), output: output))
      type = output
    }
    self.init(input: input, steps: steps, stages: stages, firstPosition: 0)
  }

  private init(input: ImageType, steps: [TransformStep], stages: [Stage], firstPosition: Int) {
    self.steps = steps
    self.stages = stages
    self.firstPosition = firstPosition
    types = [input] + stages.map(\.output)
  }

  package var input: ImageType { types[0] }
  package var output: ImageType { types[types.count - 1] }

  /// The number of steps before the first random one: their result is the same in every epoch.
  package var deterministicCount: Int { steps.prefix { !$0.isRandom }.count }

  /// Transformed bytes are kept in memory up to this size; beyond it they are recomputed for every batch.
  private static let keptBytes = 512 << 20

  /// How many leading steps are applied once to all of `images`: their result is the same in every epoch, is
  /// bytes, and fits into memory.
  package func keptCount(images: Int) -> Int {
    for count in stride(from: deterministicCount, to: 0, by: -1) {
      let type = prefix(count).output
      let size = type.channels * type.height * type.width
      if !type.isFloat, size <= Self.keptBytes / max(images, 1) { return count }
    }
    return 0
  }

  /// The first `count` steps.
  package func prefix(_ count: Int) -> TransformPipeline {
    TransformPipeline(
      input: input, steps: Array(steps.prefix(count)), stages: Array(stages.prefix(count)),
      firstPosition: firstPosition)
  }

  /// The steps after the first `count`. Their random draws are the same as in the whole pipeline.
  package func dropFirst(_ count: Int) -> TransformPipeline {
    let dropped = min(count, steps.count)
    return TransformPipeline(
      input: types[dropped], steps: Array(steps.dropFirst(dropped)),
      stages: Array(stages.dropFirst(dropped)), firstPosition: firstPosition + dropped)
  }

  /// A copy with values for every step that normalizes with statistics of the training examples.
  ///
  /// - Parameter values: is given the steps before such a step and returns one mean and one standard
  ///   deviation for each channel of the training examples after these steps.
  package func fitted<Failure: Error>(
    _ values: (TransformPipeline) throws(Failure) -> (mean: [Float], std: [Float])
  ) throws(Failure) -> TransformPipeline {
    var steps = steps
    while let place = steps.firstIndex(of: .normalizeByTraining) {
      let (mean, std) = try values(TransformPipeline(input: input, steps: Array(steps[..<place])))
      steps[place] = .normalize(mean: mean, std: std)
    }
    return TransformPipeline(input: input, steps: steps)
  }

  /// Stable text of the input type and all steps with their parameters; equal texts mean equal results.
  package var fingerprintText: String {
    var lines = ["transforms 1", "input \(input.fingerprint)"]
    for (index, step) in steps.enumerated() {
      let place = step.isRandom ? " at \(firstPosition + index)" : ""
      lines.append(step.implementation.fingerprint + place)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Applies all steps to each image on its own.
  ///
  /// - Parameters:
  ///   - batch: images of type `input`.
  ///   - sampleIndices: each image's index in its data set. Random draws depend only on `augmenting`, this
  ///     index and the transform's position, never on the batch that an image is in.
  ///   - augmenting: `nil` for evaluation, in which random steps do nothing, except that `random_crop` and
  ///     `random_resized_crop` crop the centre, so that the size is the same.
  ///   - threads: how many share the work; the result is bit-identical for any number.
  package func apply(
    _ batch: ImageBatch, sampleIndices: [Int], augmenting: Augmentation?, threads: Int = 1
  ) -> ImageBatch {
    precondition(batch.type == input && sampleIndices.count == batch.count)
    if steps.isEmpty { return batch }
    return batch.withUnsafeBytes { source in
      ImageBatch.make(output, count: batch.count) { target in
        guard let base = source.baseAddress else { return }
        let run = Run(source: base, target: target)
        Parallel.forRanges(batch.count, threads: threads) { range in
          let workspace = Workspace(
            image: types.map(\.byteCount).max() ?? 0,
            scratch: stages.map(\.prepared.scratchSize).max() ?? 0)
          for index in range {
            apply(index, sampleIndices[index], augmenting, run, workspace)
          }
        }
      }
    }
  }

  /// The memory used by one call of `apply`; every image is written by a single thread.
  private struct Run: @unchecked Sendable {
    let source: UnsafeRawPointer
    let target: UnsafeMutableRawPointer
  }

  private func apply(
    _ index: Int, _ sample: Int, _ augmenting: Augmentation?, _ run: Run, _ workspace: Workspace
  ) {
    var current = Pixels(
      type: input,
      base: UnsafeMutableRawPointer(mutating: run.source + index * input.byteCount))
    for (place, stage) in stages.enumerated() {
      let isLast = place == stages.count - 1
      let next = Pixels(
        type: stage.output,
        base: isLast
          ? run.target + index * output.byteCount
          : place % 2 == 0 ? workspace.even : workspace.odd)
      let draws = augmenting.map {
        Draws(augmentation: $0, sample: sample, position: firstPosition + place)
      }
      stage.prepared.apply(current, next, workspace.scratch, draws)
      current = next
    }
  }
}

/// Memory for the images between two steps, one buffer for each thread.
private final class Workspace {
  let even: UnsafeMutableRawPointer
  let odd: UnsafeMutableRawPointer
  let scratch: UnsafeMutableRawPointer

  init(image: Int, scratch size: Int) {
    even = .allocate(byteCount: image, alignment: 64)
    odd = .allocate(byteCount: image, alignment: 64)
    scratch = .allocate(byteCount: size, alignment: 64)
  }

  deinit {
    even.deallocate()
    odd.deallocate()
    scratch.deallocate()
  }
}

@available(*, unavailable)
extension Workspace: Sendable {}
