import FoundationEssentials

/// A part of a worker's answer to a ``PredictionRequest``. Each source is sent before its rows.
package enum PredictionEvent: Codable, Sendable {
  /// The images of one file, or the examples of a data set that one model or an ensemble predicts.
  case source(PredictionSource)
  case rows(PredictionRows)
  /// A part of the picture of an answer; it follows the rows of its image.
  case picture(PredictionPicture)
  /// A change that was made to the images, or that they seem to need.
  case note(String)
  /// All rows have been sent. `loss` is the mean loss if there are labels and a single model.
  case finished(loss: Double?)
  /// The models are loaded. From here on the worker reads batches of ``ServingInput`` and writes a ``ServingReply``
  /// for each, as frames.
  case ready
}

package struct PredictionSource: Codable, Sendable, Equatable {
  /// The file, or the data set's name.
  package var name: String
  package var count: Int
  /// Whether the file's format holds several images, so that each is numbered.
  package var isNumbered: Bool
  /// Warnings about this file's predictions, without its name.
  package var warnings: [String] = []
  /// Why the file cannot be read, and therefore has no rows.
  package var problem: String?
  /// The fold that held these examples out, from 1; 0 for all others.
  package var fold = 0

  package init(name: String, count: Int, isNumbered: Bool) {
    self.name = name
    self.count = count
    self.isNumbered = isNumbered
  }

  /// A file that cannot be read.
  package init(name: String, problem: String) {
    self.init(name: name, count: 0, isNumbered: false)
    self.problem = problem
  }
}

/// A part of a PNG that shows a model's whole answer to an image, such as a mask.
package struct PredictionPicture: Codable, Sendable {
  /// The most bytes of a part, to keep the message short.
  package static let mostBytes = 36_864

  /// The image's row, counted from the end of the rows that were sent, 1 for the last.
  package var fromEnd: Int
  private var data: Data

  package init(fromEnd: Int, part: [UInt8]) {
    self.fromEnd = fromEnd
    data = Data(part)
  }

  package var part: [UInt8] { Array(data) }
}
