import Files
import FoundationEssentials

extension SafeTensors {
  /// Where a tensor lies in a file.
  package struct Description: Sendable {
    package let name: String
    package let type: String
    package let shape: [Int]
    /// Within the part of the file after the header.
    package let offsets: Range<Int>
  }

  /// A checked header and the values behind it.
  package struct File: Sendable {
    package let path: String
    package let tensors: [Description]
    private let bytes: [UInt8]
    private let start: Int

    /// Reads a file and checks it strictly: the offsets tile the data without gap or overlap, and
    /// every size agrees with its shape.
    ///
    /// - Throws: ``FileError`` with what is wrong.
    package init(reading path: String) throws(FileError) {
      let bytes = try FileReading.bytes(of: path)
      self.path = path
      self.bytes = bytes
      let size = try Self.headerSize(bytes, path)
      start = 8 + size
      tensors = try Self.header(bytes[8..<start], path)
        .sorted { ($0.offsets.lowerBound, $0.name) < ($1.offsets.lowerBound, $1.name) }
      try Self.checkTiling(tensors, dataSize: bytes.count - start, path)
    }

    /// SHA-256 of the whole file, in hexadecimal.
    package var sha256: String { Digest.hex(of: bytes) }

    /// The tensor's values, row-major, little endian.
    package func bytes(of tensor: Description) -> ArraySlice<UInt8> {
      bytes[(start + tensor.offsets.lowerBound)..<(start + tensor.offsets.upperBound)]
    }

    private static func headerSize(_ bytes: [UInt8], _ path: String) throws(FileError) -> Int {
      guard bytes.count >= 8 else {
        throw FileError(path: path, reason: "is too short for a .safetensors file")
      }
      let size = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
      guard size <= 100_000_000, Int(size) <= bytes.count - 8 else {
        throw FileError(path: path, reason: "its header claims \(size) bytes, more than there are")
      }
      return Int(size)
    }

    private struct RawEntry: Decodable {
      let dtype: String
      let shape: [Int]
      let data_offsets: [Int]
    }

    private enum RawValue: Decodable {
      case metadata
      case tensor(RawEntry)

      init(from decoder: any Decoder) throws {
        if decoder.codingPath.last?.stringValue == "__metadata__" {
          _ = try decoder.singleValueContainer().decode([String: String].self)
          self = .metadata
        } else {
          self = .tensor(try RawEntry(from: decoder))
        }
      }
    }

    private static func header(
      _ bytes: ArraySlice<UInt8>, _ path: String
    ) throws(FileError) -> [Description] {
      guard bytes.first == UInt8(ascii: "{") else {
        throw FileError(path: path, reason: "its header does not start with '{'")
      }
      let raw: [String: RawValue]
      do {
        raw = try JSONDecoder().decode([String: RawValue].self, from: Data(bytes))
      } catch {
        throw FileError(path: path, reason: "its header is not the JSON of a .safetensors file")
      }
      var tensors: [Description] = []
      for (name, value) in raw {
        guard case .tensor(let entry) = value else { continue }
        let offsets = entry.data_offsets
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
          entry.shape.allSatisfy({ $0 >= 0 })
        else { throw FileError(path: path, reason: "the tensor '\(name)' has impossible offsets") }
        tensors.append(
          Description(
            name: name, type: entry.dtype, shape: entry.shape, offsets: offsets[0]..<offsets[1]))
      }
      return tensors
    }

    private static let sizes = [
      "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
      "U16": 2, "I8": 1, "U8": 1, "BOOL": 1,
    ]

    private static func checkTiling(
      _ tensors: [Description], dataSize: Int, _ path: String
    ) throws(FileError) {
      var end = 0
      for tensor in tensors {
        guard let size = sizes[tensor.type] else {
          throw FileError(
            path: path, reason: "the tensor '\(tensor.name)' has the unknown type '\(tensor.type)'")
        }
        var count = size
        for dim in tensor.shape {
          let (product, overflow) = count.multipliedReportingOverflow(by: dim)
          if overflow {
            throw FileError(path: path, reason: "the tensor '\(tensor.name)' has an impossible shape")
          }
          count = product
        }
        guard tensor.offsets.count == count else {
          throw FileError(
            path: path,
            reason: "the tensor '\(tensor.name)' takes \(tensor.offsets.count) bytes, its shape "
              + "\(tensor.shape) \(count)")
        }
        guard tensor.offsets.lowerBound == end else {
          throw FileError(
            path: path, reason: "the tensor '\(tensor.name)' overlaps another or leaves a gap")
        }
        end = tensor.offsets.upperBound
      }
      guard end == dataSize else {
        throw FileError(
          path: path, reason: "it holds \(dataSize) bytes of values, its header describes \(end)")
      }
    }
  }
}
