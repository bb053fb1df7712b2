import DataSchema
import Datasets
import ImageFormats

/// What a person should know of the images of a file before they trust what a model says of them.
package struct ImageNote: Sendable, Hashable {
  package enum Kind: Int, Sendable, CaseIterable {
    /// Transparent pixels show the background.
    case transparent
    /// A file of 16 bits whose values use 12 or fewer.
    case shallow
    case blank
    /// Pixels were made up, since the file is damaged.
    case damaged
  }

  package let kind: Kind
  /// A sentence about the file without its name, such as `is blank: every pixel is black`.
  package let text: String

  /// A range of intensities up to this, from 0 to 255, is one of a blank image: what JPEG leaves of one
  /// colour.
  private static let blankRange: UInt8 = 3
  /// The largest value of 12 bits.
  private static let shallowMaximum = 4095

  /// The notes on a file.
  ///
  /// - Parameter images: as the file has them, before they are inverted.
  package static func notes(
    on images: ImagesInMemory, isNumbered: Bool, _ traits: DecodedImage.Traits
  ) -> [ImageNote] {
    var notes: [ImageNote] = []
    if let background = traits.background {
      notes.append(
        ImageNote(
          kind: .transparent,
          text: "has transparent pixels, which show a \(background) background; "
            + "--background takes another"))
    }
    if let maximum = traits.maximumOf16Bits, maximum > 0, maximum <= shallowMaximum {
      notes.append(
        ImageNote(
          kind: .shallow,
          text: "has 16 bits a pixel but no value above \(maximum) of 65535, so that it is nearly "
            + "black; scale its values to 16 bits first"))
    }
    if let damage = traits.damage {
      notes.append(
        ImageNote(
          kind: .damaged, text: "is damaged, and some of its pixels are made up (\(damage))"))
    }
    notes += blank(images, isNumbered: isNumbered)
    return notes
  }

  private static func blank(_ images: ImagesInMemory, isNumbered: Bool) -> [ImageNote] {
    var found: [(index: Int, level: UInt8)] = []
    for index in 0..<images.count {
      let pixels = images.pixels(of: index)
      if let level = level(of: pixels, channels: images.size.channels) {
        found.append((index, level))
      }
    }
    guard let first = found.first else { return [] }
    if !isNumbered {
      let color = first.level < 16 ? "black" : first.level > 239 ? "white" : "of one colour"
      return [ImageNote(kind: .blank, text: "is blank: it is \(color) everywhere")]
    }
    let shown = found.prefix(10).map { "\($0.index)" }.joined(separator: ", ")
    let more = found.count > 10 ? " and \(found.count - 10) more" : ""
    return [
      ImageNote(
        kind: .blank,
        text: found.count == 1
          ? "has a blank image: number \(shown)"
          : "has \(found.count) blank images: numbers \(shown)\(more)")
    ]
  }

  /// - Returns: the mean intensity of a blank image, `nil` if anything can be seen.
  private static func level(of pixels: ArraySlice<UInt8>, channels: Int) -> UInt8? {
    let size = pixels.count / channels
    var sum = 0
    for channel in 0..<channels {
      let start = pixels.startIndex + channel * size
      let plane = pixels[start..<(start + size)]
      guard let low = plane.min(), let high = plane.max(), high - low <= blankRange else {
        return nil
      }
      sum += Int(low)
    }
    return UInt8(clamping: sum / channels)
  }
}

/// Notes of many files, for one line a kind.
package struct ImageNotes: Sendable {
  private var files: [ImageNote.Kind: [(name: String, text: String)]] = [:]

  /// The maximum number of files named.
  private static let named = 3

  package init() {}

  package mutating func add(_ notes: [ImageNote], of name: String) {
    for note in notes { files[note.kind, default: []].append((name, note.text)) }
  }

  /// What to tell a person: of one file its own note, of several of a kind how many and which.
  package var lines: [String] {
    ImageNote.Kind.allCases.compactMap { kind in
      guard let found = files[kind] else { return nil }
      if found.count == 1 { return "\(found[0].name) \(found[0].text)" }
      let names = found.prefix(Self.named).map(\.name).joined(separator: ", ")
      let more = found.count > Self.named ? " and \(found.count - Self.named) more" : ""
      return "\(found.count) files \(Self.summary(kind)): \(names)\(more)"
    }
  }

  private static func summary(_ kind: ImageNote.Kind) -> String {
    switch kind {
    case .transparent: "have transparent pixels, which show the background (--background)"
    case .shallow:
      "have 16 bits a pixel but no value above 4095, so that they are nearly black; scale their "
        + "values to 16 bits first"
    case .blank: "are blank or hold blank images"
    case .damaged: "are damaged, and some of their pixels are made up"
    }
  }
}
