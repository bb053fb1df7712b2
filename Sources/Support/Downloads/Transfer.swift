import Files

/// How long a download waits for a silent server.
package struct Patience: Sendable {
  /// In one attempt.
  package let attempt: Duration
  /// In all attempts for one file together.
  package let total: Duration

  /// With the standard values, 'not available' is reported well within 20 seconds without a network, and each
  /// of two mirrors is tried.
  package init(attempt: Duration = .seconds(6), total: Duration = .seconds(15)) {
    self.attempt = attempt
    self.total = total
  }
}

/// Progress of a download; the description is for users.
package enum TransferProgress: Hashable, Sendable, CustomStringConvertible {
  /// Another process is downloading; it holds the named lock.
  case waiting(lock: String)
  /// A transfer of `file` from `url` starts or resumes.
  case started(file: String, url: String)
  /// `bytes` of `file` have been received, of `total` if the server announced a length.
  case received(file: String, bytes: Int, total: Int?)
  /// `url` did not deliver the file; the next mirror is tried, or the same one again.
  case failed(url: String, reason: String)

  package var description: String {
    switch self {
    case .waiting(let lock):
      "another process is downloading the same file; waiting for it (\(lock))"
    case .started(let file, let url): "downloading \(file) from \(url)"
    case .received(let file, let bytes, let total):
      "\(file): \(bytes)\(total.map { " of \($0)" } ?? "") bytes"
    case .failed(let url, let reason): "\(url): \(reason)"
    }
  }
}

/// Why a file could not be downloaded from any mirror.
package struct DownloadError: Error, Hashable, Sendable {
  /// The intended path of the file.
  package let path: String
  /// The problem, without the path and without a full stop.
  package let reason: String
  /// That there is no `curl` on this machine.
  package let lacksCurl: Bool
}

/// Downloads one file from its mirrors into a folder: resumes earlier transfers, and the file appears only
/// once it is complete and verified. The caller holds the folder's lock.
package struct Transfer {
  /// The file's name, in the folder and at the end of each mirror's URL.
  let name: String
  /// The destination folder, which exists.
  let folder: String
  /// Base URLs, tried in this order.
  let mirrors: [String]
  /// Longer files are rejected.
  let limit: Int
  let patience: Patience
  let curl: Curl
  /// Checks the finished file at a path. Returns the problem as a clause that follows 'which', or
  /// `nil` if the file is valid.
  let damage: (String) -> String?
  let progress: @Sendable (TransferProgress) -> Void

  /// - Parameters:
  ///   - variables: the environment of `curl`.
  ///   - damage: checks the finished file at a path; returns the problem as a clause that follows
  ///     'which', or `nil` if the file is valid.
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

  /// How often a mirror is retried after transfers that broke off but received something.
  private static let attemptsAfterProgress = 4

  /// Downloads the file, verifies it and moves it into the folder.
  ///
  /// - Returns: its path.
  /// - Throws: ``DownloadError`` with each mirror's error; the partial file is kept then. `FileError` if the
  ///   folder cannot be written, `CancellationError` if the task is cancelled.
  package func run() async throws -> String {
    let destination = "\(folder)/\(name)"
    let part = try PartialFile(path: destination + ".part")
    defer { part.removeIfEmpty() }
    if part.size > limit { try part.clear() }
    // A process may have been killed between the last byte and the renaming.
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

  /// Fills `part` from `url`; returns `nil` once it is the expected file, otherwise why it is not.
  private func fetch(
    _ url: String, _ part: PartialFile, _ patienceLeft: inout Duration
  ) async throws -> String? {
    var attempts = 0
    while true {
      guard patienceLeft > .milliseconds(100) else {
        return "not tried, because no mirror has answered so far"
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
        // Two mirrors may have compressed the same file differently, so that the halves do not fit together.
        guard offset > 0 else { return "sent the wrong file, which \(damage)" }
      case .cannotResume:
        try part.clear()
      case .failed(let reason):
        attempts += 1
        guard part.size > offset, attempts < Self.attemptsAfterProgress else { return reason }
        progress(.failed(url: url, reason: reason))
      case .notInstalled:
        throw DownloadError(
          path: "\(folder)/\(name)",
          reason: "cannot be downloaded, because curl is not installed; install it with "
            + "`sudo apt-get install curl`",
          lacksCurl: true)
      }
    }
  }
}
