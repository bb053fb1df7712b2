import DataSchema
import Datasets
import Files
import Testing

/// Data sets of which all processes have one copy in memory: the same runs as when each has its own.
@Suite struct SharedDataTests {
  /// Drawn digits in MNIST's format, more than are too small to be shared.
  private func writeDigits(_ program: Program) throws {
    try AtomicFile.createFolder(program.path("digits"))
    for (name, range) in [("train", 0..<1500), ("t10k", 1500..<1600)] {
      let (pixels, labels) = Digits.generate(range)
      try IDX.write(
        IDXArray(shape: [range.count, Digits.height, Digits.width], bytes: pixels),
        to: program.path("digits/\(name)-images-idx3-ubyte"))
      try IDX.write(
        IDXArray(shape: [range.count], bytes: labels),
        to: program.path("digits/\(name)-labels-idx1-ubyte"))
    }
    try program.write(
      """
      name: shared
      data:
        dataset: {idx: digits}
        transforms: [to_tensor]
        split: {folds: 3}
        batch_size: 50
      model:
        - flatten
        - linear: 10
      optimizer: {adam: 1e-2}
      train: {epochs: 2}

      """, to: "shared.yaml")
  }

  @Test func runsHaveTheSameBytesWithAndWithoutSharedInputs() async throws {
    var program = try Program()
    defer { program.remove() }
    try writeDigits(program)
    let columns = program.path("cache/images")
    func manifest(_ arguments: String...) async throws -> (text: String, error: String) {
      let run = try await program.run(["shared.yaml", "-q"] + arguments)
      #expect(run.code == 0, "\(run.error)")
      let directory = String(run.output.split(separator: "\n").last ?? "")
      return (
        String(
          decoding: try FileReading.bytes(of: program.path(directory) + "/MANIFEST.sha256"),
          as: UTF8.self), run.error
      )
    }
    func count() throws -> Int {
      (try FolderListing.names(in: columns) ?? []).count { $0.hasSuffix(".column") }
    }
    let written = try await manifest("--jobs", "3")
    #expect(try count() == 1)
    let found = try await manifest()
    #expect(try count() == 1)
    #expect(written.text == found.text)
    // Without a place for them, every process has its own.
    program.environment["RUNNER_CACHE_LIMIT"] = "100kB"
    let own = try await manifest()
    #expect(own.text == written.text)
    #expect(own.error.contains("inputs are not shared with other processes"), "\(own.error)")
  }
}
