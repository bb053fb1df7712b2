import Diagnostics
import ExperimentConfig
import Files

/// The secret that clients of a service have to know.
package struct ServiceToken: Sendable {
  private static let shortest = 16
  private static let longest = 4096

  private let bytes: [UInt8]

  /// The token of a service; `nil` if it needs none.
  ///
  /// - Throws: ``InputError`` if other machines can reach the service and there is no token, or if the token is too
  ///   short; ``FileError`` if its file cannot be read.
  package static func find(
    for settings: ServiceSettings, in environment: [String: String]
  ) throws -> ServiceToken? {
    if let path = settings.tokenFile {
      let text = String(
        decoding: try FileReading.bytes(of: path, limit: longest), as: UTF8.self)
      return try ServiceToken(text, from: path)
    }
    if let text = environment["RUNNER_TOKEN"], !text.isEmpty {
      return try ServiceToken(text, from: "$RUNNER_TOKEN")
    }
    guard settings.isLocal else {
      throw InputError(
        "other machines can reach \(settings.host), so a token is needed",
        hint: "--token-file FILE names a file with one, or set RUNNER_TOKEN")
    }
    return nil
  }

  /// - Parameter place: where the text is from, for errors.
  package init(_ text: String, from place: String) throws(InputError) {
    bytes = Array(text.trimming(while: \.isWhitespace).utf8)
    guard bytes.count >= Self.shortest else {
      throw InputError(
        "the token in \(place) has \(bytes.count) characters, expected at least \(Self.shortest)",
        hint: "'openssl rand -hex 16' makes one")
    }
    guard bytes.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
      throw InputError("the token in \(place) has characters other than visible ASCII")
    }
  }

  /// Whether a client sent the token, in a time that does not depend on how much of it is right.
  ///
  /// - Parameter header: the value of `Authorization`.
  package func permits(_ header: String) -> Bool {
    let words = header.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
    let found = Array(words[1].utf8)
    var difference = found.count ^ bytes.count
    for index in bytes.indices {
      let byte = index < found.count ? found[index] : 0
      difference |= Int(byte ^ bytes[index])
    }
    return difference == 0
  }
}

extension String {
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
    var text = self[...]
    while let first = text.first, isTrimmed(first) { text.removeFirst() }
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return text
  }
}
