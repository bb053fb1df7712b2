import DataSchema

extension TransformPipeline {
  /// The images of a source at `indices`, after all steps.
  ///
  /// - Throws: ``DataError`` if one cannot be read, or a step does not fit its size.
  package func apply(
    to source: any ExampleSource, _ indices: [Int], augmenting: Augmentation?, threads: Int
  ) throws(DataError) -> ImageBatch {
    let pictures = try source.pictures(indices)
    do throws(TransformMismatch) {
      return try apply(
        pictures, sampleIndices: indices, augmenting: augmenting, threads: threads)
    } catch {
      throw DataError(path: source.schema.input.name, reason: error.message)
    }
  }
}
