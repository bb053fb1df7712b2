extension TransformPipeline {
  /// The steps up to the last that gives bytes, whose result is the picture that the model sees; `nil` if steps after
  /// it change the size.
  package var visiblePart: TransformPipeline? {
    let counts = stride(from: steps.count, through: sizingCount, by: -1)
    guard let count = counts.first(where: { !prefix($0).output.isFloat }) else { return nil }
    let first = prefix(count)
    let isWhole = first.output.height == output.height && first.output.width == output.width
    return isWhole ? first : nil
  }
}
