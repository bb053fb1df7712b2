import Diagnostics
import Files
import Glibc

/// A run as a person names it: a directory, the unique start of its name, `latest`, `latest~2`, or
/// `sweep/3`, trial 3 of a sweep.
package enum RunReference {
  /// The run that `text` names.
  ///
  /// - Parameter runsDirectory: where names, and `latest`, are looked for.
  /// - Throws: ``InputError`` that lists the candidates, or names the nearest.
  package static func resolve(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory {
    if text.isEmpty { throw InputError("the name of a run is empty") }
    if text.utf8.contains(0) { throw InputError("the name of a run cannot hold a zero byte") }
    if let steps = try stepsBack(text) { return try latest(steps, in: runsDirectory) }
    if let run = try directory(text) { return run }
    if let trial = try trial(text, in: runsDirectory) { return trial }
    if text.contains("/") {
      throw InputError("there is no run directory '\(text)'")
    }
    return try named(text, in: runsDirectory)
  }

  /// `latest` is 0, `latest~2` is 2; nothing for another text.
  private static func stepsBack(_ text: String) throws(InputError) -> Int? {
    guard text.hasPrefix("latest") else { return nil }
    let rest = text.dropFirst("latest".count)
    if rest.isEmpty { return 0 }
    guard rest.first == "~" else { return nil }
    let digits = rest.dropFirst()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let steps = Int(digits)
    else {
      throw InputError("'\(text)' is no run: behind 'latest~' stands a number, such as 'latest~1'")
    }
    return steps
  }

  private static func latest(
    _ steps: Int, in runsDirectory: String
  ) throws(InputError) -> RunDirectory {
    let names = try names(in: runsDirectory)
    if names.isEmpty { throw InputError("there are no runs in '\(runsDirectory)'") }
    guard steps < names.count else {
      throw InputError(
        "'latest~\(steps)' goes back too far: "
          + (names.count == 1
            ? "there is one run in '\(runsDirectory)'"
            : "there are \(names.count) runs in '\(runsDirectory)'"))
    }
    return RunDirectory(path: "\(runsDirectory)/\(names[steps])")
  }

  /// A folder of that path, which must then be a run's.
  private static func directory(_ text: String) throws(InputError) -> RunDirectory? {
    var path = text
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard RunCatalog.isFolder(path) else { return nil }
    if RunCatalog.isRun(path) { return RunDirectory(path: path) }
    // A folder that only happens to be called like a run does not hide the run.
    if !text.contains("/"), text != ".", text != ".." { return nil }
    throw InputError("'\(path)' is no run directory: it has no run.json")
  }

  /// `sweep/3`: trial 3 of the sweep whose directory's name begins so; nothing for another text.
  private static func trial(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let number = Int(parts[1]), number >= 0 else {
      return nil
    }
    let sweeps = RunCatalog.sweeps(in: runsDirectory)
    let matches =
      sweeps.contains(String(parts[0]))
      ? [String(parts[0])] : sweeps.filter { $0.hasPrefix(parts[0]) }
    if matches.count > 1 {
      throw InputError([
        Diagnostic(
          .error, "'\(parts[0])' is the start of \(matches.count) sweeps in '\(runsDirectory)'",
          at: nil, hint: "write more of the name",
          notes: matches.prefix(10).map { .note($0, at: nil) })
      ])
    }
    guard let sweep = matches.first else { return nil }
    let folder = "\(runsDirectory)/\(sweep)/trials"
    let trials = ((try? RunCatalog.names(in: folder)) ?? []).filter {
      $0.split(separator: "-").first.flatMap { Int($0) } == number
    }
    guard trials.count == 1 else {
      throw InputError("the sweep '\(sweep)' has no trial \(number)")
    }
    return RunDirectory(path: "\(folder)/\(trials[0])")
  }

  private static func named(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory {
    let names = try names(in: runsDirectory)
    if names.contains(text) { return RunDirectory(path: "\(runsDirectory)/\(text)") }
    let matches = names.filter { $0.hasPrefix(text) }
    if matches.count == 1 { return RunDirectory(path: "\(runsDirectory)/\(matches[0])") }
    if matches.isEmpty {
      let known = names.flatMap { [RunName($0).experiment, $0] } + ["latest"]
      throw InputError(
        "there is no run '\(text)' in '\(runsDirectory)'",
        hint: Suggestion.hint(for: text, among: known))
    }
    var notes = matches.prefix(10).map { Diagnostic.note($0, at: nil) }
    if matches.count > 10 { notes.append(.note("and \(matches.count - 10) more", at: nil)) }
    throw InputError([
      Diagnostic(
        .error, "'\(text)' is the start of \(matches.count) runs in '\(runsDirectory)'", at: nil,
        hint: "write more of the name, or 'latest'", notes: notes)
    ])
  }

  private static func names(in runsDirectory: String) throws(InputError) -> [String] {
    do throws(FileError) {
      return try RunCatalog.names(in: runsDirectory)
    } catch {
      throw InputError("\(error)")
    }
  }
}

/// The parts of a run directory's name, `<experiment>-<yyyymmdd-hhmmss>-<6 hex>`.
struct RunName {
  /// The whole name where it has no such parts.
  let experiment: String
  /// `yyyymmdd-hhmmss`, whose order is that of time.
  let time: String?

  init(_ name: String) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, let day = parts.dropLast(2).last, let clock = parts.dropLast().last,
      Self.isNumber(day, digits: 8), Self.isNumber(clock, digits: 6)
    else {
      experiment = name
      time = nil
      return
    }
    experiment = parts.dropLast(3).joined(separator: "-")
    time = "\(day)-\(clock)"
  }

  private static func isNumber(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
