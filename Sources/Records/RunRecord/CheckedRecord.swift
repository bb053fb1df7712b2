import ExperimentConfig
import Files

/// A record that is read from a file. Decoding checks the types of its values; ``check()`` checks
/// everything else that the program relies on, so that a damaged file is an error that names the key.
package protocol CheckedRecord: Decodable {
  func check() throws(RecordProblem)
}

/// An invalid value of a record; the file's path is added where it is known.
package struct RecordProblem: Error, Sendable, CustomStringConvertible {
  /// The dotted path of the value.
  package let key: String
  package let reason: String

  package init(_ key: String, _ reason: String) {
    self.key = key
    self.reason = reason
  }

  package var description: String { key.isEmpty ? reason : "\(key): \(reason)" }

  /// - Throws: ``RecordProblem`` unless `value` lies in `range`.
  package static func require(
    _ key: String, _ value: Int?, in range: ClosedRange<Int>
  ) throws(RecordProblem) {
    guard let value, !range.contains(value) else { return }
    throw RecordProblem(
      key, "expected a number from \(range.lowerBound) to \(range.upperBound), found \(value)")
  }

  /// - Throws: ``RecordProblem`` unless `text` is exactly that many lower-case hexadecimal digits.
  package static func requireHexadecimal(
    _ key: String, _ text: String?, digits: Int = 64
  ) throws(RecordProblem) {
    guard let text else { return }
    let isHexadecimal = text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
    }
    guard isHexadecimal, text.utf8.count == digits else {
      throw RecordProblem(key, "expected \(digits) hexadecimal digits, found '\(text.prefix(80))'")
    }
  }
}

/// Reads JSON files that this program wrote, as input that may be damaged.
package enum RecordFile {
  /// The maximum size of a record.
  package static let limit = 1 << 28

  /// - Throws: ``FileError`` that names the file, and the invalid key if there is one.
  package static func read<Value: CheckedRecord>(
    _ type: Value.Type, from path: String, limit: Int = limit
  ) throws(FileError) -> Value {
    try decode(type, from: try FileReading.bytes(of: path, limit: limit), path: path)
  }

  /// - Parameter path: for error messages.
  package static func decode<Value: CheckedRecord>(
    _ type: Value.Type, from bytes: [UInt8], path: String
  ) throws(FileError) -> Value {
    let value: Value
    do {
      value = try JSONText.decode(type, from: bytes)
    } catch let error as DecodingError {
      throw FileError(path: path, reason: "is not in the expected format: \(error.place)")
    } catch {
      throw FileError(path: path, reason: "is not in the expected format")
    }
    do throws(RecordProblem) {
      try value.check()
    } catch {
      throw FileError(path: path, reason: "is not in the expected format: \(error)")
    }
    return value
  }
}

extension DecodingError {
  /// The key and what is wrong with it, such as `threads: is missing`.
  package var place: String {
    func at(_ path: [any CodingKey], _ text: String) -> String {
      let place = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
      return place.isEmpty ? text : "\(place): \(text)"
    }
    return switch self {
    case .keyNotFound(let key, let context): at(context.codingPath + [key], "is missing")
    case .valueNotFound(_, let context): at(context.codingPath, "has no value")
    case .typeMismatch(_, let context): at(context.codingPath, "has the wrong type")
    case .dataCorrupted(let context):
      at(context.codingPath, context.codingPath.isEmpty ? "not valid JSON" : "has an invalid value")
    @unknown default: "cannot be read"
    }
  }
}
