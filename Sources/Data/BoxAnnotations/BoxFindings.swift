/// What is wrong with single boxes of a file that can be read all the same.
package struct BoxFindings: Sendable, Equatable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A number that is NaN or infinite; the box is left out.
    case notFinite = "not_finite"
    /// An image that the annotations do not list; the box is left out.
    case unknownImage = "unknown_image"
    /// A category that the annotations do not list; the box is left out.
    case unknownCategory = "unknown_category"
    /// An image, category or annotation with the id of an earlier one. Of images and categories the first counts.
    case duplicateID = "duplicate_id"
    /// An annotation without the object's area; that of its box is used.
    case missingArea = "missing_area"
    /// A box of no or negative width or height; it is kept.
    case emptyBox = "empty_box"
    /// A box that reaches beyond its picture; it is kept.
    case outsideImage = "outside_image"

    /// Whether the box is left out.
    package var isLeftOut: Bool {
      switch self {
      case .notFinite, .unknownImage, .unknownCategory: true
      case .duplicateID, .missingArea, .emptyBox, .outsideImage: false
      }
    }
  }

  /// One kind of finding.
  package struct Entry: Sendable, Equatable {
    package let kind: Kind
    package fileprivate(set) var count: Int
    /// The first places, such as `annotations[17]`.
    package fileprivate(set) var places: [String]
  }

  /// How many places of each kind are listed.
  package static let mostPlaces = 3

  private var found: [Kind: Entry] = [:]

  package init() {}

  /// In the order of ``Kind``.
  package var entries: [Entry] { Kind.allCases.compactMap { found[$0] } }

  package func count(_ kind: Kind) -> Int { found[kind]?.count ?? 0 }

  /// - Parameter place: where it is; evaluated only if it will be listed.
  mutating func add(_ kind: Kind, at place: @autoclosure () -> String) {
    var entry = found[kind] ?? Entry(kind: kind, count: 0, places: [])
    entry.count += 1
    if entry.places.count < Self.mostPlaces { entry.places.append(place()) }
    found[kind] = entry
  }

  /// Notes what is wrong with a box and its picture.
  ///
  /// - Returns: whether the box can be used.
  mutating func check(
    _ box: Box, in image: AnnotatedImage, at place: @autoclosure () -> String
  ) -> Bool {
    guard box.isFinite else {
      add(.notFinite, at: place())
      return false
    }
    if box.width <= 0 || box.height <= 0 { add(.emptyBox, at: place()) }
    if box.isOutside(image.width, image.height) { add(.outsideImage, at: place()) }
    return true
  }
}
