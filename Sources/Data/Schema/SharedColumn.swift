/// The first input of all examples, row after row, in memory that processes share and none of them may write.
package struct SharedColumn: Sendable {
  /// Valid as long as ``owner`` exists: bytes of images, or numbers as float32.
  package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  package let owner: any AnyObject & Sendable

  package init(_ bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.bytes = bytes
    self.owner = owner
  }

  /// The rows of the first examples.
  ///
  /// - Parameters:
  ///   - part: the number of these examples.
  ///   - count: the number of all.
  func first(_ part: Int, of count: Int) -> SharedColumn {
    let size = count == 0 ? 0 : bytes.count / count
    return SharedColumn(UnsafeRawBufferPointer(rebasing: bytes[..<(part * size)]), owner: owner)
  }
}
