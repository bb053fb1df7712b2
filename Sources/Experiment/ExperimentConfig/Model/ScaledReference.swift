/// A block's parameter in `${…}`, alone or scaled: `${channels}`, `${channels * 4}`, `${p * 3 / 16}`.
struct ScaledReference {
  /// The parameter's name.
  let name: String
  private let steps: [(isDivision: Bool, number: Double)]

  /// - Parameter text: the text between `${` and `}`.
  /// - Returns: `nil` if the text has another form.
  init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard let first = words.first, words.count % 2 == 1 else { return nil }
    var steps: [(Bool, Double)] = []
    for index in stride(from: 1, to: words.count, by: 2) {
      guard let sign = ["*": false, "/": true][words[index]],
        let number = Double(words[index + 1]), number.isFinite, !(sign && number == 0)
      else { return nil }
      steps.append((sign, number))
    }
    name = first
    self.steps = steps
  }

  /// Whether the parameter is used as it is.
  var isPlain: Bool { steps.isEmpty }

  /// The scaled value as text; `nil` if the parameter's value is not a finite number, or the result is not.
  func apply(to text: String) -> String? {
    guard let value = Double(text), value.isFinite else { return nil }
    let result = steps.reduce(value) { $1.isDivision ? $0 / $1.number : $0 * $1.number }
    return result.isFinite ? NumberText.short(result) : nil
  }
}
