import DataSchema
import Downloads
import Files
import Glibc

/// A published data set in MNIST's layout, whose contents are known by their hashes.
package struct DownloadableImages: Sendable {
  /// In messages, and the name of its folder.
  package let name: String
  package let target: DataField
  package let checksums: Checksums
  /// Where the files may lie in the user's folder, relative to it.
  package let folders: [String]
  /// No file is longer than this many bytes, compressed or not.
  package let largestFile: Int
  package let patience: Patience

  /// What is known of the files: SHA-256, in hexadecimal.
  package enum Checksums: Sendable {
    /// Of the uncompressed files.
    case contents([IDXRole: String])
    /// Of the files as they are published, compressed by gzip; uncompressed copies cannot be checked then.
    case archives([IDXRole: String])
  }

  /// - Parameter folders: if left out, a folder of the data set's name and the user's folder itself.
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

  /// Reads `path` through and throws where it is not `role`'s file.
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

  /// Finds the four files in `$RUNNER_DATA` and the cache and downloads those that are nowhere; see
  /// `MNIST.acquire`.
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

  /// The data set where all of it is on this machine, `nil` if it would be downloaded.
  package func find(environment: DataEnvironment) async throws(DataError) -> AcquiredDataset? {
    let results = try await search(environment)
    guard results.values.allSatisfy({ $0.file != nil }) else { return nil }
    let isInCache = results.values.contains { $0.isInCache }
    return AcquiredDataset(
      name: name, files: IDXRole.allCases.compactMap { results[$0]?.file },
      origin: isInCache ? .cache : .folder)
  }

  /// What is in the cache at last, and whether any of it was `downloaded` by this call.
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
          // Who had the lock before may have brought the file.
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
      // Whatever is wrong with the cache, no file that the user named is: other data may replace it.
      throw DataError(path: error.path, reason: error.reason, kind: .unavailable)
    }
  }

  /// Whether a file can be read to its end; what is wrong with one that cannot is not known.
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
  /// What a search for one file came to.
  private struct SearchResult: Sendable {
    var file: DataFile?
    var isInCache = false
    /// What is wrong with the files in the cache that were passed over.
    var damaged: [DataError] = []
  }

  /// Of the names of files that can be checked.
  private var suffixes: [String] {
    if case .archives = checksums { [".gz"] } else { ["", ".gz"] }
  }

  private func search(
    _ environment: DataEnvironment
  ) async throws(DataError) -> [IDXRole: SearchResult] {
    try await FileSearch.forEachRole { role throws(DataError) in try find(role, environment) }
  }

  /// Looks for `role`'s file. A wrong one in the user's folder is an error, for the user means it to
  /// be used; a wrong one in the cache is passed over.
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
      // Under another name, as others pack the data set.
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
