/// Recognizes files that hold no arrays in a supported format: common mistakes of users.
enum ArrayFileKind {
  /// Why the file is not supported, worded for users.
  ///
  /// - Parameter start: its first bytes.
  static func fault(_ start: [UInt8]) -> String {
    if start.isEmpty { return "is empty" }
    if start.starts(with: "version https://git-lfs.github.com/".utf8) {
      return "is a Git LFS pointer, not the arrays themselves; run 'git lfs pull' to fetch them"
    }
    for kind in kinds where start.starts(with: kind.magic) { return "is \(kind.fault)" }
    return "holds no arrays: expected .npy, .npz or .safetensors"
  }

  private static let kinds: [(magic: [UInt8], fault: String)] = [
    ([0x80], "a pickle, which could run any code and is not read; save it with numpy.save"),
    ([0x1F, 0x8B], "compressed with gzip; unpack it first"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "compressed with xz; unpack it first"),
    ([0x42, 0x5A, 0x68], "compressed with bzip2; unpack it first"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd; unpack it first"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file; save its data sets with numpy.savez"),
    (Array("MATLAB 5.0".utf8), "a MATLAB file; save scipy.io.loadmat's arrays with numpy.savez"),
    (Array("PAR1".utf8), "a Parquet file; save its columns with numpy.savez, or write CSV"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
  ]
}
