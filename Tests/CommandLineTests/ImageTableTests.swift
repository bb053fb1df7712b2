import Files
import PNGImage
import Testing

/// A user's own images in one folder, with a table that says what they are.
@Suite struct ImageTableTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try await body(&program)
  }

  /// Dark and bright pictures in two sizes, and `labels.csv`.
  private func writeImages(into program: Program) throws {
    try AtomicFile.createFolder(program.path("photos"))
    var table = "photo,species,part,owner\n"
    for number in 0..<24 {
      let (height, width) = number % 2 == 0 ? (10, 12) : (14, 9)
      let part = number < 16 ? "train" : number < 20 ? "val" : "test"
      for (label, level) in [("dark", 20), ("bright", 200)] {
        let pixels = (0..<(height * width)).map { UInt8(level + ($0 * 7 + number * 3) % 40) }
        let image = try #require(
          PixelImage(planar: pixels, width: width, height: height, channels: 1))
        let name = "\(label.prefix(1))\(number).png"
        try AtomicFile.write(try image.png(), to: program.path("photos/\(name)"))
        table += "\(name),\(label),\(part),o\(number / 2)\n"
      }
    }
    try program.write(table, to: "labels.csv")
  }

  private static let experiment = """
    name: photos
    data:
      dataset:
        table: {file: labels.csv, image: photo, images: photos, target: species, split: part}
      transforms:
        - random_resized_crop: {size: 8, scale: [0.5, 1]}
        - to_tensor
      batch_size: 8
    model:
      - conv2d: {out_channels: 4, kernel_size: 3}
      - relu
      - global_avg_pool
      - linear: 2
    optimizer: {adam: 5e-2}
    train: {epochs: 6}

    """

  @Test func aTableOfImagesIsTrainedOnAndPredicted() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      try program.write(Self.experiment, to: "photos.yaml")
      let check = try await program.run(["check", "photos.yaml"])
      #expect(check.code == 0, "\(check.error)")
      #expect(check.output.contains("32 training, 8 validation, 8 test"))
      let run = try await program.run(["photos.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
      let directory = String(run.output.split(separator: "\n").last ?? "")
      let test = try await program.run(["predict", directory, "--split", "test"])
      #expect(test.code == 0, "\(test.error)")
      #expect(test.output.contains("1.0000"))
      let photo = try await program.run(["predict", directory, "photos/d22.png", "--json"])
      #expect(photo.code == 0, "\(photo.error)")
      #expect(photo.output.contains("\"dark\""))
      try program.write("photo\nb23.png\nd22.png\nd23.png\n", to: "new.csv")
      let list = try await program.run([
        "predict", directory, "new.csv", "photos/d20.png", "--csv", "a.csv",
      ])
      #expect(list.code == 0, "\(list.error)")
      let rows = String(decoding: try FileReading.bytes(of: program.path("a.csv")), as: UTF8.self)
        .split(separator: "\n")
      // The classes are bright and dark, in this order.
      #expect(rows.count == 5 && rows[1].hasPrefix("new.csv,0,0,"), "\(rows)")
      #expect(rows[2].hasPrefix("new.csv,1,1,") && rows[3].hasPrefix("new.csv,2,1,"))
      #expect(rows[4].hasPrefix("photos/d20.png,0,1,"))
      try program.write("photo\nb23.png\nd99.png\n", to: "bad.csv")
      let bad = try await program.run(["predict", directory, "bad.csv"])
      #expect(bad.code == 2)
      #expect(bad.error.contains("line 3, column 'photo'"))
    }
  }

  @Test func groupsComeFromTheTable() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      let split = "split: part}\n  split: {folds: 2, groups: {column: owner}}"
      try program.write(
        Self.experiment.replacing("split: part}", with: split)
          .replacing("epochs: 6", with: "epochs: 1"), to: "folds.yaml")
      let run = try await program.run(["folds.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
    }
  }

  @Test func missingImagesAreErrorsWithTheirLine() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      try program.write("photo,species\nd1.png,dark\nbb1.png,bright\n", to: "labels.csv")
      try program.write(
        Self.experiment.replacing(", split: part", with: ""), to: "photos.yaml")
      let check = try await program.run(["check", "photos.yaml"])
      #expect(check.code == 2)
      #expect(check.error.contains("line 3, column 'photo'"))
      #expect(check.error.contains("did you mean 'b1.png'?"))
    }
  }
}
