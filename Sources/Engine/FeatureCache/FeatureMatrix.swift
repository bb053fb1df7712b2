import Files
import Glibc

/// A stored matrix of 32-bit floats, [rows, width], mapped into memory read-only. While it exists, no process
/// evicts it from the store; if its file is deleted by hand, it stays readable.
package final class FeatureMatrix: Sendable {
  package let rows: Int
  package let width: Int

  private nonisolated(unsafe) let mapping: UnsafeMutableRawPointer
  private nonisolated(unsafe) let values: UnsafePointer<Float>
  private let mappedBytes: Int
  /// Holds the shared lock until this object is released.
  private nonisolated(unsafe) let file: LockedFile

  /// - Parameter file: a file of the layout's length, with a shared lock.
  init(_ file: LockedFile, _ layout: FeatureLayout) throws(FileError) {
    mappedBytes = layout.fileBytes
    guard
      let start = mmap(nil, mappedBytes, PROT_READ, MAP_SHARED, file.descriptor, 0),
      start != MAP_FAILED
    else { throw FileError(path: file.path, attempt: "map it into memory", code: errno) }
    mapping = start
    values = UnsafePointer(
      (start + layout.dataOffset).bindMemory(to: Float.self, capacity: layout.rows * layout.width))
    rows = layout.rows
    width = layout.width
    self.file = file
  }

  deinit { munmap(mapping, mappedBytes) }

  /// Copies rows in the order of `indices`.
  ///
  /// - Parameter buffer: space for `indices.count × width` values, all of which are written.
  /// - Throws: ``FeatureStoreError`` if a row does not exist or the buffer has the wrong size.
  package func gather(
    _ indices: some Collection<Int>, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws(FeatureStoreError) {
    let (count, overflows) = indices.count.multipliedReportingOverflow(by: width)
    guard !overflows, buffer.count == count else {
      throw .wrongBuffer(expected: overflows ? .max : count, found: buffer.count)
    }
    guard var target = buffer.baseAddress else { return }
    for row in indices {
      guard row >= 0, row < rows else { throw .wrongRow(row, rows: rows) }
      target.update(from: values + row * width, count: width)
      target += width
    }
  }

  /// The values of one row.
  package func row(_ index: Int) throws(FeatureStoreError) -> [Float] {
    guard index >= 0, index < rows else { throw .wrongRow(index, rows: rows) }
    return [Float](UnsafeBufferPointer(start: values + index * width, count: width))
  }

  /// Passes all values, row after row, to `body`; they are valid during the call only.
  package func withValues<Value>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeBufferPointer(start: values, count: rows * width))
  }
}
