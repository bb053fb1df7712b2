import DataSchema
import Datasets

/// Finds examples that a model is both trained and evaluated on.
struct LeakageCheck {
  private let data: JobData
  private let fold: Int?

  init(_ data: JobData, fold: Int?) {
    self.data = data
    self.fold = fold
  }

  /// Whether the inputs are images, which can be compared.
  var comparesImages: Bool { data.train.schema.largestImage != nil }

  /// Warnings for the user, one sentence per set.
  ///
  /// - Throws: ``DataError`` if an image cannot be read.
  func warnings() throws -> [String] {
    let known = try DuplicateImages(data.train, data.trainIndices)
    return try data.measured.compactMap { name, source, indices in
      let count = try known.count(of: source, indices)
      if count == 0 { return nil }
      let place = fold.map { "fold \($0): " } ?? ""
      return
        "\(place)\(count) of \(indices.count) \(name) images are also training images, pixel by "
        + "pixel: the scores on them are too optimistic"
    }
  }
}
