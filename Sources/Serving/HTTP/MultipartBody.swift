import Glibc

/// A body of the type `multipart/form-data` (RFC 7578).
struct MultipartBody {
  struct Part: Equatable {
    /// Of the field.
    var name: String
    /// Of the file; `nil` for a field without one.
    var fileName: String?
    var type: ContentType?
    var bytes: [UInt8]
  }

  /// What is wrong with a body.
  struct Problem: Error, Equatable {
    let message: String
  }

  private static let mostHeaderBytes = 16 << 10

  let parts: [Part]

  /// - Parameters:
  ///   - boundary: from the content type.
  ///   - mostParts: more are refused.
  /// - Throws: ``Problem`` if the body does not end as it should, or a part has no name.
  init(_ body: [UInt8], boundary: String, mostParts: Int) throws(Problem) {
    guard (1...70).contains(boundary.utf8.count) else {
      throw Problem(message: "the boundary of the multipart body has to have 1 to 70 characters")
    }
    let delimiter = Array("\r\n--\(boundary)".utf8)
    // The first delimiter has no line before it, unless there is a preamble.
    var position: Int
    if body.starts(with: delimiter.dropFirst(2)) {
      position = delimiter.count - 2
    } else if let start = Self.find(delimiter, in: body, from: 0) {
      position = start + delimiter.count
    } else {
      throw Problem(message: "the multipart body has no line with its boundary")
    }
    var parts: [Part] = []
    while !body.dropFirst(position).starts(with: "--".utf8) {
      while position < body.count, body[position] == 0x20 || body[position] == 0x09 {
        position += 1
      }
      guard body.dropFirst(position).starts(with: "\r\n".utf8) else {
        throw Problem(message: "the multipart body has a boundary that is not the end of its line")
      }
      guard parts.count < mostParts else {
        throw Problem(message: "the multipart body has more than \(mostParts) parts")
      }
      // Headers may be missing, which leaves only their empty line.
      guard let end = Self.find(Array("\r\n\r\n".utf8), in: body, from: position),
        end - position <= Self.mostHeaderBytes
      else {
        throw Problem(message: "the multipart body has a part without the end of its headers")
      }
      let headers = String(decoding: body[position..<end], as: UTF8.self)
      let start = end + 4
      guard let next = Self.find(delimiter, in: body, from: end + 2) else {
        throw Problem(message: "the multipart body ends within a part")
      }
      parts.append(try Self.part(headers, start <= next ? Array(body[start..<next]) : []))
      position = next + delimiter.count
    }
    self.parts = parts
  }

  private static func part(_ headers: String, _ bytes: [UInt8]) throws(Problem) -> Part {
    var part = Part(name: "", bytes: bytes)
    var isNamed = false
    for line in headers.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else {
        throw Problem(message: "the multipart body has a header without a colon")
      }
      let value = String(line[line.index(after: colon)...])
      switch line[..<colon].lowercased() {
      case "content-disposition":
        let parameters = HeaderParameters.parse(value).parameters
        guard let name = parameters["name"] else { break }
        isNamed = true
        part.name = name
        part.fileName = parameters["filename"].map(printable)
      case "content-type": part.type = ContentType(HeaderParameters.parse(value).first)
      default: break
      }
    }
    guard isNamed else { throw Problem(message: "the multipart body has a part without a name") }
    return part
  }

  /// A name without control characters, of a length that fits into an answer.
  private static func printable(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.prefix(255).filter { $0.value >= 0x20 && $0.value != 0x7F }))
  }

  /// - Precondition: `pattern` is not empty.
  private static func find(_ pattern: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    let last = body.count - pattern.count
    return body.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var place = start
      while place <= last {
        guard let found = memchr(base + place, Int32(pattern[0]), last - place + 1) else {
          return nil
        }
        place = UnsafeRawPointer(found) - base
        if memcmp(base + place, pattern, pattern.count) == 0 { return place }
        place += 1
      }
      return nil
    }
  }
}
