import Glibc

/// Rejects process input that is not valid UTF-8. Arguments, environment variables and the working
/// directory arrive as bytes; decoding invalid ones would silently yield other text, and possibly
/// the name of another file.
package enum UndecodableText {
  /// - Parameter variables: the names of the environment variables to check.
  /// - Throws: ``InputError`` naming what is not UTF-8.
  package static func refuse(variables: [String]) throws(InputError) {
    let arguments = (0..<Int(CommandLine.argc)).compactMap { index in
      CommandLine.unsafeArgv[index].map { bytes($0) }
    }
    try refuse(
      arguments: Array(arguments.dropFirst()),
      variables: variables.compactMap { name in getenv(name).map { (name, bytes($0)) } },
      workingFolder: getcwd(nil, 0).map { path in
        defer { free(path) }
        return bytes(path)
      } ?? [])
  }

  static func refuse(
    arguments: [[UInt8]], variables: [(name: String, value: [UInt8])], workingFolder: [UInt8]
  ) throws(InputError) {
    let hint = "runner only reads and writes files whose whole path is UTF-8; rename it"
    if let argument = arguments.first(where: { !isText($0) }) {
      throw InputError("the argument '\(escaped(argument))' is not UTF-8", hint: hint)
    }
    if let (name, value) = variables.first(where: { !isText($0.value) }) {
      throw InputError(
        "the environment variable \(name), '\(escaped(value))', is not UTF-8", hint: hint)
    }
    if !isText(workingFolder) {
      throw InputError("the working folder '\(escaped(workingFolder))' is not UTF-8", hint: hint)
    }
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  /// The text with each byte that is not valid UTF-8 escaped, as in `\xE9`.
  static func escaped(_ bytes: [UInt8]) -> String {
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      let character = (1...4).lazy.compactMap { count in
        rest.count >= count ? String(validating: rest.prefix(count), as: UTF8.self) : nil
      }.first
      if let character {
        text += character
        rest = rest.dropFirst(character.utf8.count)
      } else {
        text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}
