/// What an entry contains, described for users.
package struct FeatureDescription: Hashable, Sendable {
  /// The data set, such as `mnist (train)`.
  package let dataset: String
  /// The model, such as the experiment's name and its weights file.
  package let model: String
  /// The layers, such as `conv1 … pool5`.
  package let layers: String

  /// Truncates each text to ``limit`` bytes.
  package init(dataset: String, model: String, layers: String) {
    self.dataset = Self.cut(dataset)
    self.model = Self.cut(model)
    self.layers = Self.cut(layers)
  }

  /// The maximum size of each text in UTF-8 bytes.
  static let limit = 1000

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > limit else { return text }
    var count = 0
    var result = ""
    for scalar in text.unicodeScalars {
      count += UTF8.width(scalar)
      if count > limit { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
