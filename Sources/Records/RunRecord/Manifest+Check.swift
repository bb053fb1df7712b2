import Files

extension Manifest {
  /// How ``check(_:sha256:weights:)`` treats the weight files in a manifest.
  package enum WeightsCheck: Sendable {
    case required
    /// May be missing: a sweep may have removed them on purpose.
    case ifPresent
    /// Not checked, because they are large.
    case skipped
  }

  /// The recorded hashes, by path.
  ///
  /// - Throws: ``FileError`` if there is no manifest, or it is invalid.
  package static func hashes(of run: RunDirectory) throws(FileError) -> [String: String] {
    let bytes = try run.bytes(of: name, limit: 1 << 26)
    var hashes: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let isEscaped = line.hasPrefix("\\")
      let body = isEscaped ? line.dropFirst() : line
      guard body.prefix(64).utf8.count == 64, body.dropFirst(64).hasPrefix("  ") else {
        throw FileError(path: run.file(name), reason: "is not in the expected format")
      }
      let path = body.dropFirst(66)
      hashes[isEscaped ? unescaped(path) : String(path)] = String(body.prefix(64))
    }
    return hashes
  }

  private static func unescaped(_ name: Substring) -> String {
    var result = ""
    var isEscaped = false
    for scalar in name.unicodeScalars {
      if isEscaped {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The recorded hash of a file of a run; `nil` if there is no manifest, or it does not name the file.
  package static func hash(
    of path: String, in run: RunDirectory
  ) throws(FileError) -> String? {
    guard try run.folder.kind(of: name) != nil else { return nil }
    return try hashes(of: run)[path]
  }

  /// Checks that the files of a finished run, or of a finished fold or seed, are unchanged.
  ///
  /// - Parameter sha256: the manifest's own hash as `run.json` records it; `nil` for older runs, whose
  ///   folds and seeds have no manifest.
  /// - Throws: ``FileError`` for the first file that is missing or has other contents.
  package static func check(
    _ run: RunDirectory, sha256: String?, weights: WeightsCheck
  ) throws(FileError) {
    if sha256 == nil, try run.folder.kind(of: name) == nil { return }
    let hashes = try hashes(of: run)
    if let sha256, try Digest.hex(of: run.open(name)) != sha256 {
      throw FileError(
        path: run.file(name), reason: "was edited: it does not match the hash in run.json")
    }
    for (path, hash) in hashes.sorted(by: { $0.key < $1.key }) {
      let isWeights = "/\(path)".contains("/weights/")
      if isWeights, weights == .skipped { continue }
      if try run.folder.kind(of: path) == nil {
        if isWeights, weights == .ifPresent { continue }
        throw FileError(path: run.file(path), reason: "is missing, although \(name) lists it")
      }
      let file = try run.open(path)
      if try Digest.hex(of: file) != hash {
        throw FileError(path: file.path, reason: edited)
      }
    }
  }

  /// The reason given for a file whose hash differs from the recorded one.
  package static let edited =
    "was edited or damaged: it does not match what the run wrote (\(name))"
}
