import Diagnostics
import Files
import HeatMaps
import PNGImage
import Report
import RunRecord
import WorkerProtocol

/// The folder that `runner explain` writes: a page, and a PNG for each map.
struct ExplanationFiles {
  private let folder: String

  /// The path of the page.
  var page: String { "\(folder)/\(Self.pageName)" }

  private static let pageName = "index.html"

  /// - Throws: ``InputError`` if files of others would be replaced there, or of a run.
  init(_ folder: String) throws {
    self.folder = folder
    try ExplanationFolder.check(folder)
    guard RunCatalog.isThere(folder) else { return }
    if RunCatalog.isFile(page) {
      if try MarkedPage.explanation.isAt(page) { return }
    } else if try FolderListing.names(in: folder)?.isEmpty != false {
      return
    }
    throw InputError(
      "the folder '\(folder)' has other files than 'runner explain' writes",
      hint: "name a new folder: --output FOLDER")
  }

  /// Writes the page last, so that it never shows files that are missing.
  ///
  /// - Returns: the paths of the maps of each explanation; last that of its feature maps, if it has any.
  func write(_ explanations: [ExplainedPicture], page text: String) throws -> [[String]] {
    try AtomicFile.createFolder(folder)
    var taken: Set<String> = []
    let paths = try explanations.map { explanation in
      let stem = Self.stem(explanation.name, &taken)
      var paths: [String] = []
      for (map, values) in zip(explanation.facts.maps, explanation.maps) {
        let path = "\(folder)/\(stem)_\(map.method.rawValue).png"
        let picture = HeatMap(values, map.method).besides(explanation.picture)
        try AtomicFile.write(picture.png(), to: path)
        paths.append(path)
      }
      if let features = explanation.facts.features {
        let path = "\(folder)/\(stem)_\(ExplanationRequest.Method.featureMaps.rawValue).png"
        let grid = HeatMap.grid(
          explanation.features, height: features.height, width: features.width)
        try AtomicFile.write(grid.png(), to: path)
        paths.append(path)
      }
      return paths
    }
    try AtomicFile.write(text, to: page)
    return paths
  }

  /// A name for the files of a picture, which no other picture has: that of its file without folder and ending.
  private static func stem(_ name: String, _ taken: inout Set<String>) -> String {
    let file = name.split(separator: "/").last.map(String.init) ?? name
    let dot = file.lastIndex(of: ".") ?? file.endIndex
    let base = (dot == file.startIndex ? file : String(file[..<dot])) + number(file)
    let plain = base.replacing(" ", with: "_")
    var stem = plain
    var count = 1
    while !taken.insert(stem).inserted {
      count += 1
      stem = "\(plain)_\(count)"
    }
    return stem
  }

  /// `_3` of `digits.idx[3]`.
  private static func number(_ file: String) -> String {
    guard file.hasSuffix("]"), let start = file.lastIndex(of: "["),
      let number = Int(file[file.index(after: start)...].dropLast())
    else { return "" }
    return "_\(number)"
  }
}
