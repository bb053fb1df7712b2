import DataSchema
import Datasets
import Planning
import Prediction
import Tasks
import Training
import WorkerProtocol

/// Predicting the images that a file lists, such as a table with a column of paths.
extension PredictionJob {
  /// Predicts the images of one list. If one of them cannot be read, the list counts as unreadable; other files
  /// are still predicted.
  ///
  /// - Parameter resized: collects the images that have to be resized first.
  func predictList(
    _ path: String, _ plan: Plan, _ models: ModelEnsemble, _ resized: inout ResizedImages
  ) throws {
    do {
      let inputs = try plan.dataset.openInputs(path)
      var source = PredictionSource(name: path, count: inputs.count, isNumbered: true)
      var parts: [Predictions] = []
      var waiting: [ImagesInMemory] = []
      var size = 0
      for index in 0..<inputs.count {
        if Interruption.isRequested { throw TrainingInterrupted() }
        let images = try image(index, of: inputs, plan)
        if try plan.images(height: images.size.height, width: images.size.width).isResizedFirst {
          let warning = resized.add(images)
          if !source.warnings.contains(warning) { source.warnings.append(warning) }
        }
        waiting.append(images)
        size += images.pixels.count
        if size >= Self.chunk || index == inputs.count - 1 {
          parts.append(try predictions(of: waiting, plan, models))
          (waiting, size) = ([], 0)
        }
      }
      // Only now is it known that all images can be read.
      try output.send(.prediction(.source(source)))
      for part in parts { try send(part, hasTargets: false) }
    } catch let error as DataError {
      try output.send(.prediction(.source(PredictionSource(name: path, problem: error.reason))))
    }
  }

  private func image(
    _ index: Int, of inputs: any ExampleSource, _ plan: Plan
  ) throws -> ImagesInMemory {
    let reduction = inputs.imageSizes.flatMap { plan.reduction(for: $0[index]) }
    let pictures = try inputs.pictures([index], reducedBy: reduction)
    let images = ImagesInMemory(
      pixels: pictures.bytes, size: pictures.originals[0], decoded: pictures.sizes[0], count: 1)
    return request.isInverted ? images.inverted() : images
  }
}
