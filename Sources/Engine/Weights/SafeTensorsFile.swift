import FoundationEssentials
import SafeTensorsFormat

/// Tensors in a `.safetensors` file: eight bytes of header size, a JSON header, then the raw values.
/// https://github.com/huggingface/safetensors#format
package enum SafeTensors {
  package typealias Header = SafeTensorsHeader
  package typealias Description = SafeTensorsHeader.Tensor

  /// The element types that this program reads and writes.
  package enum ElementType: String, Sendable {
    case float32 = "F32"
    case int64 = "I64"

    package var size: Int { self == .float32 ? 4 : 8 }
  }

  /// One tensor: its values in row-major order, little endian.
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var type: ElementType
    package var shape: [Int]
    package var bytes: [UInt8]

    package init(name: String, type: ElementType, shape: [Int], bytes: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }
  }

  /// Entries that would make an invalid file, which is a bug in this program.
  package struct EncodingFault: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// The file's bytes: header, then the tensors in order. The header is padded so that the values
  /// start at a multiple of eight.
  ///
  /// - Throws: ``EncodingFault`` if a name occurs twice or a tensor's bytes do not match its shape.
  package static func encode(
    _ entries: [Entry], metadata: [String: String] = [:]
  ) throws -> [[UInt8]] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = try metadata.sorted { $0.key < $1.key }
        .map { "\(try quoted($0.key)):\(try quoted($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    var names: Set<String> = ["__metadata__"]
    for entry in entries {
      guard names.insert(entry.name).inserted else {
        throw EncodingFault(description: "a second tensor '\(entry.name)'")
      }
      guard entry.bytes.count == Header.byteCount(entry.shape, entry.type.size) else {
        throw EncodingFault(
          description: "the tensor '\(entry.name)' of the shape \(entry.shape) has "
            + "\(entry.bytes.count) bytes")
      }
      let end = offset + entry.bytes.count
      let shape = entry.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(try quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    let size = UInt64(header.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * UInt64($0))) }
    return [prefix + header] + entries.map(\.bytes)
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}
