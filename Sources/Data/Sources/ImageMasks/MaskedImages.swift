import DataSchema
import Files

/// Images with their masks, both decoded whenever they are read.
struct MaskedImages: ExampleSource {
  private let images: IndexedImages
  private let examples: [MaskContents.Example]
  private let files: ImageFiles
  private let coding: MaskCoding

  /// - Parameter examples: in the order of `images`.
  init(
    _ images: IndexedImages, _ examples: [MaskContents.Example], in files: ImageFiles,
    _ coding: MaskCoding
  ) {
    self.images = images
    self.examples = examples
    self.files = files
    self.coding = coding
  }

  var schema: DataSchema { images.schema }
  var count: Int { images.count }
  var fingerprint: String { images.fingerprint }
  var targets: Targets { images.targets }
  var isValidation: [Bool]? { images.isValidation }
  var imageSizes: [ImageSize]? { images.imageSizes }
  var isInMemory: Bool { false }

  func name(of index: Int) -> String? { images.name(of: index) }

  func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    try images.duplicateKeys(indices)
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    try images.read(indices, into: &batch)
    try readMasks(indices, into: &batch)
  }

  func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError) {
    try images.read(indices, reducedBy: reduction, into: &batch)
    try readMasks(indices, into: &batch)
  }

  private func readMasks(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    var masks = Pictures()
    for index in indices {
      let example = examples[index]
      let place = files.place(example.mask.path)
      let mask = try DataError.wrap { () throws(FileError) in
        let bytes = try files.read(example.mask.path)
        guard Digest.hex(of: bytes) == example.entry.sha256 else {
          throw FileError(path: place, reason: "has changed since this run began")
        }
        return try coding.decode(bytes, place: place)
      }
      masks.bytes += mask.numbers
      masks.sizes.append(ImageSize(channels: 1, height: mask.height, width: mask.width))
    }
    batch[schema.target.name] = schema.image == nil ? .pictures(masks) : .bytes(masks.bytes)
  }
}
