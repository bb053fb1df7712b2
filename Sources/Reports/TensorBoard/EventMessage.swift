import FoundationEssentials
import PNGImage
import SwiftProtobuf

/// One record of an event file: the subset of TensorBoard's `Event` message that a run writes. The
/// messages are declared in `Messages/event.proto`.
package struct EventMessage: Sendable {
  /// A `Summary.Value`.
  package enum Value: Sendable {
    case scalar(tag: String, Float)
    case image(tag: String, PixelImage)
  }

  package enum Content: Sendable {
    /// The first event of each file.
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

  /// The message in protocol buffer encoding, with fields in order of their numbers.
  package func encoded() throws -> [UInt8] {
    var event = Tensorboard_Event()
    event.wallTime = wallTime
    event.step = Int64(step)
    switch content {
    case .fileVersion: event.fileVersion = "brain.Event:2"
    case .summary(let values): event.summary.value = try values.map { try $0.message() }
    }
    return try event.serializedBytes()
  }
}

extension EventMessage.Value {
  fileprivate func message() throws(PNGError) -> Tensorboard_Summary.Value {
    var value = Tensorboard_Summary.Value()
    switch self {
    case .scalar(let tag, let number):
      value.tag = tag
      value.simpleValue = number
    case .image(let tag, let picture):
      value.tag = tag
      value.image.height = Int32(picture.height)
      value.image.width = Int32(picture.width)
      value.image.colorspace = 3  // RGB
      value.image.encodedImageString = Data(try picture.png())
    }
    return value
  }
}
