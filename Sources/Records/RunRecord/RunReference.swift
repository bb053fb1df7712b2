import Diagnostics
import Files
import Glibc

/// A user's reference to a run: a directory, the unique prefix of its name, a tag, `latest`,
/// `latest~2`, or a trial of a sweep, `sweep/3` or `sweep/best`.
package enum RunReference {
  /// The run that `text` refers to.
  ///
  /// - Parameter runsDirectory: where names and `latest` are looked up.
  /// - Throws: ``InputError`` that lists the candidates, or suggests the nearest one.
  package static func resolve(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory {
    if text.isEmpty { throw InputError("the name of a run is empty") }
    if text.utf8.contains(0) { throw InputError("the name of a run cannot contain a NUL byte") }
    if let steps = try stepsBack(text) { return try latest(steps, in: runsDirectory) }
    if let run = try directory(text) { return run }
    if text.contains("/") {
      if let run = try trial(text, in: runsDirectory) { return run }
      if let run = try part(text, in: runsDirectory) { return run }
      throw InputError("there is no run directory '\(text)'")
    }
    return try named(text, in: runsDirectory)
  }

  /// 0 for `latest`, 2 for `latest~2`; `nil` for any other text.
  private static func stepsBack(_ text: String) throws(InputError) -> Int? {
    guard text.hasPrefix("latest"), !text.contains("/") else { return nil }
    let rest = text.dropFirst("latest".count)
    if rest.isEmpty { return 0 }
    guard rest.first == "~" else { return nil }
    let digits = rest.dropFirst()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let steps = Int(digits)
    else {
      throw InputError(
        "'\(text)' is not a run: 'latest~' must be followed by a number, such as 'latest~1'")
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

  /// The run directory at this path; `nil` if there is no such folder.
  private static func directory(_ text: String) throws(InputError) -> RunDirectory? {
    let path = withoutSlash(text)
    guard RunCatalog.isFolder(path) else { return nil }
    if RunCatalog.isRun(path) { return RunDirectory(path: path) }
    // A folder that happens to share the run's name does not hide the run.
    if !text.contains("/"), text != ".", text != ".." { return nil }
    if SweepCatalog.isSweep(path) { throw isSweep(path, text) }
    throw InputError("'\(path)' is not a run directory: it has no run.json")
  }

  private static func isSweep(_ path: String, _ text: String) -> InputError {
    let name = withoutSlash(text)
    return InputError(
      "'\(path)' is a sweep, not a run", hint: "give one of its trials: \(name)/best or \(name)/1")
  }

  /// A trial such as `sweep/3` or `sequential-sweep-20261123/best`: of the newest sweep, or of the
  /// one whose name starts that way.
  ///
  /// - Returns: `nil` if the text does not refer to a trial.
  private static func trial(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory? {
    guard let slash = text.lastIndex(of: "/"), slash != text.startIndex else { return nil }
    let place = String(text[..<slash])
    let word = text[text.index(after: slash)...]
    guard word == "best" || (Int(word) ?? 0) > 0 else { return nil }
    guard let sweep = try sweep(place, in: runsDirectory) else { return nil }
    let number: Int
    if let given = Int(word) {
      number = given
    } else {
      let table = SweepCatalog.table(of: sweep)
      guard let best = table?.best else { throw hasNoBest(sweep, table) }
      number = best.trial
    }
    // A folder that cannot be listed does not contain the trial either.
    if let run = try? SweepCatalog.trial(number, of: sweep) { return run }
    throw InputError("trial \(number) of '\(sweep)' has not started, or does not exist")
  }

  /// A fold or a seed of a run, such as `latest/fold-1` or `cnn-20261123/seed-43`.
  ///
  /// - Returns: `nil` if the text does not refer to one.
  private static func part(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory? {
    let path = withoutSlash(text)
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
    let word = path[path.index(after: slash)...]
    let place = String(path[..<slash])
    guard RunParts.kind(word) != nil else { return nil }
    let run = try resolve(place, in: runsDirectory)
    if RunCatalog.isRun(run.file(String(word))) { return run.part(String(word)) }
    let parts = RunParts.all(of: run).map(\.name)
    throw InputError(
      "'\(run.path)' has no part '\(word)'",
      hint: parts.isEmpty
        ? "it is a single training"
        : Suggestion.hint(for: String(word), among: parts)
          ?? "available: " + parts.joined(separator: ", "))
  }

  private static func hasNoBest(_ sweep: String, _ table: SweepTable?) -> InputError {
    guard let table, table.count("finished") > 0 else {
      return InputError("no trial of '\(sweep)' is finished")
    }
    if !table.isRanked {
      return InputError(
        "the trials of '\(sweep)' have different data, so none is the best",
        hint: "runner show \(sweep) lists them")
    }
    let reason = table.undefined.compactMap(\.reason).first
    return InputError(
      "no trial of '\(sweep)' has a value for \(table.objective.replacing("_", with: " "))",
      hint: reason.map { "trial \(table.undefined[0].trial): \($0)" })
  }

  /// The directory of the sweep that `text` refers to; `nil` if there is none.
  static func sweep(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> String? {
    if SweepCatalog.isSweep(text) { return text }
    if text.contains("/") { return nil }
    let names: [String]
    do throws(FileError) {
      names = try SweepCatalog.names(in: runsDirectory)
    } catch {
      return nil
    }
    // The newest match, since sweeps of one experiment differ only in their time.
    let name = text == "sweep" ? names.first : names.first { $0.hasPrefix(text) }
    return name.map { "\(runsDirectory)/\($0)" }
  }

  private static func named(
    _ text: String, in runsDirectory: String
  ) throws(InputError) -> RunDirectory {
    let names = try names(in: runsDirectory)
    if names.contains(text) { return RunDirectory(path: "\(runsDirectory)/\(text)") }
    let matches = names.filter { $0.hasPrefix(text) }
    if matches.count == 1 { return RunDirectory(path: "\(runsDirectory)/\(matches[0])") }
    if matches.isEmpty {
      if let tagged = try tagged(text, in: runsDirectory) {
        switch tagged {
        case .run(let run): return run
        case .sweep(let path): throw isSweep(path, text)
        }
      }
      if let sweep = try sweep(text, in: runsDirectory) { throw isSweep(sweep, text) }
      let known = names.flatMap { [RunName($0).experiment, $0] } + ["latest"]
      throw InputError(
        "there is no run '\(text)' in '\(runsDirectory)'",
        hint: Suggestion.hint(for: text, among: known))
    }
    var notes = matches.prefix(10).map { Diagnostic.note($0, at: nil) }
    if matches.count > 10 { notes.append(.note("and \(matches.count - 10) more", at: nil)) }
    throw InputError([
      Diagnostic(
        .error, "'\(text)' matches \(matches.count) runs in '\(runsDirectory)'", at: nil,
        hint: "give more of the name, or 'latest'", notes: notes)
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
package struct RunName {
  /// The whole name if it does not have this form.
  package let experiment: String
  /// `yyyymmdd-hhmmss`, which sorts by time.
  package let time: String?

  package init(_ name: String) {
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
