import DataSchema

/// A list of steps for images of one type, or for images of several sizes that the first steps make equal.
package struct TransformPipeline: Sendable {
  /// All steps; those that make sizes equal as planned for the largest images.
  package let steps: [TransformStep]
  /// The first steps if images differ in size; `nil` if they are of one type.
  let sizing: Sizing?
  private let stages: [Stage]
  /// The type of images before the first of ``stages`` and after each.
  private let types: [ImageType]
  /// The position of the first step in the experiment's list, which random draws depend on.
  let firstPosition: Int
  /// How much smaller images are decoded before the first step; `nil` if they are decoded whole.
  package internal(set) var reduction: ImageReduction?

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

  /// A pipeline for images of several sizes.
  ///
  /// - Parameter steps: those after `sizing`.
  package init(_ sizing: Sizing, steps: [TransformStep]) {
    let rest = TransformPipeline(input: sizing.output, steps: steps)
    self.init(
      sizing, input: sizing.output, steps: sizing.steps + steps, stages: rest.stages,
      firstPosition: 0)
  }

  /// - Parameter input: the type before the first of `stages`.
  private init(
    _ sizing: Sizing? = nil, input: ImageType, steps: [TransformStep], stages: [Stage],
    firstPosition: Int
  ) {
    self.sizing = sizing
    self.steps = steps
    self.stages = stages
    self.firstPosition = firstPosition
    types = [input] + stages.map(\.output)
  }

  /// The type of the images; if they differ in size, that of the largest of them.
  package var input: ImageType { sizing?.input ?? types[0] }
  package var output: ImageType { types[types.count - 1] }

  /// Whether images may differ in size.
  package var takesMixedSizes: Bool { sizing != nil }

  /// The number of leading steps that make sizes equal: 0 if images are of one type.
  package var sizingCount: Int { sizing?.steps.count ?? 0 }

  /// The number of steps before the first random one: their result is the same in every epoch.
  package var deterministicCount: Int { steps.prefix { !$0.isRandom }.count }

  /// Transformed bytes are kept in memory up to this size; beyond it they are recomputed for every batch.
  private static let keptBytes = 512 << 20

  /// How many leading steps are applied once to all of `images`: their result is the same in every epoch, is
  /// bytes, and fits into memory.
  package func keptCount(images: Int) -> Int {
    for count in stride(from: deterministicCount, through: max(1, sizingCount), by: -1)
    where !prefix(count).output.isFloat {
      let kept = beforeRepetition(count)
      let type = prefix(kept).output
      let size = type.channels * type.height * type.width
      if size <= Self.keptBytes / max(images, 1) { return kept }
    }
    return 0
  }

  /// How many leading steps have the same result in every epoch and give bytes, whatever their size. For images
  /// of several sizes these include the steps that make sizes equal, or there are none.
  package var storedCount: Int {
    for count in stride(from: deterministicCount, through: max(1, sizingCount), by: -1)
    where !prefix(count).output.isFloat {
      return beforeRepetition(count)
    }
    return 0
  }

  /// The first `count` steps without the last of them if it only repeats a grey channel: one is enough to be kept.
  private func beforeRepetition(_ count: Int) -> Int {
    guard count > sizingCount, count > 0, case .grayscale(let grey) = steps[count - 1],
      grey.channels > 1, prefix(count - 1).output.channels == 1
    else { return count }
    return count - 1
  }

  /// The first `count` steps, which include those that make sizes equal.
  package func prefix(_ count: Int) -> TransformPipeline {
    precondition(count >= sizingCount)
    let first = TransformPipeline(
      sizing, input: types[0], steps: Array(steps.prefix(count)),
      stages: Array(stages.prefix(count - sizingCount)), firstPosition: firstPosition)
    return first.reducing(by: reduction)
  }

  /// The steps after the first `count`, which include those that make sizes equal if `count` is not 0. Their
  /// random draws are the same as in the whole pipeline.
  package func dropFirst(_ count: Int) -> TransformPipeline {
    if count == 0 { return self }
    precondition(count >= sizingCount)
    let dropped = min(count, steps.count)
    return TransformPipeline(
      input: types[dropped - sizingCount], steps: Array(steps.dropFirst(dropped)),
      stages: Array(stages.dropFirst(dropped - sizingCount)),
      firstPosition: firstPosition + dropped)
  }

  /// A copy with values for every step that normalizes with statistics of the training examples.
  ///
  /// - Parameter values: is given the steps before such a step and returns one mean and one standard
  ///   deviation for each channel of the training examples after these steps.
  package func fitted<Failure: Error>(
    _ values: (TransformPipeline) throws(Failure) -> (mean: [Float], std: [Float])
  ) throws(Failure) -> TransformPipeline {
    var result = self
    while let place = result.steps.firstIndex(of: .normalizeByTraining) {
      let (mean, std) = try values(result.prefix(place))
      var steps = result.steps
      steps[place] = .normalize(mean: mean, std: std)
      result = result.replacing(steps)
    }
    return result
  }

  /// The same pipeline with other steps after those that make sizes equal.
  func replacing(_ steps: [TransformStep]) -> TransformPipeline {
    let other =
      sizing.map { TransformPipeline($0, steps: Array(steps.dropFirst(sizingCount))) }
      ?? TransformPipeline(input: input, steps: steps)
    return other.reducing(by: reduction)
  }

  /// The same pipeline with `steps` for the masks of its images, with the same draws.
  ///
  /// - Precondition: images are of one type.
  func masks(_ steps: [TransformStep]) -> TransformPipeline {
    var type = types[0].mask
    let input = type
    let stages = steps.map { step in
      let stage = Stage(
        prepared: step.implementation.prepare(for: type), output: step.output(of: type))
      type = stage.output
      return stage
    }
    return TransformPipeline(
      input: input, steps: steps, stages: stages, firstPosition: firstPosition)
  }

  /// The same pipeline with the last `center_crop` among the steps that make sizes equal at another place.
  func anchoringSizing(at anchor: CropAnchor) throws(TransformMismatch) -> TransformPipeline {
    guard let sizing else { return self }
    return TransformPipeline(
      try sizing.anchored(at: anchor), steps: Array(steps.dropFirst(sizingCount))
    ).reducing(by: reduction)
  }

  /// Stable text of the input type and all steps with their parameters; equal texts mean equal results.
  package var fingerprintText: String {
    let sizes =
      sizing.map { "input of several sizes: \($0.fingerprintText)" }
      ?? "input \(input.fingerprint)"
    var lines = ["transforms 1", sizes]
    if let reduction { lines.append("decoded smaller for \(reduction.target)") }
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
    precondition(
      sizing == nil && batch.type == input && sampleIndices.count == batch.count)
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
            apply(
              run.source + index * input.byteCount, run.target + index * output.byteCount,
              (sampleIndices[index], augmenting), workspace)
          }
        }
      }
    }
  }

  /// Applies all steps to images that may differ in size; see ``apply(_:sampleIndices:augmenting:threads:)``.
  ///
  /// - Throws: ``TransformMismatch`` if a step does not fit a size.
  package func apply(
    _ pictures: Pictures, sampleIndices: [Int], augmenting: Augmentation?, threads: Int = 1
  ) throws(TransformMismatch) -> ImageBatch {
    precondition(sampleIndices.count == pictures.count)
    let own: [TransformPipeline]
    // What is left to do when all are of one type.
    let rest: [Stage]
    if let sizing {
      (own, rest) = (try sizing.pipelines(for: pictures), stages)
    } else {
      if let other = pictures.originals.first(where: { $0 != input.size }) {
        throw TransformMismatch("expected images of \(input.size), found \(other)")
      }
      guard pictures.isReduced else {
        let batch = ImageBatch(
          type: input, count: pictures.count, storage: .bytes(pictures.bytes))
        return apply(batch, sampleIndices: sampleIndices, augmenting: augmenting, threads: threads)
      }
      (own, rest) = (try decoded(to: pictures.sizes), [])
    }
    let offsets = pictures.offsets
    let largest = (own.flatMap(\.types) + types).map(\.byteCount).max() ?? 0
    let scratch = own.flatMap(\.stages).map(\.prepared.scratchSize).max() ?? 0
    return pictures.bytes.withUnsafeBytes { source in
      ImageBatch.make(output, count: pictures.count) { target in
        guard let base = source.baseAddress else { return }
        let run = Run(source: base, target: target)
        Parallel.forRanges(pictures.count, threads: threads) { range in
          let workspace = Workspace(
            image: largest,
            scratch: max(scratch, rest.map(\.prepared.scratchSize).max() ?? 0))
          let sized = UnsafeMutableRawPointer.allocate(
            byteCount: types[0].byteCount, alignment: 64)
          defer { sized.deallocate() }
          for index in range {
            let draws = (sampleIndices[index], augmenting)
            let isLast = rest.isEmpty
            let end = isLast ? run.target + index * output.byteCount : sized
            own[index].apply(run.source + offsets[index], end, draws, workspace)
            if !isLast {
              apply(sized, run.target + index * output.byteCount, draws, workspace)
            }
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

  /// Applies the steps after those that make sizes equal to one image.
  private func apply(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ place: (sample: Int, augmenting: Augmentation?), _ workspace: Workspace
  ) {
    if stages.isEmpty { target.copyMemory(from: source, byteCount: types[0].byteCount) }
    var current = Pixels(type: types[0], base: UnsafeMutableRawPointer(mutating: source))
    for (index, stage) in stages.enumerated() {
      let isLast = index == stages.count - 1
      let next = Pixels(
        type: stage.output,
        base: isLast ? target : index % 2 == 0 ? workspace.even : workspace.odd)
      let draws = place.augmenting.map {
        Draws(
          augmentation: $0, sample: place.sample, position: firstPosition + sizingCount + index)
      }
      stage.prepared.apply(current, next, workspace.scratch, draws)
      current = next
    }
  }
}
