import DataAnalysis
import PNGImage

extension DataPageContent.Section {
  /// Classes that are listed.
  private static let mostClasses = 60

  /// Adds what is known of the boxes of a part.
  mutating func add(_ boxes: BoxSummary) {
    let most = boxes.classes.map(\.count).max() ?? 0
    tables.append(
      DataPageContent.Table(
        heading: [
          Cell(text: "Class"), Cell(text: "Boxes", style: "n"), Cell(text: "Share", style: "n"),
          Cell(text: ""), Cell(text: "Images", style: "n"),
        ],
        rows: zip(boxes.classes, boxes.images).prefix(Self.mostClasses).enumerated().map {
          number, entry in
          DataPageContent.Row(
            cells: [
              Cell(
                text: entry.0.name, swatches: [PixelImage.Color(class: number).hex])
            ] + DataPageContent.cells(entry.0, most: most)
              + [Cell(text: "\(entry.1.count)", style: "n")])
        }))
    if boxes.classes.count > Self.mostClasses {
      remarks.append(
        "And \(boxes.classes.count - Self.mostClasses) more classes, which --json lists.")
    }
    let largest = boxes.sizes.map(\.count).max() ?? 0
    tables.append(
      DataPageContent.Table(
        heading: [
          Cell(text: "Size"), Cell(text: "Boxes", style: "n"), Cell(text: "Share", style: "n"),
          Cell(text: ""),
        ],
        rows: boxes.sizes.map {
          DataPageContent.Row(
            cells: [Cell(text: $0.name)] + DataPageContent.cells($0, most: largest))
        }))
    notes += boxes.remarks.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
    remarks.append(
      "Small, medium and large as COCO counts them: areas below 32 × 32 pixels of the file, below 96 × 96, and "
        + "above.")
    if !boxes.problems.isEmpty {
      tables.append(DataPageContent.table(boxes.problems))
      remarks += DataPageContent.rest(boxes.problems)
    }
  }

  private typealias Cell = DataPageContent.Cell
}
