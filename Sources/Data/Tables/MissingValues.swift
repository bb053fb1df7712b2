/// The texts that stand for a missing value: those that pandas knows, `?`, and any others.
package struct MissingValues: Hashable, Sendable, Codable {
  /// Sorted by their bytes.
  package let texts: [String]
  /// By length, so that most values are passed over after one comparison.
  private let byLength: [[[UInt8]]]

  /// What `pandas.read_csv` takes for missing, and `?`.
  package static let standardTexts = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "?",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
  ]
  package static let standard = MissingValues(standardTexts)

  /// - Parameter texts: all of them; the empty text always stands for a missing value.
  package init(_ texts: some Sequence<String>) {
    let texts = Set(texts).union([""]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.texts = texts
    var byLength = [[[UInt8]]](
      repeating: [], count: (texts.map(\.utf8.count).max() ?? 0) + 1)
    for text in texts { byLength[text.utf8.count].append(Array(text.utf8)) }
    self.byLength = byLength
  }

  /// The standard texts and some more.
  package static func standard(adding texts: some Sequence<String>) -> MissingValues {
    MissingValues(standardTexts + texts)
  }

  package init(from decoder: any Decoder) throws {
    self.init(try [String](from: decoder))
  }

  package func encode(to encoder: any Encoder) throws { try texts.encode(to: encoder) }

  @inline(__always)
  func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count < byLength.count else { return false }
    if bytes.isEmpty { return true }
    // Most values begin with a digit from 2 on or with a letter that begins none of the texts.
    for text in byLength[bytes.count] where text[0] == bytes[0] && bytes.elementsEqual(text) {
      return true
    }
    return false
  }
}
