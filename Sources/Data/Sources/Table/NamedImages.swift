import DataSchema
import Diagnostics
import Files

/// The images that the rows of a table name: each file is read once, however many rows name it.
struct NamedImages: Sendable {
  /// A row whose image cannot be used.
  struct Problem: Sendable {
    /// Of the row, among those that were asked for.
    let place: Int
    /// As the table writes it; empty if it is missing.
    let text: String
    /// The path of a file that does not exist; `nil` if something else is wrong.
    var missing: String?
    let reason: String
  }

  let index: ImageIndex
  /// Of each row the position of its image in the index; `nil` if it cannot be used.
  let positions: [Int?]
  /// In the order of the rows.
  let problems: [Problem]

  /// - Parameters:
  ///   - texts: of each row the path of its image; `nil` if it is missing.
  ///   - owner: the table.
  ///   - decodes: whether every image is decoded once, so that damage behind its header is found.
  /// - Throws: ``DataError`` if the images cannot be indexed at all.
  init(
    _ texts: [String?], _ column: ImageColumn, in files: ImageFiles, of owner: String,
    decodes: Bool, _ cache: ImageIndexCache
  ) throws(DataError) {
    let paths = texts.map { text in text.map { ImagePath($0 + column.suffix, in: files.path) } }
    var seen: Set<String> = []
    var list: [ListedFile] = []
    for case .inside(let path)? in paths where seen.insert(path).inserted {
      list.append(files.file(path))
    }
    index = try cache.index(list, of: owner, in: files, decodes: decodes)
    let found = Dictionary(
      uniqueKeysWithValues: (0..<index.count).map { [index] in (index.name($0), $0) })
    let broken = Dictionary(
      index.summary.broken.map { ($0.path, $0.reason) }, uniquingKeysWith: { first, _ in first })
    var positions: [Int?] = []
    var problems: [Problem] = []
    positions.reserveCapacity(texts.count)
    for (place, path) in paths.enumerated() {
      let text = texts[place] ?? ""
      var position: Int?
      switch path {
      case nil:
        problems.append(Problem(place: place, text: "", reason: "the path of the image is missing"))
      case .refused(let reason):
        problems.append(Problem(place: place, text: text, reason: "'\(text)' \(reason)"))
      case .inside(let path):
        position = found[path]
        if position == nil {
          let reason = broken[path] ?? "cannot be read"
          problems.append(
            Problem(
              place: place, text: text, missing: reason == ImageFiles.missing ? path : nil,
              reason: "\(files.place(path)): \(reason)"))
        }
      }
      positions.append(position)
    }
    self.positions = positions
    self.problems = problems
  }

  /// The most names that are compared with that of a missing file.
  private static let mostCandidates = 20_000

  /// What may have been meant by the path of a missing file, worded to follow the error; empty if nothing is
  /// near.
  static func hint(_ problem: Problem, _ column: ImageColumn, in files: ImageFiles) -> String {
    guard let missing = problem.missing else { return "" }
    if missing.contains("\\") {
      let path = missing.replacing("\\", with: "/")
      if files.file(path).problem == nil { return "; paths are written with /: '\(path)'" }
    }
    // What cannot be listed has no suggestions; the error itself is what counts.
    guard let names = try? files.alternatives(to: missing), !names.isEmpty else { return "" }
    if let longer = names.filter({ $0.hasPrefix(missing + ".") }).min(by: ListedFile.precedes) {
      return "; '\(longer)' exists: suffix: \(longer.dropFirst(missing.count)) adds the ending"
    }
    let last = missing.split(separator: "/").last.map(String.init) ?? missing
    if names.count == 1, names[0].hasSuffix("/" + last) { return "; did you mean '\(names[0])'?" }
    // All are in one folder.
    let folder = String(missing.dropLast(last.count))
    let candidates = names.sorted(by: ListedFile.precedes).prefix(Self.mostCandidates).map {
      String($0.dropFirst(folder.count))
    }
    let near = Suggestion.nearest(to: last, among: candidates).map { folder + $0 }
    return near.map { "; did you mean '\($0)'?" } ?? ""
  }
}
