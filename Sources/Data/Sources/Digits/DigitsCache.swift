import DataSchema
import Downloads
import Files

/// Draws the `digits` once and caches them as IDX files.
enum DigitsCache {
  /// SHA-256 of the four files, which are identical on every machine. After a change of `Digits.version`,
  /// update them with `sha256sum` of the files that `runner` draws into the cache.
  static let sha256: [IDXRole: String] = [
    .trainImages: "aeee79896d66f651d51f8b502ee4628c2066010e2a69cd04f67e0e7b30ee5a71",
    .trainLabels: "d29f415a7bb3451d7fe52503a79bb1431a636964092fdc077a9b635e69dc52e9",
    .testImages: "d0d684f2fb4998f68214c2256589a916a894d1e53d1c9c41304eb91b774e71dc",
    .testLabels: "0cafdc4e3c7c9db634be66fd56f8e724788a76ae841409a6368c37cccd7b8e10",
  ]

  /// The folder of the files.
  static func folder(_ environment: DataEnvironment) throws(DataError) -> String {
    guard let cache = environment.cacheFolder else {
      throw DataError(
        path: "digits", reason: "there is no cache folder: set RUNNER_CACHE or HOME")
    }
    return "\(cache)/datasets/digits-v\(Digits.version)"
  }

  static func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let folder = try folder(environment)
    return try await DataError.wrapping {
      try AtomicFile.createFolder(folder)
      return try await acquire(in: folder, progress)
    }
  }

  private static func acquire(
    in folder: String, _ progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    if let found = try await find(folder, progress, origin: .cache) { return found }
    return try await FileLock.withLock(
      at: "\(folder)/lock", waiting: { progress(.waiting(lock: "\(folder)/lock")) }
    ) {
      // Another process may have drawn them while this one waited for the lock.
      if let found = try await find(folder, { _ in }, origin: .cache) { return found }
      progress(.drawing(Digits.trainCount + Digits.testCount))
      try draw(into: folder)
      guard let drawn = try await find(folder, progress, origin: .drawn) else {
        throw DataError(
          path: folder, reason: "the digits drawn on this machine are not the expected ones")
      }
      return drawn
    }
  }

  /// The four files if all of them exist with the expected contents; otherwise `nil`.
  private static func find(
    _ folder: String, _ progress: @Sendable (DownloadProgress) -> Void, origin: DataOrigin
  ) async throws(DataError) -> AcquiredDataset? {
    let paths = IDXRole.allCases.map { "\(folder)/\($0.fileName)" }
    guard paths.allSatisfy(FileSearch.isFile) else { return nil }
    var damaged: DataError?
    let found = try await FileSearch.forEachRole { role throws(DataError) -> String in
      do throws(DataError) {
        return try IDX.inspect(paths[role.rawValue]).sha256
      } catch {
        return "damaged"
      }
    }
    for role in IDXRole.allCases where found[role] != sha256[role] {
      damaged = DataError(path: paths[role.rawValue], reason: "is damaged")
    }
    if let damaged {
      progress(.damaged(damaged))
      return nil
    }
    return AcquiredDataset(name: "digits", origin: origin) { role in
      role.file(paths[role.rawValue], sha256: sha256[role] ?? "")
    }
  }

  private static func draw(into folder: String) throws(DataError) {
    let train = 0..<Digits.trainCount
    let test = Digits.trainCount..<(Digits.trainCount + Digits.testCount)
    for (range, images, labels) in [
      (train, IDXRole.trainImages, IDXRole.trainLabels),
      (test, .testImages, .testLabels),
    ] {
      let drawn = Digits.generate(range)
      try IDX.write(
        IDXArray(shape: [range.count, Digits.height, Digits.width], bytes: drawn.pixels),
        to: "\(folder)/\(images.fileName)")
      try IDX.write(
        IDXArray(shape: [range.count], bytes: drawn.labels), to: "\(folder)/\(labels.fileName)")
    }
  }
}
