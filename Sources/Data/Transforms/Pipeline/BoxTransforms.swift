import DataSchema

/// A box in a model's input, in pixels: the upper left pixel covers 0 to 1.
package struct PlacedBox: Hashable, Sendable {
  /// The class number.
  package var label: Int
  package var left: Double
  package var top: Double
  package var right: Double
  package var bottom: Double
  package var traits: ImageBoxes.Traits

  package init(
    label: Int, left: Double, top: Double, right: Double, bottom: Double,
    traits: ImageBoxes.Traits = []
  ) {
    (self.label, self.traits) = (label, traits)
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }
}

/// The transforms of images for their boxes: what moves pixels moves the corners of a box by the same draws, and the
/// smallest box around these is what becomes of it. As torchvision's v2 transforms do with
/// `tv_tensors.BoundingBoxes`, which is cut off at the border after every step, as here.
///
/// Unlike pixels, boxes always go the whole way from the image file to the model's input, also where images are kept
/// after the first transforms.
package struct BoxTransforms: Sendable {
  private let pipeline: TransformPipeline

  /// Boxes that are narrower or lower than this many pixels in the end are dropped, as by torchvision's
  /// `SanitizeBoundingBoxes`.
  package static let smallestSide = 1.0

  init(_ pipeline: TransformPipeline) { self.pipeline = pipeline }

  /// One step for images of one type.
  private struct Stage {
    let step: TransformStep
    let input: ImageType
    let position: Int
  }

  /// The steps for images of one size.
  ///
  /// - Throws: ``TransformMismatch`` if a step does not fit the size.
  private func stages(height: Int, width: Int) throws(TransformMismatch) -> [Stage] {
    var steps = pipeline.steps
    if let sizing = pipeline.sizing {
      let size = ImageSize(channels: pipeline.input.channels, height: height, width: width)
      let own = try sizing.pipeline(for: size)
      steps = own.steps + steps.dropFirst(pipeline.sizingCount)
    } else if pipeline.input.height != height || pipeline.input.width != width {
      throw TransformMismatch(
        "expected boxes in images of \(pipeline.input.sizeDescription), found \(height)×\(width)")
    }
    var type = pipeline.input.resized(height, width)
    return steps.enumerated().map { place, step in
      defer { type = step.output(of: type) }
      return Stage(step: step, input: type, position: pipeline.firstPosition + place)
    }
  }

  /// The boxes of an image after the transforms, in their order. Those of which too little is left are dropped.
  ///
  /// - Parameters: as for the images; the same arguments move both alike.
  /// - Throws: ``TransformMismatch`` if a step does not fit the size of the image.
  package func apply(
    _ image: ImageBoxes, sampleIndex: Int, augmenting: Augmentation?
  ) throws(TransformMismatch) -> [PlacedBox] {
    if image.items.isEmpty { return [] }
    return apply(
      image, try stages(height: image.height, width: image.width), sampleIndex: sampleIndex,
      augmenting: augmenting)
  }

  /// - Parameter stages: those for images of this size.
  private func apply(
    _ image: ImageBoxes, _ stages: [Stage], sampleIndex: Int, augmenting: Augmentation?
  ) -> [PlacedBox] {
    let motions = stages.map { stage in
      let draws = augmenting.map {
        Draws(augmentation: $0, sample: sampleIndex, position: stage.position)
      }
      return (
        motion: stage.step.boxMotion(of: stage.input, draws),
        output: stage.step.output(of: stage.input)
      )
    }
    return image.items.compactMap { item in
      let (x, y) = (Double(item.x), Double(item.y))
      var box = BoxEdges(
        left: x, top: y, right: x + Double(item.width), bottom: y + Double(item.height)
      ).clamped(height: image.height, width: image.width)
      for (motion, output) in motions {
        // What has left the image does not come back.
        guard box.width > 0, box.height > 0 else { return nil }
        if motion == .stays { continue }
        box = box.moved(by: motion).clamped(height: output.height, width: output.width)
      }
      guard box.width >= Self.smallestSide, box.height >= Self.smallestSide else { return nil }
      return PlacedBox(
        label: item.label, left: box.left, top: box.top, right: box.right, bottom: box.bottom,
        traits: item.traits)
    }
  }

  /// The values of a row of ``targets(_:most:sampleIndices:augmenting:)`` for each box.
  package static let targetWidth = 5

  /// What a detector is trained on, [image, most, 5]: class, left, upper, right and lower edge, in pixels of the
  /// model's input. Boxes of crowds are left out. Rows without a box have the class −1 and zeros.
  ///
  /// - Precondition: no image has more than `most` boxes.
  /// - Throws: ``TransformMismatch`` if a step does not fit the size of an image.
  package func targets(
    _ images: [ImageBoxes], most: Int, sampleIndices: [Int], augmenting: Augmentation?
  ) throws(TransformMismatch) -> [Float] {
    precondition(images.count == sampleIndices.count)
    var values: [Float] = []
    values.reserveCapacity(images.count * most * Self.targetWidth)
    var known: [[Int]: [Stage]] = [:]
    for (image, index) in zip(images, sampleIndices) {
      let size = [image.height, image.width]
      if known[size] == nil { known[size] = try stages(height: image.height, width: image.width) }
      let boxes = apply(image, known[size] ?? [], sampleIndex: index, augmenting: augmenting)
        .filter { !$0.traits.contains(.crowd) }
      precondition(boxes.count <= most)
      for box in boxes {
        values.append(Float(box.label))
        for edge in [box.left, box.top, box.right, box.bottom] { values.append(Float(edge)) }
      }
      for _ in boxes.count..<most { values += [-1, 0, 0, 0, 0] }
    }
    return values
  }

  /// Where an image of this size lies in the model's input in evaluation.
  ///
  /// - Throws: ``TransformMismatch`` if a step does not fit the size.
  package func placement(height: Int, width: Int) throws(TransformMismatch) -> ImagePlacement {
    var all = AxisMotion()
    for stage in try stages(height: height, width: width) {
      // Nothing turns images in evaluation.
      guard case .scaled(let own) = stage.step.boxMotion(of: stage.input, nil) else { continue }
      all.scaleX *= own.scaleX
      all.scaleY *= own.scaleY
      all.offsetX = own.scaleX * all.offsetX + own.offsetX
      all.offsetY = own.scaleY * all.offsetY + own.offsetY
    }
    return ImagePlacement(
      scaleX: all.scaleX, scaleY: all.scaleY, offsetX: all.offsetX, offsetY: all.offsetY,
      width: width, height: height)
  }
}

extension TransformPipeline {
  /// The same for the boxes in the images.
  package var forBoxes: BoxTransforms { BoxTransforms(self) }
}

/// Why boxes cannot follow a step.
package enum BoxRefusal: Hashable, Sendable {
  /// It chooses among colours and movements; torchvision's policies leave boxes where they were.
  case policy
  /// It repeats what is near the border, and there are no boxes around that; torchvision refuses it too.
  case mirroredBorder
}

extension TransformStep {
  /// Why boxes cannot follow the step; `nil` if they can.
  package var boxRefusal: BoxRefusal? {
    func border(_ padding: PadStep) -> BoxRefusal? {
      let adds = padding.left + padding.top + padding.right + padding.bottom > 0
      return adds && (padding.mode == .reflect || padding.mode == .symmetric)
        ? .mirroredBorder : nil
    }
    return switch self {
    case .trivialAugmentWide, .randAugment, .autoAugment: .policy
    case .pad(let step): border(step)
    case .randomCrop(let step): border(step.padding)
    default: nil
    }
  }

  /// Where the step takes the points of an image of type `input`.
  ///
  /// - Parameter draws: `nil` for evaluation.
  func boxMotion(of input: ImageType, _ draws: Draws?) -> BoxMotion {
    let (height, width) = (input.height, input.width)
    switch self {
    case .resize(let step):
      return .scaled(
        AxisMotion(
          scaleX: Double(step.width) / Double(width), scaleY: Double(step.height) / Double(height)))
    case .centerCrop(let step):
      let origin = step.origin(in: input)
      return .scaled(AxisMotion(offsetX: -Double(origin.left), offsetY: -Double(origin.top)))
    case .pad(let step):
      return .scaled(AxisMotion(offsetX: Double(step.left), offsetY: Double(step.top)))
    case .mirror: return .scaled(AxisMotion(scaleX: -1, offsetX: Double(width)))
    case .randomFlip(let step):
      guard let draws, step.draw(draws) else { return .stays }
      return .scaled(
        step.isHorizontal
          ? AxisMotion(scaleX: -1, offsetX: Double(width))
          : AxisMotion(scaleY: -1, offsetY: Double(height)))
    case .randomCrop(let step):
      let padding = step.padding
      let origin = step.origin(in: padding.output(of: input), draws)
      return .scaled(
        AxisMotion(
          offsetX: Double(padding.left - origin.left), offsetY: Double(padding.top - origin.top)))
    case .randomResizedCrop(let step):
      let resampling =
        draws.map { step.resampling(of: step.draw($0, height: height, width: width)) }
        ?? step.evaluation(of: input)
      return .scaled(resampling.motion)
    case .randomRotation(let step):
      guard let draws else { return .stays }
      return .projected(
        Projection(
          inverting: AffineMatrix(
            center: input.center, angle: -step.draw(draws), translation: (0, 0), scale: 1,
            shear: (0, 0))))
    case .randomAffine(let step):
      guard let draws else { return .stays }
      let drawn = step.draw(draws, height: height, width: width)
      return .projected(
        Projection(
          inverting: AffineMatrix(
            center: input.center, angle: drawn.angle, translation: drawn.translation,
            scale: drawn.scale, shear: drawn.shear)))
    case .randomPerspective(let step):
      guard let draws, let corners = step.draw(draws, height: height, width: width),
        let map = Perspective(height: height, width: width, corners: corners)
      else { return .stays }
      return .projected(Projection(inverting: map))
    case .scale, .normalize, .normalizeByTraining, .convert, .grayscale, .colorJitter,
      .randomOperation, .gaussianBlur, .randomErasing, .gaussianNoise, .trivialAugmentWide,
      .randAugment, .autoAugment, .unchanged:
      return .stays
    }
  }
}

extension ImageType {
  fileprivate var center: (x: Double, y: Double) { (Double(width) * 0.5, Double(height) * 0.5) }
}

extension PartResampling {
  /// Where the points of the image go.
  var motion: AxisMotion {
    let (scaleX, scaleY) = (
      Double(width) / Double(part.width), Double(height) / Double(part.height)
    )
    return AxisMotion(
      scaleX: scaleX, scaleY: scaleY, offsetX: -Double(part.left) * scaleX - Double(left),
      offsetY: -Double(part.top) * scaleY - Double(top))
  }
}
