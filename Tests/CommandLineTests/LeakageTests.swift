import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// What is measured must not have been seen.
@Suite struct LeakageTests {
  private struct Statistics: Decodable {
    struct Channel: Decodable {
      var mean: [Double]
      var std: [Double]
    }

    var normalize: [Channel]
  }

  /// Images of one bright pixel and noise by a hash of their number, so that no two are the same.
  private func write(
    into program: Program, train: Int = 120, test: Int = 40,
    change: (_ prefix: String, _ index: Int, _ pixels: inout [UInt8]) -> Void = { _, _, _ in }
  ) throws {
    let folder = program.path("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (prefix, count) in [("train", train), ("t10k", test)] {
      var pixels: [UInt8] = []
      for index in 0..<count {
        let number = UInt32(prefix == "train" ? index : index + 10_000)
        var image = (0..<64).map { place in
          UInt8(truncatingIfNeeded: (number &* 2_654_435_761 &+ UInt32(place) &* 40_503) >> 13)
        }
        change(prefix, index, &image)
        pixels += image
      }
      try IDX.write(
        IDXArray(shape: [count, 8, 8], bytes: pixels), to: "\(folder)/\(prefix)-images-idx3-ubyte")
      try IDX.write(
        IDXArray(shape: [count], bytes: (0..<count).map { UInt8($0 % 4) }),
        to: "\(folder)/\(prefix)-labels-idx1-ubyte")
    }
  }

  private static let yaml = """
    name: leakage
    seed: 7
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 8, width: 8}
      transforms:
        - to_tensor
        - normalize: {fit: train}
      batch_size: 32
    model:
      - flatten
      - linear: 4
    train: {epochs: 1}
    metrics: [accuracy]

    """

  private func heldOut(_ run: RunDirectory, fold: Int) throws -> Set<Int> {
    let bytes = try FileReading.bytes(of: run.file("predictions.csv"))
    return Set(
      String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
        let cells = line.split(separator: ",")
        return cells[0] == "validation" && Int(cells[1]) == fold ? Int(cells[2]) : nil
      })
  }

  @Test func normalizationSeesTheTrainingExamplesOnly() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    try program.write(Self.yaml, to: "leakage.yaml")
    let first = try await program.run(["leakage.yaml"])
    #expect(first.code == 0, "\(first.error)")
    let clean = RunDirectory(path: try #require(program.runs().first))
    let held = try heldOut(clean, fold: 0)
    #expect(held.count == 24)

    let statistics = try JSONText.decode(
      Statistics.self, from: FileReading.bytes(of: clean.file("normalization.json")))
    var values: [Double] = []
    try write(into: program) { prefix, index, pixels in
      if prefix == "train", !held.contains(index) { values += pixels.map { Double($0) / 255 } }
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(try #require(statistics.normalize.first?.mean.first) - mean) < 1e-6)
    #expect(abs(try #require(statistics.normalize.first?.std.first) - square.squareRoot()) < 1e-6)
    let manifest = String(
      decoding: try FileReading.bytes(of: clean.file("MANIFEST.sha256")), as: UTF8.self)
    #expect(manifest.contains("  normalization.json\n"))

    // Whatever is held out has no part in it.
    try write(into: program) { prefix, index, pixels in
      if prefix == "t10k" || held.contains(index) { pixels = pixels.map { 255 - $0 / 2 } }
    }
    let second = try await program.run(["leakage.yaml", "--runs-dir", "other"])
    #expect(second.code == 0, "\(second.error)")
    let other = RunDirectory(path: try #require(program.runs("other").first))
    for name in ["normalization.json", "weights/last.safetensors", "losses.bin"] {
      #expect(
        try FileReading.bytes(of: clean.file(name)) == FileReading.bytes(of: other.file(name)))
    }
  }

  @Test func eachFoldHasItsOwn() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    try program.write(Self.yaml, to: "leakage.yaml")
    let outcome = try await program.run(["leakage.yaml", "data.split={folds: 3}"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let run = RunDirectory(path: try #require(program.runs().first))
    let all = try (1...3).map {
      try FileReading.bytes(of: run.file("fold-\($0)/normalization.json"))
    }
    #expect(Set(all).count == 3)
  }

  @Test func wrongArguments() async throws {
    let program = try Program()
    defer { program.remove() }
    for (argument, text) in [
      ("{fit: train, mean: 0.5}", "they cannot be given as well"), ("{mean: 0.5}", "needs 'std'"),
      ("{}", "needs 'mean' and 'std'"), ("{fit: test}", "fit"),
    ] {
      try program.write(Self.yaml.replacing("{fit: train}", with: argument), to: "wrong.yaml")
      let outcome = try await program.run(["check", "wrong.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("wrong.yaml:8:"), "\(outcome.error)")
      #expect(outcome.error.contains(text), "\(outcome.error)")
    }
  }

  @Test func aConstantChannelCannotBeNormalized() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program) { _, _, pixels in pixels = pixels.map { _ in 7 } }
    try program.write(Self.yaml, to: "leakage.yaml")
    let outcome = try await program.run(["leakage.yaml"])
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("channel 0 of the training examples is constant"))
  }

  @Test func imagesInTwoSetsAreReported() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    try program.write(Self.yaml, to: "leakage.yaml")
    _ = try await program.run(["leakage.yaml"])
    let clean = RunDirectory(path: try #require(program.runs().first))
    #expect(try !clean.readInfo().warnings.contains { $0.contains("also training images") })
    let held = try heldOut(clean, fold: 0)
    let trained = try #require((0..<120).first { !held.contains($0) })
    let twins = held.sorted().prefix(3)
    // Three of validation and five of the test set become copies of one training image.
    var copy: [UInt8] = []
    try write(into: program) { prefix, index, pixels in
      if prefix == "train", index == trained { copy = pixels }
    }
    try write(into: program) { prefix, index, pixels in
      if prefix == "train" ? twins.contains(index) : index < 5 { pixels = copy }
    }
    let outcome = try await program.run(["leakage.yaml", "--runs-dir", "other"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let run = RunDirectory(path: try #require(program.runs("other").first))
    let page = String(
      decoding: try FileReading.bytes(of: run.file("report.html")), as: UTF8.self)
    for text in [
      "3 of 24 validation images are also training images", "5 of 40 test images are also training",
    ] {
      #expect(outcome.error.contains(text), "\(outcome.error)")
      #expect(try run.readInfo().warnings.contains { $0.contains(text) })
      #expect(page.contains(text))
    }
  }
}
