/// Views of each image whose predictions are averaged: test-time augmentation.
package enum ImageViews: String, Codable, Sendable, CaseIterable {
  /// The image and its mirror image.
  case flip
  /// The four corners and the centre, in place of `center_crop`; torchvision's `five_crop`.
  case fiveCrop = "five_crop"
  /// Those and their mirror images; torchvision's `ten_crop`.
  case tenCrop = "ten_crop"

  /// How many views there are of an image.
  package var count: Int {
    switch self {
    case .flip: 2
    case .fiveCrop: 5
    case .tenCrop: 10
    }
  }
}

extension TransformPipeline {
  /// One pipeline for each view, the ordinary one among them.
  ///
  /// - Throws: ``TransformMismatch`` if there is no `center_crop` to replace, or the images are smaller than
  ///   the crop.
  package func views(_ views: ImageViews) throws(TransformMismatch) -> [TransformPipeline] {
    if views == .flip { return [self, mirrored] }
    var pipelines: [TransformPipeline] = []
    for anchor in CropAnchor.five { pipelines.append(try anchored(at: anchor)) }
    if views == .fiveCrop { return pipelines }
    // Crops of the mirrored image: mirrored crops of the other side.
    for anchor in CropAnchor.five {
      pipelines.append(try anchored(at: anchor.opposite).mirrored)
    }
    return pipelines
  }

  /// The same steps with the last `center_crop` at another place of the image.
  private func anchored(at anchor: CropAnchor) throws(TransformMismatch) -> TransformPipeline {
    let crop = steps.lastIndex { if case .centerCrop = $0 { true } else { false } }
    guard let crop, case .centerCrop(var step) = steps[crop] else {
      throw TransformMismatch(
        "the transforms have no center_crop that crops of the corners could replace",
        hint: "use the views 'flip'")
    }
    guard crop >= sizingCount else { return try anchoringSizing(at: anchor) }
    let input = crop == 0 ? input : prefix(crop).output
    try step.move(to: anchor, in: input)
    var steps = steps
    steps[crop] = .centerCrop(step)
    return replacing(steps)
  }

  /// The same with its result mirrored, while it is still bytes if it ever is after the last crop.
  private var mirrored: TransformPipeline {
    let scale = steps.lastIndex(of: .scale).flatMap { $0 >= sizingCount ? $0 : nil }
    var steps = steps
    steps.insert(.mirror(MirrorStep()), at: scale ?? steps.count)
    return replacing(steps)
  }
}

/// Mirrors every image horizontally.
package struct MirrorStep: ImageStep {
  var fingerprint: String { "mirror" }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedMap(
      rows: (0..<Int32(input.height)).map { $0 },
      columns: (0..<Int32(input.width)).reversed(), fill: [])
  }
}
