import CExpat
import DataSchema

/// A file of Pascal VOC: the objects in one picture.
///
/// http://host.robots.ox.ac.uk/pascal/VOC/
package struct VOCFile {
  package struct Object {
    package fileprivate(set) var name: String?
    package fileprivate(set) var isDifficult = false
    package fileprivate(set) var isTruncated = false
    /// `xmin`, `ymin`, `xmax`, `ymax`, in pixels counted from 1, both ends included.
    package fileprivate(set) var edges: [String: Double] = [:]
    /// Where it begins.
    package fileprivate(set) var line: Int
  }

  package private(set) var fileName = ""
  /// 0 if the file does not say.
  package private(set) var width = 0
  package private(set) var height = 0
  package private(set) var objects: [Object] = []

  /// The largest file in bytes; real ones have some kilobytes.
  static let limit = 1 << 24

  /// - Parameter path: for messages.
  /// - Throws: ``DataError`` with the line if it is not XML or not such a file.
  package init(_ bytes: [UInt8], path: String) throws(DataError) {
    guard let parser = XML_ParserCreate(nil) else {
      throw DataError(path: path, reason: "cannot read it: memory is exhausted")
    }
    defer { XML_ParserFree(parser) }
    let state = VOCState(parser)
    // The state is alive until the parser is done.
    XML_SetUserData(parser, Unmanaged.passUnretained(state).toOpaque())
    XML_SetElementHandler(
      parser,
      { state, name, _ in VOCState.of(state)?.begin(name.map { String(cString: $0) } ?? "") },
      { state, _ in VOCState.of(state)?.end() })
    XML_SetCharacterDataHandler(parser) { state, text, count in
      VOCState.of(state)?.add(text, Int(count))
    }
    // Annotations have none; entities are a way to attack readers.
    XML_SetStartDoctypeDeclHandler(parser) { state, _, _, _, _ in
      VOCState.of(state)?.stop("it has a document type declaration, which is not supported")
    }
    let status = withExtendedLifetime(state) {
      bytes.withUnsafeBytes { bytes in
        XML_Parse(
          parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 1)
      }
    }
    if let (line, reason) = state.fault {
      throw DataError(path: path, reason: "\(reason) (line \(line))")
    }
    guard status == XML_STATUS_OK else {
      let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
      throw DataError(
        path: path,
        reason: "it is not XML: \(reason ?? "unknown error") (line "
          + "\(XML_GetCurrentLineNumber(parser)))")
    }
    self = state.file
  }

  /// An empty file.
  fileprivate init() {}

  /// Takes the text of an element; the path leads to it.
  fileprivate mutating func take(_ text: String, of path: [String], line: Int) -> String? {
    let text = text.trimmed
    switch path.dropFirst().joined(separator: "/") {
    case "filename": fileName = text
    case "size/width", "size/height":
      guard let number = Double(text), let size = Int(exactly: number), (0...(1 << 31)) ~= size
      else { return "expected a number of pixels in '\(path[2])'" }
      if path[2] == "width" { width = size } else { height = size }
    case "object/name": objects[objects.count - 1].name = text
    case "object/difficult", "object/truncated":
      // Some tools write 'Unspecified' or nothing for 0.
      let isSet = text != "0" && text.lowercased() != "unspecified" && !text.isEmpty
      guard !isSet || text == "1" else { return "expected 0 or 1 in '\(path[2])'" }
      if path[2] == "difficult" {
        objects[objects.count - 1].isDifficult = isSet
      } else {
        objects[objects.count - 1].isTruncated = isSet
      }
    case "object/bndbox/xmin", "object/bndbox/ymin", "object/bndbox/xmax", "object/bndbox/ymax":
      guard let number = Double(text) else { return "expected a number in '\(path[3])'" }
      objects[objects.count - 1].edges[path[3]] = number
    default: break
    }
    return nil
  }

  fileprivate mutating func begin(_ path: [String], line: Int) -> String? {
    if path.count == 1, path[0] != "annotation" {
      return "expected <annotation>, as in the files of Pascal VOC"
    }
    if path == ["annotation", "object"] { objects.append(Object(line: line)) }
    return nil
  }

  fileprivate func end(_ path: [String]) -> String? {
    guard path == ["annotation", "object"], let object = objects.last else { return nil }
    if object.name?.isEmpty ?? true { return "the object has no <name>" }
    let missing = ["xmin", "ymin", "xmax", "ymax"].first { object.edges[$0] == nil }
    return missing.map { "the object has no <\($0)> in its <bndbox>" }
  }
}

/// Where a parser is in a file.
private final class VOCState {
  private let parser: XML_Parser
  private var path: [String] = []
  private var text: [UInt8] = []
  private(set) var file = VOCFile()
  /// Why the file was refused.
  private(set) var fault: (line: Int, reason: String)?

  private static let mostDepth = 64

  init(_ parser: XML_Parser) { self.parser = parser }

  static func of(_ pointer: UnsafeMutableRawPointer?) -> VOCState? {
    pointer.map { Unmanaged<VOCState>.fromOpaque($0).takeUnretainedValue() }
  }

  private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  func stop(_ reason: String) {
    if fault == nil { fault = (line, reason) }
    XML_StopParser(parser, 0)
  }

  func begin(_ name: String) {
    if fault != nil { return }
    path.append(name)
    text.removeAll(keepingCapacity: true)
    if path.count > Self.mostDepth { return stop("the elements are nested too deeply") }
    if let reason = file.begin(path, line: line) { stop(reason) }
  }

  func add(_ characters: UnsafePointer<XML_Char>?, _ count: Int) {
    guard fault == nil, let characters else { return }
    characters.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
      text.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    }
  }

  func end() {
    if fault != nil { return }
    let content = String(decoding: text, as: UTF8.self)
    text.removeAll(keepingCapacity: true)
    if let reason = file.take(content, of: path, line: line) ?? file.end(path) { stop(reason) }
    path.removeLast()
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    guard let first = firstIndex(where: { !isSpace($0) }),
      let last = lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
