import DataSchema

/// One of the files that a data set consists of, found and checked.
package struct DataFile: Hashable, Sendable {
  /// What a file holds of the examples of its split.
  package enum Contents: String, Sendable, Codable, CaseIterable {
    case inputs
    case targets
    /// Both: a folder or an archive of examples. Its hash is that of the split's contents.
    case examples
  }

  /// From the root; the file is gzip-compressed or not.
  package let path: String
  /// Of the uncompressed file, in hexadecimal.
  package let sha256: String
  package let split: DataSplit
  package let contents: Contents

  package init(path: String, sha256: String, split: DataSplit, contents: Contents) {
    self.path = path
    self.sha256 = sha256
    self.split = split
    self.contents = contents
  }
}
