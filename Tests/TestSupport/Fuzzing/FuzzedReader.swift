import DataSchema
import Diagnostics
import Files

/// A reader of files, and what has to hold whatever it is given.
package struct FuzzedReader: Sendable, CustomStringConvertible {
  package let name: String
  /// Undamaged files, each of which the reader accepts once it is repaired.
  package let seeds: @Sendable () throws -> [[UInt8]]
  /// Pieces of the format's syntax.
  package let words: [[UInt8]]
  /// Repairs checksums, or compresses, so that damage reaches what lies behind them; `nil` if there is nothing
  /// to repair. It is applied to three of four inputs.
  package let repair: (@Sendable ([UInt8]) -> [UInt8])?
  /// Reads a file with everything in it, which also lies at the path.
  ///
  /// - Throws: an error with a location if the file is refused; ``FuzzViolation`` if what was read is wrong.
  package let read: @Sendable ([UInt8], _ path: String) throws -> Void

  package init(
    _ name: String, words: [[UInt8]] = [], repair: (@Sendable ([UInt8]) -> [UInt8])? = nil,
    seeds: @escaping @Sendable () throws -> [[UInt8]],
    read: @escaping @Sendable ([UInt8], _ path: String) throws -> Void
  ) {
    (self.name, self.words, self.repair, self.seeds, self.read) = (name, words, repair, seeds, read)
  }

  package var description: String { name }

  /// Reads an input and checks the error if it is refused.
  ///
  /// - Returns: whether it was accepted.
  /// - Throws: ``FuzzViolation`` if the reader broke a rule.
  package func accepts(_ bytes: [UInt8], at path: String) throws(FuzzViolation) -> Bool {
    do {
      try read(bytes, path)
      return true
    } catch let violation as FuzzViolation {
      throw violation
    } catch let error as FileError {
      try check(error.path, error.reason, path)
    } catch let error as DataError {
      try check(error.path, error.reason, path)
    } catch let error as InputError {
      try FuzzViolation.require(!error.diagnostics.isEmpty, "an error without a diagnostic")
      for diagnostic in error.diagnostics {
        try FuzzViolation.require(diagnostic.range != nil, "no location: \(diagnostic.message)")
        try FuzzViolation.require(!diagnostic.message.isEmpty, "a diagnostic without words")
      }
    } catch {
      throw FuzzViolation("an error without a location: \(error)")
    }
    return false
  }

  /// Errors name the file, and say something that fits on a screen.
  private func check(_ path: String, _ reason: String, _ expected: String) throws(FuzzViolation) {
    try FuzzViolation.require(
      path.hasPrefix(expected), "an error about '\(path)' for the file '\(expected)'")
    try FuzzViolation.require(!reason.isEmpty, "an error without a reason")
    try FuzzViolation.require(reason.utf8.count < 4096, "a reason of \(reason.utf8.count) bytes")
  }
}

/// What a reader did wrong.
package struct FuzzViolation: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// - Throws: ``FuzzViolation`` unless `condition` holds.
  package static func require(
    _ condition: Bool, _ description: @autoclosure () -> String
  ) throws(FuzzViolation) {
    if !condition { throw FuzzViolation(description()) }
  }
}
