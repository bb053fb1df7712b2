import PNGImage

/// What stands in one record of an event file: the message `Event` and the parts of `Summary` that
/// are needed here, in the protocol-buffer encoding.
/// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
/// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/summary.proto
package struct EventMessage: Sendable {
  /// One `Summary.Value`.
  package enum Value: Sendable {
    case scalar(tag: String, Float)
    case image(tag: String, PixelImage)
  }

  package enum Content: Sendable {
    /// The first event of every file.
    case fileVersion
    case summary([Value])
  }

  /// Seconds since 1970.
  package var wallTime: Double
  package var step: Int
  package var content: Content

  package init(wallTime: Double, step: Int, content: Content) {
    self.wallTime = wallTime
    self.step = step
    self.content = content
  }

  package func encoded() throws(PNGError) -> [UInt8] {
    var message = ProtocolBuffer()
    message.add(1, double: wallTime)
    if step != 0 { message.add(2, integer: step) }
    switch content {
    case .fileVersion: message.add(3, text: "brain.Event:2")
    case .summary(let values):
      var summary = ProtocolBuffer()
      for value in values { summary.add(1, try Self.encoded(value)) }
      message.add(5, summary)
    }
    return message.bytes
  }

  private static func encoded(_ value: Value) throws(PNGError) -> ProtocolBuffer {
    var message = ProtocolBuffer()
    switch value {
    case .scalar(let tag, let number):
      message.add(1, text: tag)
      message.add(2, float: number)
    case .image(let tag, let picture):
      message.add(1, text: tag)
      var image = ProtocolBuffer()
      image.add(1, integer: picture.height)
      image.add(2, integer: picture.width)
      image.add(3, integer: 3)  // RGB
      image.add(4, try picture.png())
      message.add(4, image)
    }
    return message
  }
}

/// A message under construction. https://protobuf.dev/programming-guides/encoding/
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ field: Int, integer: Int) {
    append(varint: field << 3)
    append(varint: integer)
  }

  mutating func add(_ field: Int, double: Double) {
    append(varint: field << 3 | 1)
    bytes += double.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: Int, float: Float) {
    append(varint: field << 3 | 5)
    bytes += float.bitPattern.littleEndianBytes
  }

  mutating func add(_ field: Int, _ content: [UInt8]) {
    append(varint: field << 3 | 2)
    append(varint: content.count)
    bytes += content
  }

  mutating func add(_ field: Int, text: String) { add(field, Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

  private mutating func append(varint value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest > 127 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  /// The lowest byte first.
  package var littleEndianBytes: [UInt8] {
    (0..<(Self.bitWidth / 8)).map { UInt8(truncatingIfNeeded: self >> (8 * Self($0))) }
  }
}
