import DataSchema
import ExampleStore
import Transforms

/// How images get from their source to the transforms that every batch needs: what is the same in every epoch
/// is done once, and kept in the store or in memory.
package struct ExampleLoading: Sendable {
  /// Keeps images that are not in memory, and what processes share; `nil` if there is no folder for it.
  package var store: PackStore?
  /// Gets what is wrong with the store.
  package var warn: @Sendable (String) -> Void = { _ in }

  package init() {}

  /// Images that are decoded for every run again are kept in memory up to this size.
  private static let keptBytes = 512 << 20

  /// The same examples, with inputs of which all processes have one copy in memory, if they are otherwise kept in
  /// the memory of each.
  ///
  /// - Throws: ``DataError`` if they cannot be read.
  package func shared(_ source: any ExampleSource) throws(DataError) -> any ExampleSource {
    guard let store else { return source }
    return try SharedSource(source, in: store, warn: warn) ?? source
  }

  /// The images after those leading transforms that are done once, and the transforms that are left.
  ///
  /// - Throws: ``DataError`` if examples that are kept in memory cannot be read.
  package func prepared(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, threads: Int
  ) throws(DataError) -> (source: any ExampleSource, rest: TransformPipeline) {
    if source.isInMemory {
      let count = pipeline.keptCount(images: source.count)
      return try inMemory(source, pipeline, first: count, threads: threads)
    }
    let count = pipeline.storedCount
    if let kept = try stored(source, pipeline, first: count, threads: threads) { return kept }
    let decoded = source.imageSizes?.reduce(0) { $0 + $1.count } ?? .max
    let bytes = count == 0 ? decoded : source.count * pipeline.prefix(count).output.elementCount
    if pipeline.takesMixedSizes && count == 0 || bytes > Self.keptBytes {
      return (source, pipeline)
    }
    return try inMemory(source, pipeline, first: count, threads: threads)
  }

  /// The same in the store; `nil` if it cannot be kept there.
  private func stored(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, first count: Int, threads: Int
  ) throws(DataError) -> (source: any ExampleSource, rest: TransformPipeline)? {
    guard let store else { return nil }
    let leading = count == 0 ? nil : pipeline.prefix(count)
    do throws(PackStoreError) {
      // Limits leave some of the examples out; the others are shared with runs without limits.
      let kept: (any ExampleSource)?
      if let subset = source as? ExampleSubset {
        kept = try subset.replacingWhole { whole throws(PackStoreError) in
          try PackedSource(whole, leading, in: store, threads: threads, warn: warn) ?? whole
        }
      } else {
        kept = try PackedSource(source, leading, in: store, threads: threads, warn: warn)
      }
      guard let kept, kept.imageSizes != nil else { return nil }
      return (kept, pipeline.dropFirst(count))
    } catch {
      warn("decoded images are not cached: \(error)")
      return nil
    }
  }

  /// The images after the first `count` transforms, in memory.
  private func inMemory(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, first count: Int, threads: Int
  ) throws(DataError) -> (source: any ExampleSource, rest: TransformPipeline) {
    if count == 0, source.isInMemory { return (source, pipeline) }
    let rest = pipeline.dropFirst(count)
    if count > 0, let store,
      let shared = try SharedSource(
        source, pipeline.prefix(count), in: store, threads: threads, warn: warn)
    {
      return (shared, rest)
    }
    let all = Array(0..<source.count)
    let first = pipeline.prefix(count)
    let (result, masks) = try first.apply(
      to: source, all, masks: source.hasMasks ? first.forMasks : nil, augmenting: nil,
      threads: threads)
    let kept = ImagesInMemory(
      pixels: result.bytes, size: result.type.size, target: source.schema.target,
      targets: source.targets, masks: masks)
    return (kept, rest)
  }
}
