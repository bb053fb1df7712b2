import DataSchema
import Files
import ImageFormats

/// What the values or colours of mask files mean.
struct MaskCoding: Sendable, Hashable {
  /// The classes, in the order of their numbers.
  let names: [String]
  /// The colour of each class, `0xRRGGBB`; `nil` if masks hold class numbers.
  let colors: [UInt32]?
  /// The value of pixels without a class in files that hold class numbers.
  let ignore: Int?
  /// The colour of pixels without a class in files of colours.
  let ignoredColor: UInt32?

  /// A class number has to fit into a byte besides ``FieldKind/ignoredPixel``.
  static let mostClasses = 255

  /// Reads a list of classes, a line each: `name` or `name r g b`.
  ///
  /// - Parameter ignore: the value of pixels without a class, or the name of the colour that they have.
  /// - Throws: ``DataError`` at `path` if a line cannot be read, or the names are not distinct.
  init(lines: [String], ignore: MaskIgnore?, path: String) throws(DataError) {
    func fault(_ line: Int, _ reason: String) -> DataError {
      DataError(path: "\(path):\(line + 1)", reason: reason)
    }
    var names: [String] = []
    var colors: [UInt32] = []
    var ignoredColor: UInt32?
    for (number, line) in lines.enumerated() {
      let words = line.split { $0.isWhitespace || $0 == "," }
      if words.isEmpty { continue }
      let last = words.suffix(3).map { UInt8($0) }
      let color: UInt32? =
        words.count > 3 && last.allSatisfy({ $0 != nil })
        ? last.reduce(0) { $0 << 8 | UInt32($1 ?? 0) } : nil
      let name = color == nil ? line.trimmed : words.dropLast(3).joined(separator: " ")
      if let color, case .color(name)? = ignore {
        ignoredColor = color
        continue
      }
      if names.contains(name) { throw fault(number, "'\(name)' is listed twice") }
      if names.count != colors.count && color != nil || color == nil && !colors.isEmpty {
        throw fault(number, "either every class has a colour, 'name r g b', or none has")
      }
      names.append(name)
      if let color {
        if colors.contains(color) || color == ignoredColor {
          throw fault(number, "'\(name)' has the colour of another class")
        }
        colors.append(color)
      }
    }
    guard (1...Self.mostClasses).contains(names.count) else {
      throw DataError(
        path: path, reason: "lists \(names.count) classes; expected 1 to \(Self.mostClasses)")
    }
    self.names = names
    self.colors = colors.isEmpty ? nil : colors
    self.ignoredColor = ignoredColor
    switch ignore {
    case .value(let value)?:
      if !colors.isEmpty {
        throw DataError(
          path: path,
          reason: "gives colours, so 'ignore' has to be the name of one of them, not \(value)")
      }
      self.ignore = value
    case .color(let name)?:
      if ignoredColor == nil {
        throw DataError(path: path, reason: "gives no colour '\(name)' to ignore")
      }
      self.ignore = nil
    case nil: self.ignore = nil
    }
  }

  /// The classes as a target.
  var field: DataField {
    let shown = ignore ?? (ignoredColor == nil ? nil : Int(FieldKind.ignoredPixel))
    return DataField("mask", .mask(names, ignore: shown))
  }

  /// Everything that decides about the meaning of a file, as stable text.
  var text: String {
    let ignored = ignore.map { "\($0)" } ?? ignoredColor.map { "color \($0)" } ?? "none"
    let values = colors.map { "\($0)" } ?? "numbers"
    return "\(names.joined(separator: "\n"))\n\(values)\nignore \(ignored)\n"
  }

  /// The class number of each pixel, ``FieldKind/ignoredPixel`` for those without one, in rows.
  ///
  /// - Throws: ``FileError`` at `place` if the file is no mask of these classes.
  func decode(
    _ bytes: [UInt8], place: String
  ) throws(FileError) -> (height: Int, width: Int, numbers: [UInt8]) {
    if let colors {
      let image = try DecodedImage(decoding: bytes, path: place).convert(channels: 3)
      return (image.height, image.width, try numbers(of: image, colors, place))
    }
    let image = try MaskImage(decoding: bytes, path: place)
    var table = [UInt8](repeating: FieldKind.ignoredPixel, count: 256)
    for number in names.indices { table[number] = UInt8(number) }
    if let ignore { table[ignore] = FieldKind.ignoredPixel }
    let isKnown = (0..<256).map { $0 < names.count || $0 == ignore }
    var numbers: [UInt8] = []
    numbers.reserveCapacity(image.height * image.width)
    for pixel in 0..<(image.height * image.width) {
      let value = image.bytes[pixel * image.channels]
      if image.channels == 3,
        image.bytes[3 * pixel + 1] != value || image.bytes[3 * pixel + 2] != value
      {
        throw FileError(
          path: place,
          reason: "is in colours, but the list of classes has none; write 'name r g b' a line")
      }
      guard isKnown[Int(value)] else {
        let known = "there are \(names.count) classes, 0 to \(names.count - 1)"
        throw FileError(
          path: place,
          reason: "has the value \(value) at row \(pixel / image.width), column "
            + "\(pixel % image.width), but \(known)"
            + (ignore.map { ", and \($0) is ignored" } ?? "; 'ignore: \(value)' leaves it out"))
      }
      numbers.append(table[Int(value)])
    }
    return (image.height, image.width, numbers)
  }

  private func numbers(
    of image: DecodedImage, _ colors: [UInt32], _ place: String
  ) throws(FileError) -> [UInt8] {
    var known = Dictionary(uniqueKeysWithValues: colors.enumerated().map { ($1, UInt8($0)) })
    if let ignoredColor { known[ignoredColor] = FieldKind.ignoredPixel }
    var numbers: [UInt8] = []
    numbers.reserveCapacity(image.height * image.width)
    // Neighbours are mostly of one class.
    var last: (color: UInt32, number: UInt8)?
    for pixel in 0..<(image.height * image.width) {
      let start = 3 * pixel
      let color =
        UInt32(image.bytes[start]) << 16 | UInt32(image.bytes[start + 1]) << 8
        | UInt32(image.bytes[start + 2])
      if let last, last.color == color {
        numbers.append(last.number)
        continue
      }
      guard let number = known[color] else {
        throw FileError(
          path: place,
          reason: "has the colour \(image.bytes[start]) \(image.bytes[start + 1]) "
            + "\(image.bytes[start + 2]) at row \(pixel / image.width), column "
            + "\(pixel % image.width), which is that of no class")
      }
      last = (color, number)
      numbers.append(number)
    }
    return numbers
  }
}

/// What marks pixels without a class.
enum MaskIgnore: Sendable, Hashable {
  case value(Int)
  /// The name of a colour in the list of classes.
  case color(String)
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
