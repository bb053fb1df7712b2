import Diagnostics
import ExperimentConfig
import PyTorchExport
import Testing
import Transforms

/// A run's transforms as those of torchvision.
@Suite struct TorchvisionTransformsTests {
  /// The transforms of a list in YAML.
  static func transforms(_ text: String, _ input: ImageType) throws -> TorchvisionTransforms {
    let catalog = Catalog(
      [
        .layer: [ComponentSchema("relu", doc: "")],
        .dataset: [ComponentSchema("anything", doc: "A data set that is never opened.")],
        .transform: TransformRegistry.schemas,
        .loss: [ComponentSchema("cross_entropy", doc: "")],
        .optimizer: OptimizerRegistry.schemas,
      ])
    let diagnostics = DiagnosticCollector()
    let file = SourceFile(
      name: "test.yaml", text: "data: {dataset: anything, transforms: \(text)}\nmodel: [relu]\n")
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    guard let loaded = loader.load(file, into: diagnostics) else {
      throw InputError(diagnostics.sorted)
    }
    var type = input
    var transforms: [any Transform] = []
    var steps: [TransformStep] = []
    for component in loaded.experiment.data.transforms {
      let transform = try #require(try TransformRegistry.make(component))
      let (output, step) = try transform.plan(type)
      type = output
      transforms.append(transform)
      steps.append(step)
    }
    return try TorchvisionTransforms(transforms, TransformPipeline(input: input, steps: steps))
  }

  private static let photo = ImageType(channels: 3, height: 60, width: 80, isFloat: false)

  @Test func picturesThatNothingResizesGetTheSizeOfTheDataSet() throws {
    let found = try Self.transforms("[to_tensor]", Self.photo)
    #expect(found.items == ["transforms.Resize((60, 80))", "transforms.ToTensor()"])
  }

  @Test func stepsOfTrainingAreLeftOut() throws {
    let found = try Self.transforms(
      "[resize: 40, center_crop: 36, random_horizontal_flip, to_tensor, "
        + "normalize: {mean: [0.5, 0.25, 0], std: [1, 0.5, 0.125]}]",
      Self.photo)
    #expect(
      found.items == [
        "transforms.Resize(40)", "transforms.CenterCrop((36, 36))", "transforms.ToTensor()",
        "transforms.Normalize([0.5, 0.25, 0.0], [1.0, 0.5, 0.125])",
      ])
    #expect(!found.needsCover)
  }

  @Test func cropsPaddingAndGreyHaveCounterparts() throws {
    let found = try Self.transforms(
      "[grayscale: 3, pad: {padding: [1, 2], padding_mode: reflect}, "
        + "random_crop: {size: 32, padding: 4, fill: 7}, to_tensor, resize: {size: [16, 8], antialias: false}]",
      Self.photo)
    #expect(
      found.items == [
        "transforms.Grayscale(3)", #"transforms.Pad((1, 2, 1, 2), padding_mode="reflect")"#,
        "transforms.Pad((4, 4, 4, 4), fill=7)", "transforms.CenterCrop((32, 32))",
        "transforms.ToTensor()", "transforms.Resize((16, 8), antialias=False)",
      ])
  }

  @Test func aRandomCropCoversTheSizeAndIsCropped() throws {
    let found = try Self.transforms(
      "[random_resized_crop: {size: 32, interpolation: bicubic}, to_tensor]", Self.photo)
    #expect(
      found.items[0]
        == "Cover((32, 32), interpolation=transforms.InterpolationMode.BICUBIC)")
    #expect(found.needsCover)
  }

  @Test func unknownStatisticsAreRefused() throws {
    #expect(throws: TorchvisionTransforms.Problem.self) {
      try Self.transforms("[to_tensor, normalize: {fit: train}]", Self.photo)
    }
  }
}
