import DataSchema
import Datasets
import ImageFormats

/// A note about the images in a file that affects how far a prediction can be trusted.
package struct ImageNote: Sendable, Hashable {
  package enum Kind: Int, Sendable, CaseIterable {
    /// Transparent pixels were composited onto the background.
    case transparent
    /// A 16-bit file whose values use 12 bits or fewer.
    case shallow
    case blank
    /// Pixels were made up because the file is damaged.
    case damaged
  }

  package let kind: Kind
  /// A sentence about the file without its name, such as `is blank: every pixel is black`.
  package let text: String

  /// The maximum range of intensities, from 0 to 255, of a blank image; JPEG compression leaves such small
  /// differences in a single colour.
  private static let blankRange: UInt8 = 3
  /// The largest 12-bit value.
  private static let shallowMaximum = 4095

  /// The notes about a file.
  ///
  /// - Parameter images: the images in the file, before any inversion.
  package static func notes(
    on images: ImagesInMemory, isNumbered: Bool, _ traits: DecodedImage.Traits
  ) -> [ImageNote] {
    var notes: [ImageNote] = []
    if let background = traits.background {
      notes.append(
        ImageNote(
          kind: .transparent,
          text: "has transparent pixels, which show a \(background) background; --background "
            + "chooses another"))
    }
    if let maximum = traits.maximumOf16Bits, maximum > 0, maximum <= shallowMaximum {
      notes.append(
        ImageNote(
          kind: .shallow,
          text: "has 16 bits per pixel but no value above \(maximum) of 65535, so it is nearly "
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

  /// - Returns: the mean intensity of a blank image; `nil` if the image is not blank.
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

/// Collects the notes about many files, to print one line per kind.
package struct ImageNotes: Sendable {
  private var files: [ImageNote.Kind: [(name: String, text: String)]] = [:]

  /// The maximum number of files named.
  private static let named = 3

  package init() {}

  package mutating func add(_ notes: [ImageNote], of name: String) {
    for note in notes { files[note.kind, default: []].append((name, note.text)) }
  }

  /// Lines for the user: the note itself for a single file, otherwise the number of files and some of their
  /// names.
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
      "have 16 bits per pixel but no value above 4095, so they are nearly black; scale their "
        + "values to 16 bits first"
    case .blank: "are blank or hold blank images"
    case .damaged: "are damaged, and some of their pixels are made up"
    }
  }
}
