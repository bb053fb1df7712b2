import BoxAnnotations
import DataSchema

/// The annotated images of one split before their files are looked at.
struct BoxPart: Sendable {
  var part: FolderLayout.Part
  var annotations: BoxAnnotations
  /// Indices of the images of the split in ``annotations``.
  var chosen: [Int]
  /// The paths of the images from the root; `nil` for those without a file. Indexed like the images of
  /// ``annotations``.
  var paths: [String?]
  /// The file that lists the images, for messages.
  var list: String
}

/// The parts of a data set of boxes, and what is not part of it.
struct BoxParts: Sendable {
  var parts: [BoxPart]
  /// Images that no list names.
  var skipped: [(path: String, reason: String)] = []
}
