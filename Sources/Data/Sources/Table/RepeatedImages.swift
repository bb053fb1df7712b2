import DataSchema
import Tables

/// Rows of a table that name an image which an earlier row names too.
struct RepeatedImages {
  /// An image whose rows have different classes or labels.
  struct Contradiction {
    /// The first row that has others than the first row of the image.
    let place: Int
    /// The first row of the image.
    let first: Int
    /// Of the image in the index.
    let position: Int

    /// Worded to stand alone.
    ///
    /// - Parameter lines: of the rows.
    func reason(_ index: ImageIndex, _ lines: [Int]) -> String {
      "'\(index.name(position))' has different targets on line \(lines[place]) than on line "
        + "\(lines[first]); an image has one row, and several labels are written into one cell "
        + "(label_separator)"
    }
  }

  /// One for each such image, in the order of the rows.
  private(set) var contradictions: [Contradiction] = []
  private var count = 0
  private var firstPlace: Int?

  /// - Parameter positions: of each row's image in the index; `nil` if it is left out.
  init(_ positions: [Int?], _ targets: TableTargets) {
    // Numbers may have been measured more than once.
    let isMeasured = if case .numbers = targets.field.kind { true } else { false }
    var firsts: [Int: Int] = [:]
    var reported: Set<Int> = []
    for (place, position) in positions.enumerated() {
      guard let position else { continue }
      guard let first = firsts[position] else {
        firsts[position] = place
        continue
      }
      count += 1
      if firstPlace == nil { firstPlace = place }
      if isMeasured || targets.targets[first].elementsEqual(targets.targets[place]) { continue }
      if reported.insert(position).inserted {
        contradictions.append(Contradiction(place: place, first: first, position: position))
      }
    }
  }

  /// What is worth knowing about them.
  func notes(_ lines: [Int]) -> [String] {
    guard let firstPlace else { return [] }
    return [
      "\(count) row\(count == 1 ? " names" : "s name") an image that an earlier row names, the first on "
        + "line \(lines[firstPlace])"
    ]
  }
}
