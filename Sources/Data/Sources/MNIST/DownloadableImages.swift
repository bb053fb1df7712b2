import DataSchema
import Downloads
import Files
import Glibc

/// A published data set in MNIST's layout whose files are verified by hash.
package struct DownloadableImages: Sendable {
  /// The name in messages and of the data set's folder.
  package let name: String
  package let target: DataField
  package let checksums: Checksums
  /// Folders that may contain the files, relative to the user's data folder.
  package let folders: [String]
  /// The maximum file size in bytes, compressed or not.
  package let largestFile: Int
  package let patience: Patience

  /// The known SHA-256 hashes of the files, in hexadecimal.
  package enum Checksums: Sendable {
    /// Hashes of the uncompressed files.
    case contents([IDXRole: String])
    /// Hashes of the published gzip files; uncompressed copies cannot be verified then.
    case archives([IDXRole: String])
  }

  /// - Parameter folders: by default, a folder with the data set's name and the user's data folder itself.
  package init(
    name: String, target: DataField, checksums: Checksums, folders: [String]? = nil,
    largestFile: Int, patience: Patience = Patience()
  ) {
    self.name = name
    self.target = target
    self.checksums = checksums
    self.folders = folders ?? [name, "."]
    self.largestFile = largestFile
    self.patience = patience
  }

  /// Reads the file at `path` and throws if it is not `role`'s file.
  func check(_ path: String, _ role: IDXRole) throws(DataError) -> DataFile {
    func compare(_ found: String, _ expected: String?, _ what: String) throws(DataError) {
      if found == expected { return }
      throw DataError(
        path: path,
        reason: "is not \(name)'s \(role.fileName): the SHA-256 of \(what) is \(found)"
          + (expected.map { ", expected \($0)" } ?? ""))
    }
    if case .archives(let sums) = checksums {
      let found = try DataError.wrap { () throws(FileError) in try Digest.hex(ofFile: path) }
      try compare(found, sums[role], "the compressed file")
    }
    let found = try IDX.inspect(path, limit: largestFile).sha256
    if case .contents(let sums) = checksums { try compare(found, sums[role], "its contents") }
    return role.file(path, sha256: found)
  }

  /// Finds the four files in `$RUNNER_DATA` and the cache, and downloads missing ones; see `MNIST.acquire`.
  package func acquire(
    environment: DataEnvironment, mirrors: [String],
    progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    if let folder = environment.dataFolder, !FileSearch.isFolder(folder) {
      progress(.noDataFolder(folder))
    }
    let results = try await search(environment)
    var files = results.compactMapValues(\.file)
    var origin = DataOrigin.folder
    if results.values.contains(where: { $0.isInCache }) { origin = .cache }
    let missing = IDXRole.allCases.filter { files[$0] == nil }
    if !missing.isEmpty {
      let downloaded = try await download(missing, environment, mirrors, progress)
      files.merge(downloaded.files) { $1 }
      origin = downloaded.any ? .download : .cache
    }
    return AcquiredDataset(
      name: name, files: IDXRole.allCases.compactMap { files[$0] }, origin: origin)
  }

  /// The data set if all of it is on this machine; `nil` if it would have to be downloaded.
  package func find(environment: DataEnvironment) async throws(DataError) -> AcquiredDataset? {
    let results = try await search(environment)
    guard results.values.allSatisfy({ $0.file != nil }) else { return nil }
    let isInCache = results.values.contains { $0.isInCache }
    return AcquiredDataset(
      name: name, files: IDXRole.allCases.compactMap { results[$0]?.file },
      origin: isInCache ? .cache : .folder)
  }

  /// Downloads missing files into the cache. Returns all files, and whether any was downloaded by this call.
  private func download(
    _ roles: [IDXRole], _ environment: DataEnvironment, _ mirrors: [String],
    _ progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> (files: [IDXRole: DataFile], any: Bool) {
    guard let folder = cacheFolder(environment) else {
      throw DataError(
        path: name, reason: "there is no folder for downloads: set HOME or RUNNER_CACHE",
        kind: .unavailable)
    }
    do {
      try AtomicFile.createFolder(folder)
      let lock = folder + "/.lock"
      return try await FileLock.withLock(at: lock, waiting: { progress(.waiting(lock: lock)) }) {
        var files: [IDXRole: DataFile] = [:]
        var any = false
        for role in roles {
          // The previous holder of the lock may have downloaded the file.
          let result = try find(role, environment)
          if let file = result.file {
            files[role] = file
            continue
          }
          for damage in result.damaged { progress(.damaged(damage)) }
          files[role] = try await fetch(
            role, into: folder, from: mirrors, variables: environment.variables,
            progress: progress)
          any = true
          for damage in result.damaged
          where damage.path != files[role]?.path && Self.isReadable(damage.path) {
            unlink(damage.path)  // else it would be found, and found damaged, every time
          }
        }
        return (files, any)
      }
    } catch let error as FileError {
      throw DataError(path: error.path, reason: error.reason, kind: .unavailable)
    } catch let error as DataError {
      // An error in the cache never concerns a file that the user named, so other data may replace it.
      throw DataError(path: error.path, reason: error.reason, kind: .unavailable)
    }
  }

  /// Whether a file can be read to its end. If not, it is unknown whether its contents are wrong.
  private static func isReadable(_ path: String) -> Bool {
    do throws(FileError) {
      _ = try Digest.hex(ofFile: path)
      return true
    } catch {
      return false
    }
  }

  private func cacheFolder(_ environment: DataEnvironment) -> String? {
    environment.cacheFolder.map { "\($0)/datasets/\(name)" }
  }
}

extension DownloadableImages {
  /// The result of searching for one file.
  private struct SearchResult: Sendable {
    var file: DataFile?
    var isInCache = false
    /// Errors of damaged files in the cache, which were skipped.
    var damaged: [DataError] = []
  }

  /// The suffixes of file names that can be verified.
  private var suffixes: [String] {
    if case .archives = checksums { [".gz"] } else { ["", ".gz"] }
  }

  private func search(
    _ environment: DataEnvironment
  ) async throws(DataError) -> [IDXRole: SearchResult] {
    try await FileSearch.forEachRole { role throws(DataError) in try find(role, environment) }
  }

  /// Searches for `role`'s file. A wrong file in the user's folder is an error, because the user wants it
  /// to be used; a wrong file in the cache is skipped.
  private func find(
    _ role: IDXRole, _ environment: DataEnvironment
  ) throws(DataError) -> SearchResult {
    var result = SearchResult()
    if let folder = environment.dataFolder {
      let folders = folders.map { $0 == "." ? folder : "\(folder)/\($0)" }
      if let path = try FileSearch.candidates(role, in: folders, suffixes: suffixes).first {
        result.file = try check(path, role)
        return result
      }
      // Under another name, as in repackaged data sets.
      for folder in folders where FileSearch.isFolder(folder) {
        let named = try FileSearch.named(
          in: folder, subfolders: false, suffixes: suffixes
        ) { name in
          name.prefix.isEmpty || name.prefix == self.name.split(separator: "_").map(String.init)
        }
        if let path = named[role] {
          result.file = try check(path, role)
          return result
        }
      }
    }
    guard let folder = cacheFolder(environment) else { return result }
    for path in try FileSearch.candidates(role, in: [folder], suffixes: suffixes) {
      do throws(DataError) {
        result.file = try check(path, role)
        result.isInCache = true
        return result
      } catch {
        result.damaged.append(error)
      }
    }
    return result
  }
}
