import DataSchema
import FoundationEssentials
import Testing

@testable import Transforms

/// Boxes go where torchvision's v2 transforms take them, and by the draws of their images.
@Suite struct BoxTransformTests {
  /// A case of `Tests/Fixtures/transforms/boxes.json`; see make_boxes.py beside it.
  struct Case: Decodable, Sendable {
    struct Step: Decodable, Sendable {
      let step: String
      let size: [Int]?
      let padding: [Int]?
      let part: [Int]?
      let corners: [Int]?
      let translate: [Double]?
      let shear: [Double]?
      let horizontal: Bool?
      let angle: Double?
      let scale: Double?
    }
    let size: [Int]
    let boxes: [[Double]]
    let steps: [Step]
    let output: [Int]
    let kept: [Int]
    let expected: [[Double]]

    static let all: [Case] = {
      struct File: Decodable { let cases: [Case] }
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      do {
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/transforms/boxes.json"))
        return try JSONDecoder().decode(File.self, from: data).cases
      } catch {
        Issue.record("\(error)")
        return []
      }
    }()
  }

  /// The boxes of an image, of class 0, 1, 2, …
  private func image(_ height: Int, _ width: Int, _ boxes: [[Double]]) -> ImageBoxes {
    ImageBoxes(
      width: width, height: height,
      boxes.enumerated().map { label, box in
        ImageBoxes.Item(
          label: label, x: Float(box[0]), y: Float(box[1]), width: Float(box[2] - box[0]),
          height: Float(box[3] - box[1]))
      })
  }

  /// The transform as an experiment writes it; `nil` for those whose parameters are always drawn.
  private func text(_ step: Case.Step) -> String? {
    switch step.step {
    case "resize": "resize: \(step.size ?? [])"
    case "center_crop": "center_crop: \(step.size ?? [])"
    case "pad": "pad: {padding: \(step.padding ?? [])}"
    case "flip": "random_\(step.horizontal == true ? "horizontal" : "vertical")_flip: 1"
    case "rotation": "random_rotation: {degrees: [\(step.angle ?? 0), \(step.angle ?? 0)]}"
    default: nil
    }
  }

  /// Where a step with these parameters takes points; `nil` if it is not one of those.
  private func motion(_ step: Case.Step, _ input: ImageType) throws -> BoxMotion? {
    switch step.step {
    case "affine":
      let (translate, shear) = (step.translate ?? [], step.shear ?? [])
      let matrix = AffineMatrix(
        center: (Double(input.width) / 2, Double(input.height) / 2), angle: step.angle ?? 0,
        translation: (translate[0], translate[1]), scale: step.scale ?? 1,
        shear: (shear[0], shear[1]))
      return .projected(Projection(inverting: matrix))
    case "perspective":
      let values = step.corners ?? []
      let corners = (0..<4).map { Perspective.Corner(x: values[2 * $0], y: values[2 * $0 + 1]) }
      let map = try #require(
        Perspective(height: input.height, width: input.width, corners: corners))
      return .projected(Projection(inverting: map))
    case "resized_crop":
      let (part, size) = (step.part ?? [], step.size ?? [])
      return .scaled(
        PartResampling(
          part: ImagePart(top: part[0], left: part[1], height: part[2], width: part[3]),
          height: size[0], width: size[1], filter: .bilinear, antialias: true
        ).motion)
    case "crop":
      let part = step.part ?? []
      return .scaled(AxisMotion(offsetX: -Double(part[1]), offsetY: -Double(part[0])))
    default: return nil
    }
  }

  @Test(arguments: Case.all) func isTorchvision(golden: Case) throws {
    let input = ImageType(
      channels: 3, height: golden.size[0], width: golden.size[1], isFloat: false)
    var result: [PlacedBox]
    if let motion = try motion(golden.steps[0], input) {
      #expect(golden.steps.count == 1)
      result = golden.boxes.enumerated().compactMap { label, box in
        let moved = BoxEdges(left: box[0], top: box[1], right: box[2], bottom: box[3])
          .clamped(height: input.height, width: input.width).moved(by: motion)
          .clamped(height: golden.output[0], width: golden.output[1])
        guard moved.width >= 1, moved.height >= 1 else { return nil }
        return PlacedBox(
          label: label, left: moved.left, top: moved.top, right: moved.right,
          bottom: moved.bottom)
      }
    } else {
      let pipeline = try Experiment.pipeline(
        try golden.steps.map { try #require(text($0)) }, for: input)
      #expect([pipeline.output.height, pipeline.output.width] == golden.output)
      result = try pipeline.forBoxes.apply(
        image(input.height, input.width, golden.boxes), sampleIndex: 3,
        augmenting: Augmentation(seed: 1, fold: 0, epoch: 1))
    }
    #expect(result.map(\.label) == golden.kept)
    for (box, expected) in zip(result, golden.expected) {
      for (edge, value) in zip([box.left, box.top, box.right, box.bottom], expected) {
        #expect(abs(edge - value) <= 1e-4)
      }
    }
  }

  /// A white rectangle in a black image: after the same draws, the box holds what is white.
  @Test(arguments: [
    "random_crop: {size: [60, 70], padding: 4}", "random_horizontal_flip: 0.5",
    "random_vertical_flip: 0.5", "random_resized_crop: {size: [64, 48], scale: [0.5, 1]}",
    "random_affine: {degrees: 20, translate: [0.1, 0.1], scale: [0.8, 1.2], shear: 5}",
    "random_rotation: 30", "random_perspective: {distortion_scale: 0.4, p: 1}",
  ])
  func boxesMoveWithTheirImages(transform: String) throws {
    let size = ImageSize(channels: 1, height: 80, width: 90)
    let box = (x: 30, y: 25, width: 24, height: 30)
    let bytes = (0..<size.count).map { place -> UInt8 in
      let (row, column) = (place / size.width, place % size.width)
      return (box.y..<box.y + box.height).contains(row)
        && (box.x..<box.x + box.width).contains(column) ? 255 : 0
    }
    let pipeline = try Experiment.pipeline(["grayscale", transform], for: ImageType(size))
    let boxes = image(
      80, 90,
      [[30, 25, 54, 55].map(Double.init)])
    var seen = 0
    for sample in 0..<12 {
      let augmentation = Augmentation(seed: 5, fold: 0, epoch: 2)
      let picture = try pipeline.apply(
        Pictures(bytes: bytes, size: size), sampleIndices: [sample], augmenting: augmentation)
      let placed = try pipeline.forBoxes.apply(
        boxes, sampleIndex: sample, augmenting: augmentation)
      let width = picture.type.width
      let white = picture.bytes.indices.filter { picture.bytes[$0] > 127 }
      guard let found = placed.first, !white.isEmpty else { continue }
      seen += 1
      let columns = white.map { $0 % width }
      let edges = [
        Double(columns.min() ?? 0), Double((white.first ?? 0) / width),
        Double((columns.max() ?? 0) + 1), Double((white.last ?? 0) / width + 1),
      ]
      for (edge, pixel) in zip([found.left, found.top, found.right, found.bottom], edges) {
        #expect(abs(edge - pixel) <= 1.5, "\(sample): \(found) \(edges)")
      }
    }
    #expect(seen >= 6)
  }

  @Test func cropsAndRestAreTargets() throws {
    let input = ImageType(channels: 3, height: 100, width: 200, isFloat: false)
    let transforms = try Experiment.pipeline(["resize: [50, 100]"], for: input).forBoxes
    var boxes = image(
      100, 200, [[10, 10, 50, 40], [0, 0, 100, 100], [60, 60, 61, 90], [150, 50, 260, 120]])
    boxes.items[1].traits = .crowd
    boxes.items[3].traits = .difficult
    let values = try transforms.targets(
      [boxes, ImageBoxes(width: 200, height: 100, [])], most: 4, sampleIndices: [0, 1],
      augmenting: nil)
    let none: [Float] = [-1, 0, 0, 0, 0]
    #expect(
      values == [0, 5, 5, 25, 20] + [3, 75, 25, 100, 50] + none + none + none + none + none + none)
  }

  struct Placed: Sendable {
    let transforms: [String]
    let height: Int
    let width: Int
    /// Scales and offsets.
    let expected: [Double]

    init(_ transforms: [String], _ height: Int, _ width: Int, _ expected: [Double]) {
      (self.transforms, self.height, self.width) = (transforms, height, width)
      self.expected = expected
    }

    static let all = [
      Placed(["resize: [320, 200]"], 480, 640, [0.3125, 2.0 / 3, 0, 0]),
      Placed(
        ["resize: [320]", "center_crop: [300, 300]"], 480, 640, [0.665625, 2.0 / 3, -63, -10]),
      Placed(
        ["pad: [3, 10]", "random_horizontal_flip", "resize: [100, 100]"], 80, 94, [1, 1, 3, 10]),
      Placed(["random_crop: [40, 30]", "random_rotation: 20"], 80, 94, [1, 1, -32, -20]),
      Placed(["random_resized_crop: [64, 64]"], 100, 200, [0.64, 0.64, -32, 0]),
    ]
  }

  @Test(arguments: Placed.all) func placementIsThatOfEvaluation(item: Placed) throws {
    let (transforms, height, width) = (item.transforms, item.height, item.width)
    let input = ImageType(channels: 3, height: height, width: width, isFloat: false)
    let pipeline = try Experiment.pipeline(transforms, for: input)
    let placement = try pipeline.forBoxes.placement(height: height, width: width)
    let found = [placement.scaleX, placement.scaleY, placement.offsetX, placement.offsetY]
    for (value, wanted) in zip(found, item.expected) { #expect(abs(value - wanted) < 1e-12) }
    #expect(placement.width == width && placement.height == height)
    let corner = placement.original(
      x: placement.scaleX * 17.25 + placement.offsetX, y: placement.scaleY * 9 + placement.offsetY)
    #expect(abs(corner.x - 17.25) < 1e-9 && abs(corner.y - 9) < 1e-9)
  }

  /// A view of the mirrored image lies mirrored.
  @Test func viewsArePlaced() throws {
    let input = ImageType(channels: 3, height: 40, width: 50, isFloat: false)
    let views = try Experiment.pipeline(["resize: [80, 100]", "to_tensor"], for: input).views(.flip)
    let placement = try views[1].forBoxes.placement(height: 40, width: 50)
    #expect(placement.scaleX == -2 && placement.offsetX == 100 && placement.scaleY == 2)
    #expect(placement.original(x: 100, y: 80) == (0, 40))
  }

  /// Images of several sizes, and the rest of a pipeline whose beginning was kept.
  @Test func sizesMayDiffer() throws {
    let transforms = try Experiment.transforms(["resize: [60, 80]", "random_horizontal_flip: 0.5"])
    let sizing = try Sizing.plan(
      transforms,
      for: MixedSizes(
        channels: 3, sizes: [.init(height: 30, width: 40), .init(height: 90, width: 20)]))
    let flip = try transforms[1].plan(sizing.output).step
    let boxes = TransformPipeline(sizing, steps: [flip]).forBoxes
    let augmentation = Augmentation(seed: 3, fold: 0, epoch: 1)
    for (sample, size) in [(30, 40), (90, 20), (30, 40), (90, 20)].enumerated() {
      let single = try Experiment.pipeline(
        ["resize: [60, 80]", "random_horizontal_flip: 0.5"],
        for: ImageType(channels: 3, height: size.0, width: size.1, isFloat: false))
      let given = image(size.0, size.1, [[2, 3, 12, 15]])
      #expect(
        try boxes.apply(given, sampleIndex: sample, augmenting: augmentation)
          == single.forBoxes.apply(given, sampleIndex: sample, augmenting: augmentation))
    }
    #expect(throws: TransformMismatch.self) {
      let one = try Experiment.pipeline(["resize: 20"], for: colourBytes)
      _ = try one.forBoxes.placement(height: 3, width: 4)
    }
  }

  @Test func somethingsCannotBeFollowed() throws {
    for name in ["rand_augment", "trivial_augment_wide", "auto_augment"] {
      #expect(try Experiment.step(name, for: colourBytes).boxRefusal == .policy)
    }
    let mirrored = "{padding: 2, padding_mode: reflect}"
    #expect(try Experiment.step("pad: \(mirrored)", for: colourBytes).boxRefusal == .mirroredBorder)
    #expect(
      try Experiment.step(
        "random_crop: {size: 5, padding: 1, padding_mode: symmetric}", for: colourBytes
      ).boxRefusal == .mirroredBorder)
    for text in ["pad: {padding: 2, padding_mode: edge}", "random_affine: 10", "random_crop: 5"] {
      #expect(try Experiment.step(text, for: colourBytes).boxRefusal == nil)
    }
  }
}
