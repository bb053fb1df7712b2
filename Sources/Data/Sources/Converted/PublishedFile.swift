import Crypto
import DataSchema
import Downloads
import Files
import Glibc
import InputFiles

/// A published file and how it is verified.
struct PublishedFile: Sendable, Hashable {
  /// A hash in hexadecimal.
  enum Checksum: Sendable, Hashable {
    case sha256(String)
    /// Where no other hash is published. It tells damaged and wrong files apart from the right one, but not
    /// files that were made to have the same hash.
    case md5(String)
  }

  let name: String
  let checksum: Checksum

  /// Reads `path` through.
  ///
  /// - Throws: ``DataError`` if it cannot be read or is another file.
  func check(_ path: String, of dataset: String) throws(DataError) {
    let (kind, found, expected): (String, String, String)
    switch checksum {
    case .sha256(let sum):
      (kind, expected) = ("SHA-256", sum)
      found = try DataError.wrap { () throws(FileError) in try Digest.hex(ofFile: path) }
    case .md5(let sum):
      (kind, expected) = ("MD5", sum)
      found = try Self.md5(path)
    }
    guard found != expected else { return }
    throw DataError(
      path: path,
      reason: "is not \(dataset)'s \(name): its \(kind) is \(found), expected \(expected)")
  }

  private static func md5(_ path: String) throws(DataError) -> String {
    let file = try InputFile(path: path)
    var hasher = Insecure.MD5()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = try file.read(into: piece)
      hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<count]))
      if count < piece.count { return hasher.finalize().hexadecimal }
    }
  }

  /// Downloads it into a folder whose lock the caller holds, unless it is there already.
  ///
  /// - Returns: its path.
  /// - Throws: ``DataError`` of kind `unavailable` that lists each mirror with its error; `CancellationError`.
  func download(
    of dataset: String, into folder: String, from mirrors: [String], limit: Int,
    environment: DataEnvironment, patience: Patience = Patience(),
    progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> String {
    let path = "\(folder)/\(name)"
    if FileSearch.isFile(path) {
      guard let damage = damage(path, of: dataset) else { return path }
      progress(.damaged(damage))
      unlink(path)
    }
    let transfer = Transfer(
      of: name, into: folder, from: mirrors, limit: limit, patience: patience,
      variables: environment.variables, damage: { damage($0, of: dataset)?.reason },
      progress: { progress(DownloadProgress($0)) })
    do {
      return try await transfer.run()
    } catch let error as DownloadError {
      let advice =
        (error.lacksCurl ? "; or set" : "; set")
        + " RUNNER_DATA to a folder that holds \(name) to avoid the download"
      throw DataError(path: error.path, reason: error.reason + advice, kind: .unavailable)
    }
  }

  private func damage(_ path: String, of dataset: String) -> DataError? {
    do throws(DataError) {
      try check(path, of: dataset)
      return nil
    } catch {
      return error
    }
  }
}
