import DataSchema
import Downloads
import Files
import Glibc

/// IDX files in the cache that were made once from a published archive. The archive is verified by its published
/// hash when they are made; from then on they are verified by the hashes that were recorded beside them, in the
/// form of `sha256sum`.
struct ConvertedFiles: Sendable {
  /// The data set, for messages.
  let dataset: String
  /// Where the files and their list are.
  let folder: String
  /// The names of all files.
  let names: [String]
  /// The files that the data set consists of; others may belong to the same archive with other settings.
  let roles: [IDXRole: String]
  /// The name of the list of hashes.
  let list: String

  /// Puts an IDX file of this name into the folder.
  typealias Writer = (String, IDXArray) throws(DataError) -> Void

  /// The files as an acquired data set: those that are there, else new ones.
  ///
  /// - Parameter convert: writes all files and says where their source was found. It runs under the
  ///   folder's lock; a second process waits and then finds the files.
  /// - Throws: errors of `convert`; ``DataError`` of kind `unavailable` if the folder cannot be used.
  func acquire(
    progress: @escaping @Sendable (DownloadProgress) -> Void,
    convert: (Writer) async throws -> DataOrigin
  ) async throws -> AcquiredDataset {
    do {
      if let found = try await find(progress) { return dataset(found, .cache) }
      try AtomicFile.createFolder(folder)
      let lock = "\(folder)/.lock"
      return try await FileLock.withLock(at: lock, waiting: { progress(.waiting(lock: lock)) }) {
        if let found = try await find({ _ in }) { return dataset(found, .cache) }
        // Without its list a file that is about to be replaced is not taken for a finished one.
        unlink("\(folder)/\(list)")
        let origin = try await convert { name, array throws(DataError) in
          try DataError.inCache { () throws(DataError) in
            try IDX.write(array, to: "\(folder)/\(name)")
          }
        }
        var sums: [String: String] = [:]
        for name in names {
          sums[name] = try DataError.inCache { () throws(DataError) in
            try IDX.inspect("\(folder)/\(name)").sha256
          }
        }
        let text = names.map { "\(sums[$0] ?? "")  \($0)\n" }.joined()
        try AtomicFile.write(text, to: "\(folder)/\(list)")
        return dataset(roles.mapValues { sums[$0] ?? "" }, origin)
      }
    } catch let error as FileError {
      throw DataError(path: error.path, reason: error.reason, kind: .unavailable)
    }
  }

  private func dataset(_ sums: [IDXRole: String], _ origin: DataOrigin) -> AcquiredDataset {
    AcquiredDataset(name: dataset, origin: origin) { role in
      role.file(path(role), sha256: sums[role] ?? "")
    }
  }

  private func path(_ role: IDXRole) -> String { "\(folder)/\(roles[role] ?? "")" }

  /// The hashes of the files if all of them are there and as they were when they were made; else `nil`.
  private func find(
    _ progress: @Sendable (DownloadProgress) -> Void
  ) async throws(DataError) -> [IDXRole: String]? {
    guard FileSearch.isFile("\(folder)/\(list)") else { return nil }
    let recorded = try recorded()
    var damaged: DataError?
    let found = try await FileSearch.forEachRole {
      role throws(DataError) -> Result<String, DataError> in
      do throws(DataError) {
        return .success(try IDX.inspect(path(role)).sha256)
      } catch {
        return .failure(error)
      }
    }
    var sums: [IDXRole: String] = [:]
    for role in IDXRole.allCases {
      switch found[role] {
      case .success(let sum) where sum == recorded[roles[role] ?? ""]: sums[role] = sum
      case .failure(let error): damaged = error
      default:
        damaged = DataError(path: path(role), reason: "does not match \(list) in its folder")
      }
    }
    guard let damaged else { return sums }
    progress(.damaged(damaged))
    return nil
  }

  /// The hashes in the list, by the name of the file; lines of another form are ignored, so that the file they
  /// belong to counts as damaged.
  private func recorded() throws(DataError) -> [String: String] {
    let bytes = try DataError.inCache { () throws(DataError) in
      try DataError.wrap { () throws(FileError) in
        try FileReading.bytes(of: "\(folder)/\(list)", limit: 1 << 16)
      }
    }
    var sums: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "  ", maxSplits: 1)
      if parts.count == 2 { sums[String(parts[1])] = String(parts[0]) }
    }
    return sums
  }
}

extension DataError {
  /// Runs `body`, whose errors are about the cache and thus no fault of a file that the user named.
  static func inCache<Value>(_ body: () throws(DataError) -> Value) throws(DataError) -> Value {
    do throws(DataError) {
      return try body()
    } catch {
      throw DataError(path: error.path, reason: error.reason, kind: .unavailable)
    }
  }
}
