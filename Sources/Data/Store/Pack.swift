import CZlib
import Files
import Glibc
import Synchronization

/// A file of the store: the pixels of the examples of a source, each written when it is first needed, by
/// whichever process needs it.
///
/// Examples are read with `pread`: they come from the system's page cache without counting as memory of this
/// process, and a file that is cut short is an error instead of a signal.
final class Pack: Sendable {
  let layout: PackLayout
  /// Holds the shared lock until this object is released.
  private nonisolated(unsafe) let file: LockedFile
  private let states: Mutex<[State]>

  /// What this process knows of an example.
  private enum State: UInt8 {
    case unknown
    /// Its checksum was right.
    case verified
    /// Writing it failed, and is not tried again.
    case unwritable
  }

  /// - Parameter file: initialised, with a shared lock.
  init(_ file: LockedFile, _ layout: PackLayout) {
    self.file = file
    self.layout = layout
    states = Mutex(Array(repeating: .unknown, count: layout.count))
  }

  /// Fills `target` with the pixels of an example.
  ///
  /// - Returns: false if they have not been written yet, or are damaged.
  func read(_ index: Int, into target: UnsafeMutableRawBufferPointer) throws(FileError) -> Bool {
    let state = states.withLock { $0[index] }
    var checksum: UInt32?
    if state != .verified {
      guard let found = try writtenChecksum(index) else { return false }
      checksum = found
    }
    let range = layout.range(index)
    guard try file.read(at: range.lowerBound, into: target) == range.count else { return false }
    if let checksum {
      guard Self.checksum(UnsafeRawBufferPointer(target)) == checksum else { return false }
      states.withLock { $0[index] = .verified }
    }
    return true
  }

  /// Keeps the pixels of an example. The checksum is written after the pixels, so that an interrupted write
  /// counts as none.
  ///
  /// - Returns: the error number; 0 if they are kept.
  func write(_ index: Int, _ pixels: UnsafeRawBufferPointer) -> Int32 {
    if states.withLock({ $0[index] }) == .unwritable { return 0 }
    var code = file.write(pixels, at: layout.range(index).lowerBound)
    if code == 0 {
      let state = UInt64(Self.checksum(pixels)) << 1 | 1
      code = withUnsafeBytes(of: state) { file.write($0, at: layout.stateOffset(index)) }
    }
    states.withLock { $0[index] = code == 0 ? .verified : .unwritable }
    return code
  }

  /// The checksum that was written after an example's pixels; `nil` if they have not been written.
  private func writtenChecksum(_ index: Int) throws(FileError) -> UInt32? {
    let state = UnsafeMutableRawBufferPointer.allocate(
      byteCount: PackLayout.stateBytes, alignment: 8)
    defer { state.deallocate() }
    let count = try file.read(at: layout.stateOffset(index), into: state)
    guard count == PackLayout.stateBytes else { return nil }
    let value = state.load(as: UInt64.self)
    return value & 1 == 1 ? UInt32(truncatingIfNeeded: value >> 1) : nil
  }

  /// CRC-32, as in zip and PNG.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return 0 }
    return UInt32(
      truncatingIfNeeded: crc32_z(0, base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
