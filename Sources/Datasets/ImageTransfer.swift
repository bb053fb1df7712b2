/// Brings files of one data set from its mirrors into the cache. The caller holds the cache's lock.
struct ImageTransfer {
  let images: DownloadableImages
  /// Exists.
  let folder: String
  /// Base URLs, tried in this order.
  let mirrors: [String]
  let curl: Curl
  let progress: @Sendable (DownloadProgress) -> Void

  /// A mirror is asked again so often after transfers that broke off but brought something.
  private static let attemptsAfterProgress = 4

  /// Downloads `role`'s file, checks it and puts it into the folder.
  ///
  /// Throws a `DataError` that lists each mirror with its error; what has come is kept then.
  func fetch(_ role: ImageFileRole) async throws -> ImageFile {
    let name = role.fileName + ".gz"
    let destination = "\(folder)/\(name)"
    let part = try PartialFile(path: destination + ".part")
    defer { part.removeIfEmpty() }
    if part.size > images.largestFile { try part.clear() }
    // A process may have died between the last byte and the new name.
    if part.size > 0, (try? images.check(part.path, role)) != nil {
      return try publish(part, destination, role)
    }
    var failures: [String] = []
    var patienceLeft = images.patience.total
    for mirror in mirrors {
      let url = (mirror.hasSuffix("/") ? mirror : mirror + "/") + name
      if let failure = try await fetch(url, role, name, part, &patienceLeft) {
        progress(.failed(url: url, reason: failure))
        failures.append("\(url): \(failure)")
      } else {
        return try publish(part, destination, role)
      }
    }
    throw DataError(
      path: destination,
      reason: "cannot be downloaded (\(failures.joined(separator: "; "))); set RUNNER_DATA to a"
        + " folder that holds \(images.name)'s files to do without a download")
  }

  /// Fills `part` from `url`; returns nil once it is `role`'s file, and why not otherwise.
  private func fetch(
    _ url: String, _ role: ImageFileRole, _ name: String, _ part: PartialFile,
    _ patienceLeft: inout Duration
  ) async throws -> String? {
    var attempts = 0
    while true {
      guard patienceLeft > .milliseconds(100) else {
        return "not tried, no mirror has answered so far"
      }
      let offset = part.size
      progress(.started(file: name, url: url))
      var last = ContinuousClock.now
      let outcome = try await curl.fetch(
        url, into: part, limit: images.largestFile,
        patience: min(images.patience.attempt, patienceLeft)
      ) { bytes, total in
        last = .now
        progress(.received(file: name, bytes: bytes, total: total))
      }
      patienceLeft -= last.duration(to: .now)
      switch outcome {
      case .complete:
        guard let damage = damage(part, role) else { return nil }
        try part.clear()
        // Two mirrors may have packed the same file differently, so that halves do not fit.
        guard offset > 0 else { return "sent a wrong file, which \(damage.reason)" }
      case .cannotResume:
        try part.clear()
      case .failed(let reason):
        attempts += 1
        guard part.size > offset, attempts < Self.attemptsAfterProgress else { return reason }
        progress(.failed(url: url, reason: reason))
      case .notInstalled:
        throw DataError(
          path: "\(folder)/\(name)",
          reason: "cannot be downloaded, for curl is not installed: `sudo apt-get install curl`"
            + " installs it; or set RUNNER_DATA to a folder that holds \(images.name)'s files")
      }
    }
  }

  private func damage(_ part: PartialFile, _ role: ImageFileRole) -> DataError? {
    do throws(DataError) {
      _ = try images.check(part.path, role)
      return nil
    } catch {
      return error
    }
  }

  private func publish(
    _ part: PartialFile, _ destination: String, _ role: ImageFileRole
  ) throws(DataError) -> ImageFile {
    try part.publish(as: destination)
    return try images.check(destination, role)
  }
}
