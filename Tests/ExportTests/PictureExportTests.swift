import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Foundation
import Graph
import Tasks
import Testing
import Transforms

/// Transforms of pictures as ONNX. The structure is checked here; `make test-onnx` compares every value with what
/// the transforms give.
@Suite struct PictureExportTests {
  struct Transformed: CustomTestStringConvertible, Sendable {
    let name: String
    let channels: Int
    let transforms: String
    /// Heights and widths of pictures.
    let sizes: [[Int]]

    var testDescription: String { name }
  }

  static let cases = [
    Transformed(
      name: "exact", channels: 3, transforms: "[resize: [20, 24], to_tensor]",
      sizes: [[20, 24], [31, 47], [90, 20], [200, 33], [7, 9], [45, 301]]),
    Transformed(
      name: "crop", channels: 3,
      transforms:
        "[resize: 32, center_crop: 28, to_tensor, normalize: {mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4]}]",
      sizes: [[32, 32], [50, 37], [37, 50], [300, 40], [41, 300], [33, 95], [20, 30]]),
    Transformed(
      name: "bicubic", channels: 3,
      transforms:
        "[grayscale: 3, resize: {size: 40, interpolation: bicubic}, center_crop: [36, 44], convert: float32]",
      sizes: [[64, 64], [40, 90], [123, 45], [300, 61], [17, 23]]),
    Transformed(
      name: "cover", channels: 1, transforms: "[random_resized_crop: [24, 32], to_tensor]",
      sizes: [[64, 64], [30, 90], [123, 45], [300, 61], [24, 32]]),
    Transformed(
      name: "fixed", channels: 1,
      transforms: "[pad: {padding: 2, fill: 7}, random_crop: 28, to_tensor]",
      sizes: [[28, 28]]),
    Transformed(
      name: "pads", channels: 3,
      transforms:
        "[pad: {padding: [3, 1], padding_mode: reflect}, center_crop: [40, 20], random_horizontal_flip, grayscale, to_tensor]",
      sizes: [[30, 33]]),
    Transformed(
      name: "fills", channels: 3, transforms: "[pad: {padding: 2, fill: [1, 2, 3]}, to_tensor]",
      sizes: [[9, 8]]),
    Transformed(
      name: "floats", channels: 3,
      transforms: "[to_tensor, resize: [20, 50], grayscale, convert: uint8, convert: float32]",
      sizes: [[33, 44]]),
    Transformed(
      name: "nearest", channels: 3,
      transforms: "[resize: {size: [20, 50], interpolation: nearest}, to_tensor]",
      sizes: [[33, 44]]),
  ]

  private static func transforms(_ text: String) throws -> [any Transform] {
    let catalog = Catalog(
      [
        .layer: [ComponentSchema("nothing", doc: "")],
        .dataset: [ComponentSchema("anything", doc: "")],
        .transform: TransformRegistry.schemas, .loss: [ComponentSchema("cross_entropy", doc: "")],
        .optimizer: OptimizerRegistry.schemas,
      ])
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let yaml = "data: {dataset: anything, transforms: \(text)}\nmodel: [nothing]\n"
    guard let loaded = loader.load(SourceFile(name: "test.yaml", text: yaml), into: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return try loaded.experiment.data.transforms.map {
      try #require(try TransformRegistry.make($0))
    }
  }

  private static func pipeline(
    _ transforms: [any Transform], channels: Int, size: [Int]
  ) throws -> TransformPipeline {
    let input = ImageType(channels: channels, height: size[0], width: size[1], isFloat: false)
    var type = input
    let steps = try transforms.map { transform in
      let (output, step) = try transform.plan(type)
      type = output
      return step
    }
    return TransformPipeline(input: input, steps: steps)
  }

  /// Bytes with edges and gradients.
  private static func pixels(_ count: Int) -> [UInt8] {
    (0..<count).map {
      UInt8(truncatingIfNeeded: $0 &* 37 ^ ($0 >> 3) &* 11 ^ ($0 % 5 == 0 ? 255 : 0))
    }
  }

  @Test(arguments: cases) func theFileIsValid(item: Transformed) throws {
    let transforms = try Self.transforms(item.transforms)
    let pipeline = try Self.pipeline(transforms, channels: item.channels, size: item.sizes[0])
    let sizes = try PictureSizes(transforms, pipeline)
    let output = pipeline.output
    let shape = [output.channels, output.height, output.width]
    let graph = try Exported.graph("[identity]", [shape])
    let reading = ONNXExport.Reading(link: .identity, prediction: .outputs, target: .numbers([]))
    let model = try ONNXExport(graph, reading, input: .pictures(sizes), opset: Exported.opset)
      .model(
        of: [ONNXExport.Member(name: "", weights: [:], pipeline: pipeline)], name: "test",
        version: "test", metadata: [])
    let file = try model.pieces().flatMap(\.self)
    let summary = try ONNXCheck.check(file)
    let area = item.sizes.count > 1 ? "height, width" : "\(item.sizes[0][0]), \(item.sizes[0][1])"
    #expect(summary.inputs == ["pictures": "uint8[batch, \(area), \(item.channels)]"])
    #expect(summary.outputs == ["values": ONNXType(.float, batchOf: shape).description])
    for (number, size) in item.sizes.enumerated() {
      let name = "pictures-\(item.name)-\(number)"
      let plane = size[0] * size[1]
      let bytes = Self.pixels(2 * item.channels * plane)
      let planar = ImageSize(channels: item.channels, height: size[0], width: size[1])
      let expected = try Self.pipeline(transforms, channels: item.channels, size: size).apply(
        Pictures(bytes: bytes, size: planar), sampleIndices: [0, 1], augmenting: nil)
      let interleaved = (0..<bytes.count).map { place -> UInt8 in
        let (picture, rest) = place.quotientAndRemainder(dividingBy: item.channels * plane)
        return bytes[
          picture * item.channels * plane + rest % item.channels * plane + rest / item.channels]
      }
      // Bytes are exact; resampled floats are rounded in another order.
      try Exported.write(
        name, file,
        Exported.Case(
          inputs: [
            "pictures": Exported.input(name, [2, size[0], size[1], item.channels], interleaved)
          ], output: "values", expected: expected.floats.map(Double.init), stride: 1,
          tolerance: item.name == "floats"
            ? 0.004 : item.transforms.contains("normalize") ? 1e-6 : 0))
    }
  }

  @Test func picturesOfSeveralSizesNeedATransformThatMakesThemEqual() throws {
    let transforms = try Self.transforms(
      "[resize: {size: [20, 20], interpolation: nearest}, to_tensor]")
    let pipeline = try Self.pipeline(transforms, channels: 3, size: [30, 40])
    #expect(try PictureSizes(transforms, pipeline) == .fixed(pipeline.input))
    let sizes = MixedSizes(
      channels: 3,
      sizes: [MixedSizes.Size(height: 30, width: 40), MixedSizes.Size(height: 31, width: 40)])
    let sizing = try Sizing.plan(transforms, for: sizes)
    let mixed = TransformPipeline(sizing, steps: [.scale])
    #expect(
      throws: PictureSizes.Problem(reason: "the pictures differ in size and are resized by nearest")
    ) { try PictureSizes(transforms, mixed) }
  }
}
