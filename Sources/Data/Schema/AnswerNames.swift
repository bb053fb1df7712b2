/// The names of the files that show a model's answers to examples, without an ending: those of the examples'
/// own files as long as they are distinct, else their paths with `_` for `/`, or their indices.
package struct AnswerNames: Sendable {
  private let names: [String]

  package init(_ source: any ExampleSource) {
    let paths = (0..<source.count).map { index in
      source.name(of: index).map(Self.withoutEnding) ?? "\(index)"
    }
    func distinct(_ names: [String]) -> [String]? {
      Set(names).count == names.count ? names : nil
    }
    names =
      distinct(paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 })
      ?? distinct(paths.map { $0.replacing("/", with: "_") }) ?? paths.indices.map(String.init)
  }

  package subscript(index: Int) -> String { names[index] }

  private static func withoutEnding(_ path: String) -> String {
    guard let dot = path.lastIndex(of: "."), dot != path.startIndex,
      !path[dot...].contains("/")
    else { return path }
    return String(path[..<dot])
  }
}
