/// Cells of CSV files.
package enum CSVCell {
  /// Quotes a cell as in RFC 4180 if it contains a comma, a quotation mark or a line break.
  package static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
