import Files
import FoundationEssentials
import PNGImage
import Testing

/// A user's own folder of images and own table, from a first look at them to predictions.
@Suite struct OwnDataTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try await body(&program)
  }

  /// Dark and bright pictures in two sizes, some in `val/`.
  private func writeImages(into program: Program) throws {
    for number in 0..<24 {
      let (height, width) = number % 2 == 0 ? (10, 12) : (14, 9)
      for (label, level) in [("dark", 20), ("bright", 200)] {
        let pixels = (0..<(height * width)).map { UInt8(level + ($0 * 7 + number * 3) % 40) }
        let image = try #require(
          PixelImage(planar: pixels, width: width, height: height, channels: 1))
        let part = number < 16 ? "train" : number < 20 ? "val" : "test"
        let folder = program.path("pets/\(part)/\(label)")
        try AtomicFile.createFolder(folder)
        try AtomicFile.write(try image.png(), to: "\(folder)/\(number).png")
      }
    }
  }

  private static let images = """
    name: pets
    data:
      dataset: {image_folder: pets}
      transforms:
        - random_resized_crop: {size: 8, scale: [0.5, 1]}
        - random_horizontal_flip
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

  @Test func aFolderOfImagesIsTrainedOnAndPredicted() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      try program.write(Self.images, to: "pets.yaml")
      let check = try await program.run(["check", "pets.yaml"])
      #expect(check.code == 0, "\(check.error)")
      #expect(check.output.contains("32 training, 8 validation, 8 test"))
      let data = try await program.run(["data", "pets.yaml"])
      #expect(data.code == 0, "\(data.error)")
      #expect(data.output.contains("bright") && data.output.contains("2 sizes, "))
      let run = try await program.run(["pets.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
      let directory = String(run.output.split(separator: "\n").last ?? "")
      let answer = try await program.run(["predict", directory, "pets/test/dark/22.png", "--json"])
      #expect(answer.code == 0, "\(answer.error)")
      #expect(answer.output.contains("\"dark\""))
      let test = try await program.run(["predict", directory, "--split", "test"])
      #expect(test.code == 0, "\(test.error)")
      #expect(test.output.contains("1.0000"))
    }
  }

  /// From the store, without a cache and with other thread counts for reading, the run is the same.
  @Test func theStoreDoesNotChangeResults() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      try program.write(Self.images, to: "pets.yaml")
      var manifests: [[UInt8]] = []
      for cache: String? in ["cache", "cache", nil] {
        program.environment["RUNNER_CACHE"] = cache.map(program.path)
        program.environment["HOME"] = cache == nil ? "" : program.work
        let run = try await program.run(["pets.yaml", "-q"])
        #expect(run.code == 0, "\(run.error)")
        let directory = String(run.output.split(separator: "\n").last ?? "")
        manifests.append(
          try FileReading.bytes(of: program.path(directory) + "/weights/last.safetensors"))
      }
      #expect(manifests[0] == manifests[1] && manifests[0] == manifests[2])
    }
  }

  @Test func changedImagesAreRefused() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      try program.write(Self.images, to: "pets.yaml")
      let run = try await program.run(["pets.yaml", "-q"])
      let directory = String(run.output.split(separator: "\n").last ?? "")
      try FileManager.default.removeItem(atPath: program.path("pets/test/dark/22.png"))
      let test = try await program.run(["predict", directory, "--split", "test"])
      #expect(test.code == 2)
      #expect(test.error.contains("has changed since this run began"))
    }
  }

  @Test func sizesThatStayDifferentAreErrorsWithTheirPlace() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      let crop = "random_resized_crop: {size: 8, scale: [0.5, 1]}"
      try program.write(
        Self.images.replacing(crop, with: "random_vertical_flip"), to: "mixed.yaml")
      let mixed = try await program.run(["check", "mixed.yaml"])
      #expect(mixed.code == 2)
      #expect(mixed.error.contains("mixed.yaml:5:5: error: the images have 2 sizes"))
      try program.write(Self.images.replacing(crop, with: "random_crop: 12"), to: "crop.yaml")
      let large = try await program.run(["check", "crop.yaml"])
      #expect(large.code == 2)
      #expect(large.error.contains("for images of "))
    }
  }

  @Test func aTableIsTrainedOnWithFoldsAndPredicted() async throws {
    try await withProgram { program in
      var text = "size,kind,id,label\n"
      for number in 0..<90 {
        let isLarge = number % 2 == 1
        let size = number % 15 == 4 ? "" : "\((isLarge ? 50 : 10) + number % 7)"
        text +=
          "\(size),\(number % 3 == 0 ? "x" : "y"),g\(number / 3),\(isLarge ? "large" : "small")\n"
      }
      try program.write(text, to: "things.csv")
      try program.write(
        """
        name: things
        data:
          dataset:
            table: {file: things.csv, target: label, ignore: [id], impute: {numbers: median}}
          split: {folds: 3, groups: {column: id}}
          batch_size: 16
        model:
          - linear: 2
        optimizer: {adam: 5e-2}
        train: {epochs: 10}

        """, to: "things.yaml")
      let run = try await program.run(["things.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
      let directory = String(run.output.split(separator: "\n").last ?? "")
      try program.write("kind,size\ny,54\nx,11\nz,12\n", to: "new.csv")
      let answer = try await program.run([
        "predict", directory, "new.csv", "--ensemble", "--csv", "a.csv",
      ])
      #expect(answer.code == 0, "\(answer.error)")
      let rows = String(decoding: try FileReading.bytes(of: program.path("a.csv")), as: UTF8.self)
        .split(separator: "\n")
      #expect(rows.count == 4 && rows[0].hasPrefix("row,index"))
      // The classes are large and small, in this order.
      #expect(rows[1].hasPrefix("new.csv,0,0,"))
      #expect(rows[2].hasPrefix("new.csv,1,1,") && rows[3].hasPrefix("new.csv,2,1,"))
      let wrong = try await program.run(["data", "things.yaml", "target=labl"])
      #expect(wrong.code == 2)
      #expect(wrong.error.contains("did you mean 'label'"))
    }
  }
}
