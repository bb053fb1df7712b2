import DataSchema

/// What the first bytes of a file say about it.
enum TextBeginning {
  private static let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Formats that are no text, by their first bytes.
  private static let others: [(start: [UInt8], what: String)] = [
    (
      [0xFF, 0xFE, 0, 0],
      "is UTF-32 text; convert it, for instance with `iconv -f UTF-32 -t UTF-8 IN > OUT`"
    ),
    (
      [0xFF, 0xFE],
      "is UTF-16 text; convert it, for instance with `iconv -f UTF-16 -t UTF-8 IN > OUT`"
    ),
    (
      [0xFE, 0xFF],
      "is UTF-16 text; convert it, for instance with `iconv -f UTF-16 -t UTF-8 IN > OUT`"
    ),
    (Array("PK\u{3}\u{4}".utf8), "is a ZIP archive or an Excel workbook; expected CSV or TSV"),
    ([0xD0, 0xCF, 0x11, 0xE0], "is an old Excel workbook; expected CSV or TSV"),
    (Array("PAR1".utf8), "is a Parquet file; expected CSV or TSV"),
    (Array("ARROW1".utf8), "is an Arrow file; expected CSV or TSV"),
    (Array("SQLite format 3".utf8), "is an SQLite database; expected CSV or TSV"),
    ([0x28, 0xB5, 0x2F, 0xFD], "is compressed with Zstandard; unpack it, or use gzip"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "is compressed with xz; unpack it, or use gzip"),
    (Array("BZh".utf8) + [0x39, 0x31], "is compressed with bzip2; unpack it, or use gzip"),
  ]

  /// The length of UTF-8's byte order mark, 0 if there is none.
  ///
  /// - Throws: `DataError` if these are the first bytes of another format.
  static func length(of bytes: UnsafeBufferPointer<UInt8>, path: String) throws(DataError) -> Int {
    if bytes.isEmpty { throw DataError(path: path, reason: "is empty") }
    for (start, what) in others where bytes.starts(with: start) {
      throw DataError(path: path, reason: what)
    }
    return bytes.starts(with: utf8Mark) ? utf8Mark.count : 0
  }
}
