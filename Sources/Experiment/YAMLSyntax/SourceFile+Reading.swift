import Diagnostics
import FoundationEssentials

extension SourceFile {
  /// Reads a YAML file; rejects files that are too large or not UTF-8.
  ///
  /// - Throws: ``InputError`` with the location of the first invalid byte, or why the file cannot be read.
  package static func read(
    _ path: String, limits: YAMLLimits = YAMLLimits(), mentionedAt mention: SourceRange? = nil
  ) throws -> SourceFile {
    try decode(bytes(of: path, limits: limits, mentionedAt: mention), name: path)
  }

  /// The bytes of a YAML file as they are, whatever they mean.
  ///
  /// - Throws: ``InputError`` if the file is too large or cannot be read.
  package static func bytes(
    of path: String, limits: YAMLLimits = YAMLLimits(), mentionedAt mention: SourceRange? = nil
  ) throws -> [UInt8] {
    func failure(_ message: String) -> InputError { InputError(message, at: mention) }
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw failure("no such file: '\(path)'")
    }
    if isDirectory { throw failure("'\(path)' is a directory, not a file") }
    // Opening a pipe without a writer would wait forever.
    guard FileStream.isRegular(path) else { throw failure("'\(path)' is not a regular file") }
    guard let handle = FileStream(path) else { throw failure("cannot read '\(path)'") }
    let bytes = handle.read(atMost: limits.bytes + 1)
    guard let bytes else { throw failure("cannot read '\(path)'") }
    if bytes.count > limits.bytes {
      throw failure("'\(path)' is larger than \(limits.bytes / 1_000_000) MB")
    }
    return bytes
  }

  /// The bytes of standard input.
  ///
  /// - Throws: ``InputError`` if they are too many or cannot be read.
  package static func standardInput(limits: YAMLLimits = YAMLLimits()) throws -> [UInt8] {
    guard let bytes = FileStream(copying: 0)?.read(atMost: limits.bytes + 1) else {
      throw InputError("cannot read standard input")
    }
    if bytes.count > limits.bytes {
      throw InputError("standard input is larger than \(limits.bytes / 1_000_000) MB")
    }
    return bytes
  }

  /// Converts bytes to a source file.
  ///
  /// - Throws: ``InputError`` pointing at the first byte that is not UTF-8.
  package static func decode(_ bytes: [UInt8], name: String) throws -> SourceFile {
    var content = bytes[...]
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    if let text = String(validating: content, as: UTF8.self) {
      return SourceFile(name: name, text: text)
    }
    let (place, byte) = firstInvalid(content)
    let file = SourceFile(name: name, text: String(decoding: content, as: UTF8.self))
    let end = Position(line: place.line, column: place.column + 1)
    throw InputError(
      "not valid UTF-8: byte 0x\(String(byte, radix: 16, uppercase: true))",
      at: SourceRange(file: file, start: place, end: end),
      hint: isUTF16(bytes) ? "this is UTF-16; save the file as UTF-8" : "save the file as UTF-8")
  }

  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }

  private static func firstInvalid(_ bytes: ArraySlice<UInt8>) -> (Position, UInt8) {
    var rest = bytes
    while let byte = rest.first {
      let length =
        switch byte {
        case 0..<0x80: 1
        case 0xC2..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF5: 4
        default: 0
        }
      let scalar = rest.prefix(length)
      if length == 0 || scalar.count < length || String(validating: scalar, as: UTF8.self) == nil {
        let before = String(decoding: bytes[..<rest.startIndex], as: UTF8.self)
        let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return (
          Position(line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1), byte
        )
      }
      rest = rest.dropFirst(length)
    }
    return (Position(line: 1, column: 1), 0)
  }
}
