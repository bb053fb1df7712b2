import Files
import RunRecord
import Testing

/// `decode: fast`, from the experiment to predictions.
@Suite struct DecodingTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try writeImages(into: program)
    try program.write(Self.experiment, to: "fast.yaml")
    try await body(&program)
  }

  /// JPEG files of 13×19 and 19×13 in two classes; what follows the pictures makes the files different.
  private func writeImages(into program: Program) throws {
    let files = [("colour", ["jpeg_420", "jpeg_turned"]), ("grey", ["jpeg_grey", "exif_6"])]
    for (label, names) in files {
      for number in 0..<12 {
        let folder = program.path("pets/\(number < 10 ? "train" : "test")/\(label)")
        try AtomicFile.createFolder(folder)
        let path = "\(Program.repository)/Tests/Fixtures/images/\(names[number % 2]).jpg"
        let file = try FileReading.bytes(of: path) + [UInt8(number)]
        try AtomicFile.write([file], to: "\(folder)/\(number).jpg")
      }
    }
  }

  private static let experiment = """
    name: pets
    data:
      dataset: {image_folder: pets}
      decode: fast
      transforms: [resize: 6, center_crop: 5, random_horizontal_flip, to_tensor]
      batch_size: 4
    model: [flatten, linear]
    optimizer: {adam: 1e-2}
    train: {epochs: 2}

    """

  /// Trains, and gives the run's directory.
  private func train(_ program: Program, _ arguments: String...) async throws -> RunDirectory {
    let run = try await program.run(["fast.yaml", "-q"] + arguments)
    #expect(run.code == 0, "\(run.error)")
    #expect(!run.error.contains("warning"), "\(run.error)")
    return RunDirectory(
      path: program.path(String(run.output.split(separator: "\n").last ?? "")))
  }

  private func text(_ run: RunDirectory, _ name: String) throws -> String {
    String(decoding: try FileReading.bytes(of: run.file(name)), as: UTF8.self)
  }

  private func weights(_ run: RunDirectory) throws -> [UInt8] {
    try FileReading.bytes(of: run.file("weights/last.safetensors"))
  }

  /// The choice is in the records, and neither images nor results of the two are mixed.
  @Test func fastAndExactAreDifferentRuns() async throws {
    try await withProgram { program in
      program.environment["RUNNER_CACHE"] = program.path("cache")
      func packs() throws -> Int {
        try #require(try FolderListing.names(in: program.path("cache/images"))).count {
          $0.hasSuffix(".pack")
        }
      }
      let fast = try await train(program)
      #expect(try packs() == 2)
      #expect(try text(fast, "resolved.yaml").contains("decode: fast"))
      let exact = try await train(program, "decode=exact")
      #expect(try packs() == 4)
      #expect(try text(exact, "resolved.yaml").contains("decode: exact"))
      #expect(try fast.readInfo().identity != exact.readInfo().identity)
      #expect(try weights(fast) != weights(exact))
      let difference = try await program.run(["diff", fast.path, exact.path])
      #expect(difference.output.contains("decode"), "\(difference.output)")
      #expect(try await weights(train(program)) == weights(fast))
      #expect(try packs() == 4)
      // Without a store, images are decoded anew.
      program.environment["RUNNER_CACHE"] = nil
      program.environment["HOME"] = ""
      #expect(try await weights(train(program)) == weights(fast))
    }
  }

  /// Files are decoded for predictions as they were for training.
  @Test func predictionsOfFilesAreThoseOfTheTestImages() async throws {
    try await withProgram { program in
      let run = try await train(program)
      let names = ["colour/10", "grey/10", "colour/11", "grey/11"].map { "pets/test/\($0).jpg" }
      func scores(_ arguments: [String]) async throws -> [Double] {
        let predicted = try await program.run(
          ["predict", run.path, "--csv", "a.csv"] + arguments)
        #expect(predicted.code == 0, "\(predicted.error)")
        let csv = String(decoding: try FileReading.bytes(of: program.path("a.csv")), as: UTF8.self)
        let rows = csv.split(separator: "\n").map { $0.split(separator: ",") }
        let column = try #require(rows.first?.firstIndex(of: "p0"))
        return rows.dropFirst().compactMap { Double($0[column]) }
      }
      // In the order of the test images.
      let files = try await scores(names)
      let test = try await scores(["--split", "test"])
      #expect(files.count == 4 && Set(files).count == 4)
      #expect(zip(files, test).allSatisfy { abs($0 - $1) < 1e-6 }, "\(files) \(test)")
    }
  }

  @Test func transformsThatNeedWholeImagesAreAWarning() async throws {
    try await withProgram { program in
      try program.write(
        Self.experiment.replacing("resize: 6, center_crop: 5", with: "random_resized_crop: 5"),
        to: "crop.yaml")
      let run = try await program.run(["crop.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
      #expect(
        run.error.contains(
          "crop.yaml:4:11: warning: 'decode: fast' has no effect: 'random_resized_crop' needs whole "
            + "images"), "\(run.error)")
      let info = try RunDirectory(path: #require(program.runs().first)).readInfo()
      #expect(info.warnings.count { $0.contains("'decode: fast' has no effect") } == 1)
      try program.write(
        Self.experiment.replacing("resize: 6, center_crop: 5", with: "resize: 6, random_crop: 5"),
        to: "crop.yaml")
      let check = try await program.run(["check", "crop.yaml"])
      #expect(check.code == 0, "\(check.error)")
      #expect(check.error.contains("what makes the sizes of the images equal is random"))
    }
  }

  @Test func dataSetsWithoutFilesAreAWarning() async throws {
    try await withProgram { program in
      let check = try await program.run(["check", "fast.yaml", "data.dataset=digits"])
      #expect(check.code == 0, "\(check.error)")
      #expect(
        check.error.contains(
          "4:11: warning: 'decode: fast' has no effect: 'digits' does not decode image files"),
        "\(check.error)")
    }
  }
}
