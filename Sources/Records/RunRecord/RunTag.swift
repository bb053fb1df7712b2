import Diagnostics

/// The names that people give runs.
package enum RunTag {
  /// The maximum number of characters.
  package static let longest = 64

  /// Why `tag` is not a valid tag; `nil` if it is one.
  ///
  /// Tags are letters, digits and `. _ -`, so that they can be given wherever a run is named and need no quotes.
  package static func problem(of tag: String) -> String? {
    if tag.isEmpty { return "a tag cannot be empty" }
    if tag.count > longest { return "a tag has at most \(longest) characters" }
    let isWord = tag.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
        || "._-".unicodeScalars.contains($0)
    }
    if !isWord { return "a tag has only letters, digits, '.', '_' and '-'" }
    if tag.hasPrefix("-") || tag.hasPrefix(".") {
      return "a tag cannot begin with '\(tag.prefix(1))'"
    }
    if tag == "sweep" || tag.hasPrefix("latest") { return "'\(tag)' already means a run" }
    return nil
  }

  /// - Throws: ``InputError`` for the first invalid tag.
  package static func check(_ tags: [String]) throws(InputError) {
    for tag in tags {
      if let problem = problem(of: tag) { throw InputError("'\(tag)' is not a tag: \(problem)") }
    }
  }
}
