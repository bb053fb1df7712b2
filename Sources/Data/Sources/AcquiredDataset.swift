import DataSchema
import Files

/// Where a data set's files were found.
package enum DataOrigin: String, Sendable, Codable, CaseIterable {
  /// In the folder that the user named, in the experiment or by `$RUNNER_DATA`.
  case folder
  /// In the cache, from an earlier download.
  case cache
  /// Nowhere, so that at least one file was downloaded just now.
  case download
  /// Drawn by this program just now.
  case drawn
}

/// A data set on this machine: files that have been read through once and found right. Opening it later
/// gives the same examples, or says that the files changed.
package struct AcquiredDataset: Hashable, Sendable {
  /// The data set's name in messages and records.
  package let name: String
  /// In the order that the data set's definition gives them.
  package let files: [DataFile]
  package let origin: DataOrigin

  package init(name: String, files: [DataFile], origin: DataOrigin) {
    self.name = name
    self.files = files
    self.origin = origin
  }

  /// SHA-256, in hexadecimal, of the hashes of all files in hexadecimal, each followed by a line feed. It
  /// depends on the contents alone, not on where or how they lie.
  package var fingerprint: String {
    Digest.hex(of: files.map { $0.sha256 + "\n" }.joined().utf8)
  }

  /// The file that the inputs of a split are identified by; `nil` if no file has them.
  package func inputs(_ split: DataSplit) -> DataFile? {
    file(split, .inputs) ?? file(split, .examples)
  }

  /// The file with the inputs or targets of a split; `nil` if no file has them.
  package func file(_ split: DataSplit, _ contents: DataFile.Contents) -> DataFile? {
    files.first { $0.split == split && $0.contents == contents }
  }
}
