import DataSchema
import Downloads

extension DownloadableImages {
  /// Downloads `role`'s file from a mirror into the cache folder `folder`, whose lock the caller holds.
  ///
  /// Throws a `DataError` that lists each mirror with its error; partial downloads are kept.
  func fetch(
    _ role: IDXRole, into folder: String, from mirrors: [String],
    variables: [String: String], progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> DataFile {
    let transfer = Transfer(
      of: role.fileName + ".gz", into: folder, from: mirrors, limit: largestFile,
      patience: patience, variables: variables, damage: { damage($0, role)?.reason },
      progress: { progress(DownloadProgress($0)) })
    do {
      return try check(try await transfer.run(), role)
    } catch let error as DownloadError {
      let advice =
        error.lacksCurl
        ? "; or set RUNNER_DATA to a folder that holds \(name)'s files"
        : "; set RUNNER_DATA to a folder that holds \(name)'s files to avoid the download"
      throw DataError(path: error.path, reason: error.reason + advice)
    }
  }

  private func damage(_ path: String, _ role: IDXRole) -> DataError? {
    do throws(DataError) {
      _ = try check(path, role)
      return nil
    } catch {
      return error
    }
  }
}
