import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Tasks
import Transforms

/// How a finished model accepts images of one size.
package struct ImagePlan: Sendable {
  /// `nil` if the inputs are vectors.
  package let pipeline: TransformPipeline?
  /// Whether the image is resized to the data set's size before the run's own transforms.
  package let isResizedFirst: Bool

  package init(pipeline: TransformPipeline?, isResizedFirst: Bool) {
    self.pipeline = pipeline
    self.isResizedFirst = isResizedFirst
  }
}

extension Plan {
  /// The experiment's transforms, in their order.
  package var transformList: [any Transform] { namedTransforms.map(\.transform) }

  /// The run's transforms for images of another size with the data set's channels.
  ///
  /// If the run resizes its images, these are resized in the same way. Otherwise they are first
  /// resized to the data set's size, for which its crops and paddings were meant.
  package func images(height: Int, width: Int) throws -> ImagePlan {
    guard let transforms else { throw InputError("the model takes no images") }
    let own = transforms.input
    if (height, width) == (own.height, own.width), !transforms.takesMixedSizes {
      return ImagePlan(pipeline: transforms, isResizedFirst: false)
    }
    let input = ImageType(
      channels: own.channels, height: height, width: width, isFloat: false)
    if let steps = resizingSteps(transforms, for: input) {
      return ImagePlan(
        pipeline: TransformPipeline(input: input, steps: steps), isResizedFirst: false)
    }
    let resize = ResizeStep(
      height: own.height, width: own.width, interpolation: .bilinear, antialias: true)
    return ImagePlan(
      pipeline: TransformPipeline(input: input, steps: [.resize(resize)] + transforms.steps),
      isResizedFirst: true)
  }

  /// How much smaller an image of this size may be decoded for the run's transforms; `nil` if they take it whole, or
  /// do not suit it, which whoever transforms it is told.
  package func reduction(for size: ImageSize) -> ImageReduction? {
    guard let reduction = transforms?.reduction,
      let images = try? images(height: size.height, width: size.width), !images.isResizedFirst
    else { return nil }
    return reduction
  }

  /// The classes of the pixels of an image itself.
  ///
  /// - Parameter map: the classes in the model's output.
  /// - Returns: `nil` if the transforms do not tell which pixel of the output belongs to which of the image.
  package func restored(_ map: ClassMap, height: Int, width: Int) throws -> ClassMap? {
    guard let places = try images(height: height, width: width).pipeline?.sourcePlaces,
      places.rows.count == map.height, places.columns.count == map.width
    else { return nil }
    let restoration = MaskRestoration(
      places, size: ImageSize(channels: 1, height: height, width: width))
    return ClassMap(
      height: height, width: width, numbers: restoration.restored(map.numbers, width: map.width))
  }

  /// The run's own transforms for an image of any size; `nil` if they do not resize, or do not end with the
  /// model's input.
  private func resizingSteps(
    _ transforms: TransformPipeline, for input: ImageType
  ) -> [TransformStep]? {
    let isResizing = transforms.steps.contains { $0.isResizing }
    guard isResizing || transforms.takesMixedSizes else { return nil }
    let planned = Self.steps(namedTransforms, from: input)
    return planned.mismatch == nil && planned.image == transforms.output ? planned.steps : nil
  }
}
