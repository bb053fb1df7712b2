import Files
import FoundationEssentials
import PNGImage
import Testing

/// `runner data` with a page: examples are named as the user knows them.
@Suite struct DataPageTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try await body(&program)
  }

  private func writeImages(into program: Program) throws {
    for number in 0..<24 {
      for (label, level) in [("dark", 20), ("bright", 140)] {
        // A test image is equal to a training image.
        let drawn = label == "dark" && number == 22 ? 3 : number
        let pixels = (0..<144).map { UInt8(level + ($0 * 7 + drawn * 29 + $0 * $0 * drawn) % 100) }
        let image = try #require(PixelImage(planar: pixels, width: 12, height: 12, channels: 1))
        let part = number < 16 ? "train" : number < 20 ? "val" : "test"
        let folder = program.path("pets/\(part)/\(label)")
        try AtomicFile.createFolder(folder)
        try AtomicFile.write(try image.png(), to: "\(folder)/\(number).png")
      }
    }
    try AtomicFile.write("no image", to: program.path("pets/train/dark/<b>.txt"))
    try program.write(
      """
      name: pets
      data:
        dataset: {image_folder: pets}
        transforms:
          - random_horizontal_flip
          - to_tensor
          - normalize: {fit: train}
        batch_size: 8
      model:
        - flatten
        - linear: 2
      optimizer: {adam: 5e-2}
      train: {epochs: 1}

      """, to: "pets.yaml")
  }

  @Test func imagesAreNamedByTheirFiles() async throws {
    try await withProgram { program in
      try writeImages(into: program)
      let data = try await program.run(["data", "pets.yaml", "--html"])
      #expect(data.code == 0, "\(data.error)")
      #expect(data.output.contains("train/dark/3.png") && data.output.contains("test/dark/22.png"))
      #expect(data.output.hasSuffix("pets.data.html\n"))
      let page = try String(
        decoding: FileReading.bytes(of: program.path("pets.data.html")), as: UTF8.self)
      for text in [
        "<h1>Data of pets</h1>", "train/dark/3.png", "test/dark/22.png", "epoch 3", "&lt;b&gt;.txt",
        "The normalisation is undone", "data:image/png;base64,",
      ] {
        #expect(page.contains(text), "\(text)")
      }
      #expect(!page.contains("<b>.txt"))
      let json = try await program.run(["data", "pets.yaml", "--json"])
      #expect(json.code == 0, "\(json.error)")
      #expect(
        json.output.contains("\"name\" : \"test/dark/22.png\"")
          || json.output.contains("\"test/dark/22.png\""))
      #expect(json.output.contains("\"epochs\""))
    }
  }

  @Test func tablesShowRowsAndOtherFilesAreKept() async throws {
    try await withProgram { program in
      var text = "size,kind,label\n"
      for number in 0..<60 {
        let isLarge = number % 2 == 1
        text +=
          "\((isLarge ? 50 : 10) + number % 7),\(number % 3 == 0 ? "x" : "y"),\(isLarge ? "large" : "small")\n"
      }
      try program.write(text, to: "things.csv")
      try program.write(
        """
        name: things
        data:
          dataset:
            table: {file: things.csv, target: label}
          batch_size: 16
        model:
          - linear: 2
        optimizer: {adam: 5e-2}
        train: {epochs: 1}

        """, to: "things.yaml")
      let data = try await program.run(["data", "things.yaml", "--html", "a.html"])
      #expect(data.code == 0, "\(data.error)")
      // The column by its name, rows by their lines.
      #expect(data.output.contains("size: AUC") && data.output.contains("line "))
      let page = try String(decoding: FileReading.bytes(of: program.path("a.html")), as: UTF8.self)
      #expect(page.contains("First rows") && page.contains("<th class=\"\">kind</th>"))
      let again = try await program.run(["data", "things.yaml", "--html", "a.html"])
      #expect(again.code == 0, "\(again.error)")
      try program.write("mine", to: "b.html")
      let kept = try await program.run(["data", "things.yaml", "--html", "b.html"])
      #expect(kept.code == 2)
      #expect(kept.error.contains("is not a page of 'runner data'"))
      let wrong = try await program.run(["data", "things.yaml", "--html", "lr=1"])
      #expect(wrong.code == 64)
    }
  }
}
