import Crypto
import Dispatch
import Files
import Glibc
import Synchronization

/// An entry's file, complete or not, open and locked.
final class FeatureFile {
  let file: LockedFile
  let header: FeatureHeader
  var layout: FeatureLayout { header.layout }

  init(_ file: LockedFile, _ header: FeatureHeader) {
    self.file = file
    self.header = header
  }

  /// The file's header.
  ///
  /// - Returns: `nil` if it has none, if it belongs to another key, or if the file's length contradicts it.
  static func header(of file: LockedFile, key: String) throws(FileError) -> FeatureHeader? {
    let bytes = try read(file, 0..<FeatureLayout.headerBytes)
    guard let header = FeatureHeader(decoding: bytes), header.key == key,
      Int(try file.status().st_size) == header.layout.fileBytes
    else { return nil }
    return header
  }

  /// The number of rows stored so far in a file that another process fills, for display.
  static func storedRows(_ file: LockedFile, _ layout: FeatureLayout) throws(FileError) -> Int {
    let hashes = try hashes(file, layout)
    // A file that was just created may have no header yet.
    let count = hashes.count / FeatureLayout.hashBytes
    return layout.rowCount(where: (0..<count).map { !isMissing(hashes, $0) })
  }

  /// The state of a chunk of rows.
  enum ChunkState: Sendable {
    case good, missing, damaged
  }

  /// Compares each chunk with its hash, on two threads.
  func verify() throws(FileError) -> [ChunkState] {
    let layout = layout
    let hashes = try Self.hashes(file, layout)
    guard hashes.count == FeatureLayout.hashBytes * layout.chunkCount else {
      throw FileError(path: file.path, reason: "was truncated while it was being read")
    }
    let states = Mutex([ChunkState](repeating: .missing, count: layout.chunkCount))
    let failure = Mutex<FileError?>(nil)
    let next = Atomic(0)
    // The threads end before this function returns; they only read.
    nonisolated(unsafe) let file = file
    DispatchQueue.concurrentPerform(iterations: min(2, layout.chunkCount)) { _ in
      let size = layout.dataRange(ofChunk: 0).count
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
      defer { buffer.deallocate() }
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < layout.chunkCount else { return }
        if Self.isMissing(hashes, chunk) { continue }
        let range = layout.dataRange(ofChunk: chunk)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<range.count])
        do throws(FileError) {
          let isWhole = try file.read(at: range.lowerBound, into: part) == range.count
          let start = chunk * FeatureLayout.hashBytes
          let expected = hashes[start..<start + FeatureLayout.hashBytes]
          let isGood = isWhole && Self.hash(UnsafeRawBufferPointer(part)).elementsEqual(expected)
          states.withLock { $0[chunk] = isGood ? .good : .damaged }
        } catch {
          failure.withLock { $0 = error }
          return
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return states.withLock { $0 }
  }

  /// Stores the rows of a chunk and then their hash, so that a hash always belongs to complete rows.
  ///
  /// - Returns: 0, or the error number.
  func write(_ values: [Float], chunk: Int) -> Int32 {
    values.withUnsafeBytes { bytes in
      let code = file.write(bytes, at: layout.dataRange(ofChunk: chunk).lowerBound)
      guard code == 0 else { return code }
      return Array(Self.hash(bytes)).withUnsafeBytes {
        file.write($0, at: layout.hashOffset(ofChunk: chunk))
      }
    }
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var hasher = SHA256()
    hasher.update(bufferPointer: bytes)
    return hasher.finalize()
  }

  private static func hashes(
    _ file: LockedFile, _ layout: FeatureLayout
  ) throws(FileError) -> [UInt8] {
    try read(file, FeatureLayout.headerBytes..<layout.dataOffset)
  }

  private static func isMissing(_ hashes: [UInt8], _ chunk: Int) -> Bool {
    let start = chunk * FeatureLayout.hashBytes
    return hashes[start..<start + FeatureLayout.hashBytes].allSatisfy { $0 == 0 }
  }

  /// The bytes at `range`, as far as the file has them.
  private static func read(
    _ file: LockedFile, _ range: Range<Int>
  ) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(FileError) {
        count = try file.read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        count = 0
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
