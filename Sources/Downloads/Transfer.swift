import Files

/// How long a download waits for a server that says nothing.
package struct Patience: Sendable {
  /// In one attempt.
  package let attempt: Duration
  /// In all attempts for one file together.
  package let total: Duration

  /// As standard, 'not available' comes well within 20 seconds where there is no network, and each
  /// of two mirrors gets its chance.
  package init(attempt: Duration = .seconds(6), total: Duration = .seconds(15)) {
    self.attempt = attempt
    self.total = total
  }
}

/// What happens while a file is downloaded; the description is for a person.
package enum TransferProgress: Hashable, Sendable, CustomStringConvertible {
  /// Another process is downloading; its lock is the file named.
  case waiting(lock: String)
  /// A transfer of `file` from `url` begins or goes on.
  case started(file: String, url: String)
  /// `bytes` of `file` are here, of `total` where the server said how many there are.
  case received(file: String, bytes: Int, total: Int?)
  /// `url` did not give the file; the next mirror is tried, or the same one again.
  case failed(url: String, reason: String)

  package var description: String {
    switch self {
    case .waiting(let lock): "another process is downloading, waiting for it (\(lock))"
    case .started(let file, let url): "downloading \(file) from \(url)"
    case .received(let file, let bytes, let total):
      "\(file): \(bytes)\(total.map { " of \($0)" } ?? "") bytes"
    case .failed(let url, let reason): "\(url): \(reason)"
    }
  }
}

/// Why a file could not be brought from any mirror.
package struct DownloadError: Error, Hashable, Sendable {
  /// Where it should have come to lie.
  package let path: String
  /// What is wrong, without the path, without a full stop.
  package let reason: String
  /// That there is no `curl` on this machine.
  package let lacksCurl: Bool
}

/// Brings one file from its mirrors into a folder: it goes on where an earlier transfer broke off, and
/// nobody sees the file before it is complete and right. The caller holds the folder's lock.
package struct Transfer {
  /// Of the file, in the folder and behind each mirror's URL.
  let name: String
  /// Exists.
  let folder: String
  /// Base URLs, tried in this order.
  let mirrors: [String]
  /// No file is longer than this many bytes.
  let limit: Int
  let patience: Patience
  let curl: Curl
  /// What is wrong with the finished file at a path, in words that follow 'which'; nothing if it is
  /// the one that is wanted.
  let damage: (String) -> String?
  let progress: @Sendable (TransferProgress) -> Void

  /// - Parameters:
  ///   - variables: The environment that `curl` runs in.
  ///   - damage: What is wrong with the finished file at a path, in words that follow 'which', or nil.
  package init(
    of name: String, into folder: String, from mirrors: [String], limit: Int, patience: Patience,
    variables: [String: String], damage: @escaping (String) -> String?,
    progress: @escaping @Sendable (TransferProgress) -> Void
  ) {
    self.name = name
    self.folder = folder
    self.mirrors = mirrors
    self.limit = limit
    self.patience = patience
    curl = Curl(variables: variables)
    self.damage = damage
    self.progress = progress
  }

  /// A mirror is asked again so often after transfers that broke off but brought something.
  private static let attemptsAfterProgress = 4

  /// Downloads the file, checks it and puts it into the folder.
  ///
  /// - Returns: its path.
  /// - Throws: ``DownloadError`` that lists each mirror with its error; what has come is kept then.
  ///   `FileError` where the folder cannot be written, `CancellationError` where the task is cancelled.
  package func run() async throws -> String {
    let destination = "\(folder)/\(name)"
    let part = try PartialFile(path: destination + ".part")
    defer { part.removeIfEmpty() }
    if part.size > limit { try part.clear() }
    // A process may have died between the last byte and the new name.
    if part.size > 0, damage(part.path) == nil {
      try part.publish(as: destination)
      return destination
    }
    var failures: [String] = []
    var patienceLeft = patience.total
    for mirror in mirrors {
      let url = (mirror.hasSuffix("/") ? mirror : mirror + "/") + name
      if let failure = try await fetch(url, part, &patienceLeft) {
        progress(.failed(url: url, reason: failure))
        failures.append("\(url): \(failure)")
      } else {
        try part.publish(as: destination)
        return destination
      }
    }
    throw DownloadError(
      path: destination, reason: "cannot be downloaded (\(failures.joined(separator: "; ")))",
      lacksCurl: false)
  }

  /// Fills `part` from `url`; returns nil once it is the file wanted, and why not otherwise.
  private func fetch(
    _ url: String, _ part: PartialFile, _ patienceLeft: inout Duration
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
        url, into: part, limit: limit, patience: min(patience.attempt, patienceLeft)
      ) { bytes, total in
        last = .now
        progress(.received(file: name, bytes: bytes, total: total))
      }
      patienceLeft -= last.duration(to: .now)
      switch outcome {
      case .complete:
        guard let damage = damage(part.path) else { return nil }
        try part.clear()
        // Two mirrors may have packed the same file differently, so that halves do not fit.
        guard offset > 0 else { return "sent a wrong file, which \(damage)" }
      case .cannotResume:
        try part.clear()
      case .failed(let reason):
        attempts += 1
        guard part.size > offset, attempts < Self.attemptsAfterProgress else { return reason }
        progress(.failed(url: url, reason: reason))
      case .notInstalled:
        throw DownloadError(
          path: "\(folder)/\(name)",
          reason: "cannot be downloaded, for curl is not installed: `sudo apt-get install curl`"
            + " installs it",
          lacksCurl: true)
      }
    }
  }
}
