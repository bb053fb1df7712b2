import Downloads
import Files
import Glibc

extension PretrainedWeights {
  /// Finds the weights on this machine: in `weights` in the cache, otherwise in the download folder of
  /// PyTorch's hub. The file's hash is verified; a file that fails is skipped and reported to `progress`.
  package func find(
    in folders: LocalFolders, progress: (PretrainedProgress) -> Void = { _ in }
  ) -> FoundWeights? {
    if let folder = Self.cacheFolder(folders) {
      let path = "\(folder)/\(file)"
      switch check(path) {
      case .right(let sha256): return FoundWeights(path: path, sha256: sha256, origin: .cache)
      case .wrong(let reason): progress(.damaged(path: path, reason: reason))
      case .absent: break
      }
    }
    if let folder = Self.hubFolder(folders) {
      let path = "\(folder)/\(file)"
      switch check(path) {
      case .right(let sha256): return FoundWeights(path: path, sha256: sha256, origin: .hub)
      case .wrong(let reason): progress(.passedOver(path: path, reason: reason))
      case .absent: break
      }
    }
    return nil
  }

  /// Finds the weights, or downloads them into the cache. `$RUNNER_WEIGHTS_URL` sets other servers, as base
  /// URLs separated by spaces.
  ///
  /// If several processes need the same file, one downloads it and the others wait. An interrupted download
  /// is kept and resumed by the next one. `progress` is called from any thread.
  ///
  /// - Throws: ``PretrainedError`` of kind `invalid` if the variable is not a URL, or of kind `unavailable`
  ///   if the weights are not available anywhere, after at most 20 seconds without a network;
  ///   `CancellationError` if the task is cancelled.
  package func acquire(
    in folders: LocalFolders, progress: @escaping @Sendable (PretrainedProgress) -> Void
  ) async throws -> FoundWeights {
    let servers = try Self.servers(folders)
    if let found = find(in: folders, progress: progress) { return found }
    guard let folder = Self.cacheFolder(folders) else {
      throw PretrainedError(
        path: file, reason: "there is no folder for downloads: set HOME or RUNNER_CACHE",
        kind: .unavailable)
    }
    do {
      try AtomicFile.createFolder(folder)
      let lock = folder + "/.lock"
      return try await FileLock.withLock(
        at: lock, waiting: { progress(.transfer(.waiting(lock: lock))) }
      ) {
        // The previous holder of the lock may have downloaded the file.
        let path = "\(folder)/\(file)"
        if case .right(let sha256) = check(path) {
          return FoundWeights(path: path, sha256: sha256, origin: .cache)
        }
        return try await download(into: folder, from: servers, folders, progress)
      }
    } catch let error as DownloadError {
      throw PretrainedError(
        path: error.path,
        reason: error.reason
          + "; put \(file) into \(folder) yourself, or set RUNNER_WEIGHTS_URL to a server that has "
          + "it",
        kind: .unavailable)
    } catch let error as FileError {
      throw PretrainedError(path: error.path, reason: error.reason, kind: .unavailable)
    }
  }

  private func download(
    into folder: String, from servers: [String], _ folders: LocalFolders,
    _ progress: @escaping @Sendable (PretrainedProgress) -> Void
  ) async throws -> FoundWeights {
    let transfer = Transfer(
      of: file, into: folder, from: servers, limit: Self.largestFile, patience: patience,
      variables: folders.variables,
      damage: {
        switch check($0) {
        case .right: nil
        case .wrong(let reason): reason
        case .absent: "is missing"
        }
      },
      progress: { progress(.transfer($0)) })
    let path = try await transfer.run()
    return FoundWeights(path: path, sha256: try Digest.hex(ofFile: path), origin: .download)
  }

  private enum Finding {
    case absent
    case wrong(String)
    /// The hash matches; contains the file's SHA-256.
    case right(String)
  }

  /// Reads a file and verifies the start of its hash.
  private func check(_ path: String) -> Finding {
    var status = stat()
    if lstat(path, &status) != 0, errno == ENOENT || errno == ENOTDIR { return .absent }
    do throws(FileError) {
      let sha256 = try Digest.hex(ofFile: path)
      return sha256.hasPrefix(hashStart)
        ? .right(sha256)
        : .wrong("has the SHA-256 \(sha256), expected one that starts with \(hashStart)")
    } catch {
      return .wrong(error.reason)
    }
  }

  static func cacheFolder(_ folders: LocalFolders) -> String? {
    folders.cache.map { $0 + "/weights" }
  }

  /// The download folder of `torch.hub`: in `$TORCH_HOME`, otherwise in `torch` in the user's cache.
  static func hubFolder(_ folders: LocalFolders) -> String? {
    (folders.path("TORCH_HOME") ?? folders.userCache.map { $0 + "/torch" })
      .map { $0 + "/hub/checkpoints" }
  }

  private static func servers(_ folders: LocalFolders) throws(PretrainedError) -> [String] {
    guard let list = folders.value("RUNNER_WEIGHTS_URL") else { return servers }
    let urls = list.split(whereSeparator: \.isWhitespace).map(String.init)
    for url in urls where !url.hasPrefix("https://") && !url.hasPrefix("http://") {
      throw PretrainedError(
        path: "RUNNER_WEIGHTS_URL", reason: "'\(url)' does not begin with https:// or http://",
        kind: .invalid)
    }
    return urls.isEmpty ? servers : urls
  }
}
