import DataSchema
import Foundation

/// The pictures that `Tests/Fixtures/duplicates/make.py` wrote: 40 of CIFAR-10, then copies of some of them.
struct PlantedPictures: Decodable {
  struct Copy: Decodable {
    var original: Int
    /// `exact`, `resized`, `encoded`, `cropped` or `mirrored`.
    var kind: String
  }

  var originals: Int
  var planted: [Copy]

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/duplicates")

  static func read() throws -> (PlantedPictures, Pictures) {
    let planted = try JSONDecoder().decode(
      PlantedPictures.self, from: Data(contentsOf: folder.appending(path: "planted.json")))
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "pictures.bin")))
    var pictures = Pictures()
    var place = 0
    while place < bytes.count {
      let height = Int(bytes[place]) | Int(bytes[place + 1]) << 8
      let width = Int(bytes[place + 2]) | Int(bytes[place + 3]) << 8
      let end = place + 4 + 3 * height * width
      pictures.bytes += bytes[(place + 4)..<end]
      pictures.sizes.append(ImageSize(channels: 3, height: height, width: width))
      place = end
    }
    return (planted, pictures)
  }
}

/// Pictures of several sizes in memory.
struct PicturesInMemory: ExampleSource {
  let schema: DataSchema
  let targets: Targets
  var pictures: Pictures
  /// Examples that cannot be read.
  var broken: Set<Int> = []

  /// - Precondition: all pictures have as many channels.
  init(_ pictures: Pictures, classes: [Int], names: [String]) {
    self.pictures = pictures
    targets = Targets(classes: classes)
    let sizes = pictures.sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) }
    schema = DataSchema(
      inputs: [
        DataField(
          "image", .mixedImages(MixedSizes(channels: pictures.sizes[0].channels, sizes: sizes)))
      ], targets: [DataField("label", .category(names))])
  }

  var count: Int { targets.count }
  var fingerprint: String { "pictures" }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    let offsets = pictures.offsets
    var result = Pictures()
    for index in indices {
      if broken.contains(index) { throw DataError(path: "\(index).png", reason: "is damaged") }
      result.bytes += pictures.bytes[offsets[index]..<offsets[index + 1]]
      result.sizes.append(pictures.sizes[index])
    }
    batch[schema.input.name] = .pictures(result)
  }
}
