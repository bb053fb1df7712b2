import DataSchema
import Datasets
import Diagnostics

/// An experiment for a folder of MNIST's format.
struct IDXStart {
  let image: ImageSize
  let classCount: Int
  let trainCount: Int
  let testCount: Int
  let name: String

  /// Reads the four files once.
  ///
  /// - Throws: `DataError` for files that are missing or damaged; `InputError` if the labels are no classes.
  init(folder: String, name: String, environment: DataEnvironment) async throws {
    let data = try await IDXFolder.acquire(folder: folder, environment: environment)
    var largest = 1
    for split in DataSplit.allCases {
      guard let file = data.file(split, .targets) else { continue }
      let labels = try IDX.read(file.path)
      guard labels.shape.count == 1 else {
        throw InputError(
          "'\(file.path)' holds several numbers for each image, not classes",
          hint: "write dataset: {idx: {folder: …, numbers: […]}} yourself; 'runner datasets idx' "
            + "describes it")
      }
      largest = max(largest, Int(labels.bytes.max() ?? 0))
    }
    let target = DataField("label", .category((0...largest).map(String.init)))
    let train = try IDXFolder.open(.train, of: data, target: target)
    guard let image = train.schema.image else {
      throw DataError(path: folder, reason: "does not hold images of equal size")
    }
    self.image = image
    self.name = name
    classCount = largest + 1
    trainCount = train.count
    testCount = try IDXFolder.open(.test, of: data, target: target).count
  }

  /// - Parameter path: the folder, as the file writes it.
  func draft(path: String) -> ExperimentDraft {
    var dataset = CommentedLines()
    dataset.add("idx:")
    dataset.add("  folder: \(path)")
    dataset.add(
      "  classes: \(classCount)", "labels are 0 to \(classCount - 1); give a list to name them")
    dataset.add("  channels: \(image.channels)")
    dataset.add("  height: \(image.height)")
    dataset.add("  width: \(image.width)")
    var transforms = CommentedLines()
    transforms.add("- to_tensor", "bytes to numbers from 0 to 1")
    transforms.add(
      "- normalize: {fit: train}", "mean 0, standard deviation 1 over the training images")
    let model = ImageModelSuggestion(
      height: image.height, width: image.width, outputs: "${data.classes}", trainCount: trainCount)
    return ExperimentDraft(
      found: [
        "\(InitText.oneLine(name)): MNIST's format, \(classCount) classes, \(trainCount) images of \(image) "
          + "to train on, \(testCount) to test on"
      ], dataset: dataset, transforms: transforms, hasValidation: false, trainCount: trainCount,
      epochs: model.epochs, learningRate: "1e-3", model: model.layers)
  }
}
