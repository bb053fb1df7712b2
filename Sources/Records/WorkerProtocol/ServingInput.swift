/// One input of a request to a model that `runner serve` keeps loaded.
///
/// After ``PredictionEvent/ready``, the service and its worker exchange binary frames in place of lines: a batch of
/// inputs, then one ``ServingReply`` for each. Numbers are little-endian.
package struct ServingInput: Sendable, Equatable {
  package enum Kind: UInt8, Sendable {
    /// The contents of an image file.
    case picture = 1
    /// A JSON object with `rows`, a list of objects with the values of a row by the names of its columns, or
    /// `instances`, a list of nested lists of numbers.
    case json = 2
  }

  package var kind: Kind
  /// What the answer calls it, such as the name of an uploaded file; empty if it has no name.
  package var name: String
  /// The class, label or number that is explained, by name or number; empty for the predicted one.
  package var explained: String
  package var bytes: [UInt8]

  package init(_ kind: Kind, name: String = "", explained: String = "", _ bytes: [UInt8]) {
    self.kind = kind
    self.name = name
    self.explained = explained
    self.bytes = bytes
  }

  /// The frame that holds a batch.
  package static func frame(_ batch: [ServingInput]) -> [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(
      batch.reduce(4) {
        $0 + 13 + $1.name.utf8.count + $1.explained.utf8.count + $1.bytes.count
      })
    frame.append(word: batch.count)
    for input in batch {
      frame.append(input.kind.rawValue)
      for text in [input.name, input.explained] {
        frame.append(word: text.utf8.count)
        frame += text.utf8
      }
      frame.append(word: input.bytes.count)
      frame += input.bytes
    }
    return frame
  }

  /// The batch in a frame.
  ///
  /// - Throws: ``FrameProblem`` if it is not one.
  package static func batch(_ frame: [UInt8]) throws(FrameProblem) -> [ServingInput] {
    var reader = FrameReader(frame)
    let count = try reader.word()
    var batch: [ServingInput] = []
    while batch.count < count {
      guard let kind = Kind(rawValue: try reader.byte()) else { throw FrameProblem() }
      let name = String(decoding: try reader.bytes(), as: UTF8.self)
      let explained = String(decoding: try reader.bytes(), as: UTF8.self)
      batch.append(
        ServingInput(kind, name: name, explained: explained, Array(try reader.bytes())))
    }
    return batch
  }
}

/// The answer to one ``ServingInput``.
package struct ServingReply: Sendable, Equatable {
  package enum Outcome: UInt8, Sendable {
    /// The text is one JSON object for each example of the input, separated by commas.
    case answered = 0
    /// The input is no JSON. As in all further cases, the text is a JSON object with `message` and `hint`.
    case malformed = 1
    /// The input is well-formed, but not what the model takes.
    case unsuitable = 2
    /// The input is in a format that cannot be read.
    case unsupported = 3
    /// The program or the machine failed.
    case failed = 4
  }

  /// The place of the input in its batch.
  package var index: Int
  package var outcome: Outcome
  /// JSON.
  package var text: [UInt8]

  package init(_ index: Int, _ outcome: Outcome, _ text: [UInt8]) {
    self.index = index
    self.outcome = outcome
    self.text = text
  }

  package var frame: [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(5 + text.count)
    frame.append(word: index)
    frame.append(outcome.rawValue)
    frame += text
    return frame
  }

  /// - Throws: ``FrameProblem`` if the frame is not a reply.
  package init(_ frame: [UInt8]) throws(FrameProblem) {
    var reader = FrameReader(frame)
    index = try reader.word()
    guard let outcome = Outcome(rawValue: try reader.byte()) else { throw FrameProblem() }
    self.outcome = outcome
    text = Array(reader.rest)
  }
}

/// A frame that does not hold what it should.
package struct FrameProblem: Error, CustomStringConvertible {
  package init() {}
  package var description: String { "the service and its worker do not understand each other" }
}

/// Reads the parts of a frame one after the other.
private struct FrameReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ frame: [UInt8]) { rest = frame[...] }

  mutating func byte() throws(FrameProblem) -> UInt8 {
    guard let byte = rest.popFirst() else { throw FrameProblem() }
    return byte
  }

  mutating func word() throws(FrameProblem) -> Int {
    guard rest.count >= 4 else { throw FrameProblem() }
    var word = 0
    for byte in rest.prefix(4).reversed() { word = word << 8 | Int(byte) }
    rest = rest.dropFirst(4)
    return word
  }

  /// Bytes behind their number.
  mutating func bytes() throws(FrameProblem) -> ArraySlice<UInt8> {
    let count = try word()
    guard rest.count >= count else { throw FrameProblem() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

extension [UInt8] {
  /// Appends four bytes.
  ///
  /// - Precondition: `word` fits.
  fileprivate mutating func append(word: Int) {
    Swift.withUnsafeBytes(of: UInt32(word).littleEndian) { append(contentsOf: $0) }
  }
}
