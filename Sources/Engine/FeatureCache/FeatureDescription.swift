/// What an entry contains, described for users.
package struct FeatureDescription: Hashable, Sendable {
  /// Such as `mnist (train)`.
  package let dataset: String
  /// Such as the experiment's name and the file of its weights.
  package let model: String
  /// Such as `conv1 … pool5`.
  package let layers: String

  /// Keeps the first ``limit`` bytes of each text.
  package init(dataset: String, model: String, layers: String) {
    self.dataset = Self.cut(dataset)
    self.model = Self.cut(model)
    self.layers = Self.cut(layers)
  }

  /// The most UTF-8 bytes of each text.
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
