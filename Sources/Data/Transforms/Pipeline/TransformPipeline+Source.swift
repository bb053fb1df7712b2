import DataSchema

extension TransformPipeline {
  /// The images of a source at `indices`, after all steps.
  ///
  /// - Throws: ``DataError`` if one cannot be read, or a step does not fit its size.
  package func apply(
    to source: any ExampleSource, _ indices: [Int], augmenting: Augmentation?, threads: Int
  ) throws(DataError) -> ImageBatch {
    let pictures = try source.pictures(indices, reducedBy: reduction)
    do throws(TransformMismatch) {
      return try apply(
        pictures, sampleIndices: indices, augmenting: augmenting, threads: threads)
    } catch {
      throw DataError(path: source.schema.input.name, reason: error.message)
    }
  }

  /// The images of a source at `indices` with their masks, after all steps.
  ///
  /// - Parameter masks: ``forMasks``; `nil` if the targets are no masks.
  /// - Returns: the images, and the masks as [count, height, width].
  /// - Throws: ``DataError`` if one cannot be read, or a step does not fit its size.
  package func apply(
    to source: any ExampleSource, _ indices: [Int], masks: MaskTransforms?,
    augmenting: Augmentation?, threads: Int
  ) throws(DataError) -> (images: ImageBatch, masks: [UInt8]) {
    guard let masks else {
      return (
        try apply(to: source, indices, augmenting: augmenting, threads: threads), []
      )
    }
    let (images, own) = try source.picturesAndMasks(indices, reducedBy: reduction)
    do throws(TransformMismatch) {
      return (
        try apply(images, sampleIndices: indices, augmenting: augmenting, threads: threads),
        try masks.apply(
          own ?? Pictures(), sampleIndices: indices, augmenting: augmenting, threads: threads)
      )
    } catch {
      throw DataError(path: source.schema.input.name, reason: error.message)
    }
  }
}
