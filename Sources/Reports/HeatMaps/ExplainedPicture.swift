import Diagnostics
import PNGImage
import WorkerProtocol

/// A picture, what the model answered and what explains it.
package struct ExplainedPicture {
  package let facts: ExplainedItem
  /// As the model sees it.
  package let picture: PixelImage
  /// Row by row, in the order of the maps of ``facts``.
  package let maps: [[Float]]
  /// [count, height, width]; empty if there are none.
  package let features: [Float]
  /// What the picture is called.
  package var name = ""
  /// What the model answered, and what would have been right if that is known.
  package var lines: [String] = []
  /// What is explained, such as the name of a class.
  package var label = ""

  /// - Parameter bytes: as ``ExplainedItem`` describes them.
  /// - Throws: ``ProgramFault`` if they are not.
  package init(_ facts: ExplainedItem, _ bytes: [UInt8]) throws(ProgramFault) {
    let pixels = facts.height * facts.width
    let shown = facts.features.map { $0.channels.count * $0.height * $0.width } ?? 0
    guard bytes.count == 3 * pixels + 4 * (facts.maps.count * pixels + shown),
      let picture = PixelImage(
        planar: Array(bytes.prefix(3 * pixels)), width: facts.width, height: facts.height,
        channels: 3)
    else {
      throw ProgramFault(
        "an explanation of \(facts.height)×\(facts.width) pixels has \(bytes.count) bytes")
    }
    func floats(_ start: Int, _ count: Int) -> [Float] {
      bytes.withUnsafeBytes { memory in
        (0..<count).map { index in
          Float(
            bitPattern: UInt32(
              littleEndian: memory.loadUnaligned(
                fromByteOffset: start + 4 * index, as: UInt32.self)))
        }
      }
    }
    self.facts = facts
    self.picture = picture
    maps = facts.maps.indices.map { floats(3 * pixels + 4 * pixels * $0, pixels) }
    features = floats(3 * pixels + 4 * pixels * facts.maps.count, shown)
  }
}
