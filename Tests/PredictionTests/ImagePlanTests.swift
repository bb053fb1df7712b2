import Diagnostics
import Files
import Planning
import TestSupport
import Testing
import Transforms

/// What is done to images whose size is not the data set's.
@Suite struct ImagePlanTests {
  private func plan(_ transforms: String, weights: String = "") throws -> Plan {
    let folder = try TemporaryFolder()
    let text = """
      name: sizes
      data:
        dataset: digits
        transforms: \(transforms)
      model: [flatten, {linear: 10}]
      \(weights)
      """
    try AtomicFile.write([Array(text.utf8)], to: folder.path + "/sizes.yaml")
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      folder.path + "/sizes.yaml", environment: [:], processors: 1, needsWeights: false,
      diagnostics: diagnostics)
    return try #require(plan, "\(diagnostics.sorted.map(\.message))")
  }

  @Test func theDataSetsSizeGoesThroughAsInTraining() throws {
    let plan = try plan("[{center_crop: 20}, to_tensor]")
    let images = try plan.images(height: 28, width: 28)
    #expect(images.pipeline?.steps == plan.transforms?.steps)
    #expect(!images.isResizedFirst)
  }

  @Test(arguments: [[64, 64], [28, 29], [1, 1], [16_384, 16_384]])
  func withoutAResizeTheImageIsResizedFirst(_ size: [Int]) throws {
    let plan = try plan("[to_tensor, {normalize: {mean: 0.5, std: 0.5}}]")
    let images = try plan.images(height: size[0], width: size[1])
    #expect(images.isResizedFirst)
    #expect(
      images.pipeline?.steps.first
        == .resize(
          ResizeStep(height: 28, width: 28, interpolation: .bilinear, antialias: true)))
    #expect(images.pipeline?.output == plan.transforms?.output)
    #expect(images.pipeline?.input.height == size[0])
  }

  /// A crop was meant for images of the data set's size; of a photograph it would be a corner.
  @Test func aCropAloneIsNoResize() throws {
    for transforms in ["[{center_crop: 20}, to_tensor]", "[{random_crop: 20}, to_tensor]"] {
      let images = try plan(transforms).images(height: 300, width: 200)
      #expect(images.isResizedFirst)
      #expect(images.pipeline?.output.height == 20)
    }
  }

  /// It takes images of any size.
  @Test func aResizedCropNeedsNoResize() throws {
    let images = try plan("[{random_resized_crop: 24}, to_tensor]").images(height: 300, width: 200)
    #expect(!images.isResizedFirst)
    #expect(images.pipeline?.output.height == 24 && images.pipeline?.output.width == 24)
  }

  @Test func theRunsOwnResizeIsPlannedForTheImage() throws {
    let plan = try plan("[{resize: 32}, {center_crop: 24}, to_tensor]")
    let images = try plan.images(height: 100, width: 50)
    #expect(!images.isResizedFirst)
    #expect(images.pipeline?.output == plan.transforms?.output)
    #expect(
      images.pipeline?.steps.first
        == .resize(
          ResizeStep(height: 64, width: 32, interpolation: .bilinear, antialias: true)))
  }

  /// One number keeps proportions: what comes out is another size, and the model takes one only.
  @Test func whereTheRunsOwnResizeDoesNotFitTheImageIsResizedFirst() throws {
    let plan = try plan("[{resize: 32}, to_tensor]")
    #expect(try !plan.images(height: 50, width: 50).isResizedFirst)
    let images = try plan.images(height: 100, width: 50)
    #expect(images.isResizedFirst)
    #expect(images.pipeline?.output == plan.transforms?.output)
    // The longer side would be beyond every limit.
    #expect(try plan.images(height: 16_384, width: 1).isResizedFirst)
  }

  @Test func theWeightsThatARunStartedFromNeedNotBeThere() throws {
    let plan = try plan("[to_tensor]", weights: "weights: /nowhere/first.safetensors")
    #expect(plan.weights == nil)
  }
}
