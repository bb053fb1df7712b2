import Files
import FoundationEssentials
import ImageFormats
import PNGImage
import Testing

/// A class for each pixel, from the files of a user to masks.
@Suite struct SegmentationTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try writePictures(into: program)
    try program.write(Self.experiment, to: "boxes.yaml")
    try await body(&program)
  }

  /// A bright box on a dark ground; the first row has no class.
  private func writePictures(into program: Program) throws {
    let palette = (0..<4).map { PixelImage.Color(UInt32($0 * 0x30_20_10)) }
    for number in 0..<20 {
      let part = number < 12 ? "train" : number < 16 ? "val" : "test"
      var picture = PixelImage(width: 16, height: 12, fill: PixelImage.Color(0x202020))
      var mask = [UInt8](repeating: 0, count: 16 * 12)
      let (left, top) = (number % 7, 2 + number % 4)
      picture.fill(x: left, y: top, width: 6, height: 5, with: PixelImage.Color(0xE0D0C0))
      for row in 0..<12 {
        for column in 0..<16 {
          let isInside = (left..<left + 6).contains(column) && (top..<top + 5).contains(row)
          mask[row * 16 + column] = row == 0 ? 3 : isInside ? 1 : 0
        }
      }
      let drawn = PaletteImage(width: 16, height: 12, numbers: mask, colors: palette)
      for (folder, bytes) in [("images", try picture.png()), ("masks", try drawn.png())] {
        try AtomicFile.createFolder(program.path("boxes/\(part)/\(folder)"))
        try AtomicFile.write(bytes, to: program.path("boxes/\(part)/\(folder)/\(number).png"))
      }
    }
    try program.write("ground\nbox\n", to: "boxes/classes.txt")
  }

  private static let experiment = """
    name: boxes
    data:
      dataset: {image_masks: {images: boxes, ignore: 3}}
      transforms:
        - random_horizontal_flip
        - random_affine: {degrees: 5}
        - to_tensor
      split: {validation: given}
      batch_size: 4
    model:
      - conv2d: {out_channels: 6, kernel_size: 3, padding: 1}
      - relu
      - conv2d: {out_channels: 2, kernel_size: 1}
    loss: [cross_entropy: {weight: balanced}, dice: {scale: 0.5}]
    optimizer: {adam: 5e-2}
    train: {epochs: 8, accumulate: 2}

    """

  @Test func masksAreLearnedComparedAndPredicted() async throws {
    try await withProgram { program in
      let check = try await program.run(["check", "boxes.yaml"])
      #expect(check.code == 0, "\(check.error)")
      #expect(check.output.contains("12 training, 4 validation, 4 test"))
      let run = try await program.run(["boxes.yaml", "-q"])
      #expect(run.code == 0, "\(run.error)")
      let folder = try #require(program.runs().first)
      let manifest = try String(
        contentsOf: URL(fileURLWithPath: "\(folder)/MANIFEST.sha256"),
        encoding: .utf8)
      for name in [
        "predictions/16.png", "predictions/19.png", "per_image.csv", "per_image_validation.csv",
        "segmentation_report.json",
      ] {
        #expect(manifest.contains("  \(name)\n"), "\(name)")
      }
      let summary = try String(
        contentsOf: URL(fileURLWithPath: "\(folder)/summary.json"),
        encoding: .utf8)
      #expect(summary.contains("\"primary\" : \"mean_iou\""))

      let predicted = try await program.run(["predict", "boxes/test/images/17.png", "--json"])
      #expect(predicted.code == 0, "\(predicted.error)")
      #expect(predicted.output.contains("\"shares\""))
      for name in ["17_mask.png", "17_overlay.png"] {
        #expect(FileManager.default.fileExists(atPath: program.path(name)))
      }
      let mask = try FileReading.bytes(of: program.path("17_mask.png"))
      #expect(mask == (try FileReading.bytes(of: "\(folder)/predictions/17.png")))

      // A file of somebody else with the name is kept; an answer that is there already is not written again.
      try program.write("mine", to: "18_mask.png")
      for _ in 1...2 {
        let again = try await program.run(["predict", "boxes/test/images/18.png"])
        #expect(again.code == 0, "\(again.error)")
      }
      #expect(try FileReading.bytes(of: program.path("18_mask.png")) == Array("mine".utf8))
      #expect(
        try FileReading.bytes(of: program.path("18_mask_2.png"))
          == FileReading.bytes(of: "\(folder)/predictions/18.png"))
      #expect(!FileManager.default.fileExists(atPath: program.path("18_mask_3.png")))

      try await tilesAgree(&program)

      let other = try await program.run(["boxes.yaml", "-q", "loss=cross_entropy"])
      #expect(other.code == 0, "\(other.error)")
      let diff = try await program.run(["diff", "latest~1", "latest"])
      #expect(diff.output.contains("paired bootstrap"), "\(diff.text)")
      #expect(diff.output.contains("images A/B better"))
      #expect(diff.output.contains("mean IoU"), "\(diff.output)")
      let folds = try await program.run(
        [
          "boxes.yaml", "data.split={folds: 3}", "train.epochs=2",
          "metrics=[mean_iou, boundary_f1: 1]",
        ])
      #expect(folds.code == 0, "\(folds.error)")
      #expect(folds.text.contains("boundary F1"), "\(folds.text)")
      #expect(folds.text.contains("test: the mean of the scores of 3 models"), "\(folds.text)")
    }
  }

  /// The network sees one pixel in each direction, so only pixels beside an inner edge of a tile may differ.
  private func tilesAgree(_ program: inout Program) async throws {
    let tiled = try await program.run(
      ["predict", "boxes/test/images/16.png", "--tile", "8", "--overlap", "4"])
    #expect(tiled.code == 0, "\(tiled.error)")
    let path = program.path("16_mask.png")
    let answer = try MaskImage(decoding: FileReading.bytes(of: path), path: path)
    let folder = try #require(program.runs().first)
    let whole = try MaskImage(
      decoding: FileReading.bytes(of: "\(folder)/predictions/16.png"), path: "16.png")
    #expect((answer.height, answer.width) == (12, 16))
    #expect((whole.height, whole.width) == (12, 16))
    for row in 0..<12 where row != 4 && row != 7 {
      for column in 0..<16 where ![4, 7, 8, 11].contains(column) {
        #expect(answer.bytes[row * 16 + column] == whole.bytes[row * 16 + column])
      }
    }
    #expect(Set(answer.bytes) == [0, 1])
    for (arguments, message) in [
      (["boxes/test/images/16.png", "--tile", "8", "--overlap", "5"], "half of --tile"),
      (["--split", "test", "--tile", "8"], "--tile is for image files"),
      (["boxes/test/images/16.png", "--overlap", "4"], "--overlap belongs to --tile"),
    ] {
      let refused = try await program.run(["predict"] + arguments)
      #expect(refused.code == 64)
      #expect(refused.error.contains(message), "\(refused.error)")
    }
  }

  @Test func mistakesAreFoundBeforeTraining() async throws {
    try await withProgram { program in
      for (override, message) in [
        (
          "model.2.conv2d.out_channels=3",
          "cross_entropy + dice on masks of 2 classes needs [N, 2, 12, 16]"
        ),
        ("model.0.conv2d.stride=2", "bring it to the size of the input"),
        (
          "data.transforms.1=rand_augment",
          "'rand_augment' may move an image, and its mask cannot follow"
        ),
        (
          "data.dataset.image_masks.ignore=9",
          "has the value 3 at row 0, column 0, but there are 2 classes, 0 to 1"
        ),
        ("loss=mse", "'mse' cannot be computed for masks of 2 classes"),
        (
          "data.sampler=balanced",
          "'balanced' needs classes, but the targets are masks of 2 classes"
        ),
      ] {
        let outcome = try await program.run(["check", "boxes.yaml", override])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains(message), "\(outcome.error)")
      }
    }
  }
}
