import DataSchema
import Datasets
import ExperimentConfig
import Transforms

/// Collects images that were resized to the size of the data set's images, for a single note.
struct ResizedImages {
  private let wanted: ImageType
  private var count = 0
  private var sizes: Set<[Int]> = []

  /// - Parameter wanted: the size of the data set's images.
  init(_ wanted: ImageType) { self.wanted = wanted }

  /// - Returns: the warning for these images, without their name.
  mutating func add(_ images: ImagesInMemory) -> String {
    count += images.count
    sizes.insert([images.size.height, images.size.width])
    return "was resized from \(images.size.height)×\(images.size.width) to \(target)"
  }

  /// The note about all of them; `nil` if there are none.
  var note: String? {
    guard let size = sizes.first else { return nil }
    let from = sizes.count == 1 ? "from \(size[0])×\(size[1])" : "from \(sizes.count) sizes"
    return "\(NumberText.grouped(count)) image\(count == 1 ? " was" : "s were") resized \(from) to "
      + target
  }

  private var target: String {
    "\(wanted.height)×\(wanted.width) pixels, since the run's transforms do not resize"
  }
}
