import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Orchestration
import PNGImage
import Planning
import Tasks
import TestSupport
import Testing

/// `runner init`: from data to an experiment that passes every check.
@Suite struct StartingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func start(
    _ data: String, to place: String? = nil, target: String? = nil
  ) async throws -> ExperimentStart.Outcome {
    try await ExperimentStart(
      data: data, place: place, target: target,
      environment: DataEnvironment(
        variables: ["RUNNER_CACHE": folder.path + "/cache"], workingDirectory: folder.path)
    ).write()
  }

  /// The written file as `runner check` sees it.
  private func plan(_ file: String, _ overrides: [String] = []) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      folder.path + "/" + file, overrides: overrides,
      environment: ["RUNNER_CACHE": folder.path + "/cache"], processors: 2, diagnostics: diagnostics
    )
    let text = DiagnosticRenderer().render(diagnostics.sorted)
    #expect(!diagnostics.hasErrors, "\(text)\n\((try? folder.text(file)) ?? "")")
    return try #require(plan, "\(text)")
  }

  private func refusal(_ body: () async throws -> Void) async -> Diagnostic? {
    do {
      try await body()
      Issue.record("it was accepted")
      return nil
    } catch let error as InputError {
      return error.diagnostics.first
    } catch {
      return Diagnostic(.error, "\(error)", at: nil)
    }
  }

  private func writeImages(
    _ name: String, sizes: [(Int, Int)], count: Int = 10, ending: String = "png",
    parts: [String] = [""]
  ) throws {
    for part in parts {
      for (label, level) in [("cat", 20), ("dog 'big'", 150), ("owl", 200)] {
        let place = "\(folder.path)/\(name)/\(part)/\(label)"
        try AtomicFile.createFolder(place)
        for number in 0..<count {
          let (height, width) = sizes[number % sizes.count]
          let shift = part.utf8.count * 31 + number * 3
          let pixels = (0..<(height * width)).map { UInt8(level + ($0 * 7 + shift) % 50) }
          let image = try #require(
            PixelImage(planar: pixels, width: width, height: height, channels: 1))
          try AtomicFile.write(try image.png(), to: "\(place)/\(number).\(ending)")
        }
      }
    }
  }

  // MARK: Images

  @Test func smallDrawingsOfOneSizeStayAsTheyAre() async throws {
    try writeImages("signs", sizes: [(28, 28)])
    let outcome = try await start("signs")
    #expect(outcome.path == "signs.yaml")
    #expect(outcome.found[0].contains("3 classes"))
    #expect(outcome.lines.contains { $0.contains("runner check signs.yaml") })
    let text = try folder.text("signs.yaml")
    #expect(!text.contains("resize") && !text.contains("flip"))
    #expect(text.contains("image_folder: signs "))
    let plan = try plan("signs.yaml")
    #expect(plan.task.outputCount == 3)
    #expect(plan.graph.parameters.last?.spec.shape == [3])
  }

  @Test func photographsOfManySizesAreCroppedAndMirrored() async throws {
    try writeImages("pets", sizes: [(140, 160), (200, 130)], count: 5, ending: "jpg")
    _ = try await start("pets/")
    let text = try folder.text("pets.yaml")
    #expect(
      text.contains("random_resized_crop: {size: 96") && text.contains("random_horizontal_flip"))
    #expect(try plan("pets.yaml").transforms != nil)
  }

  @Test func theAlternativeIsAValidExperimentToo() async throws {
    try writeImages("pets", sizes: [(140, 160)], count: 5, ending: "jpg")
    _ = try await start("pets")
    let text = try folder.text("pets.yaml")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let first = try #require(lines.firstIndex { $0.hasPrefix("#   transforms:") })
    let alternative = lines[first...].map { String($0.dropFirst(2)) }
    let end = try #require(lines.firstIndex { $0.hasPrefix("  transforms:") })
    let replaced = lines[..<end] + alternative
    try folder.write(Array(replaced.joined(separator: "\n").utf8), "tuned.yaml")
    let plan = try plan("tuned.yaml")
    #expect(plan.graph.parameters.count > 60 && plan.experiment.weights != nil)
  }

  @Test func aFolderForValidationIsUsed() async throws {
    try writeImages("scans", sizes: [(16, 40)], parts: ["train", "val", "test"])
    let outcome = try await start("scans", to: "work")
    #expect(outcome.path == "work/scans.yaml")
    let text = try folder.text("work/scans.yaml")
    #expect(
      text.contains("validation: given") && text.contains("image_folder: \"\(folder.path)")
        || text.contains("image_folder: \(folder.path)/scans"))
    _ = try plan("work/scans.yaml")
  }

  @Test func imagesThatCannotBeReadAreLeftOutAndNamed() async throws {
    try writeImages("signs", sizes: [(28, 28)])
    try folder.write([1, 2, 3], "signs/cat/broken.png")
    let outcome = try await start("signs")
    #expect(outcome.found.last == "left out: 1 file that cannot be read")
    #expect(try folder.text("signs.yaml").contains("such as cat/broken.png"))
    _ = try plan("signs.yaml")
  }

  // MARK: Tables

  private func writeTable(rows: Int = 90) throws {
    var text = "id,size,kind,born,when,label,weight\n"
    for row in 0..<rows {
      let size = row % 15 == 4 ? "" : "\((row % 2 == 1 ? 50 : 10) + row % 7).5"
      let kind = row % 11 == 3 ? "" : row % 3 == 0 ? "x" : "y"
      text +=
        "\(row),\(size),\(kind),2020-01-\(row % 28 + 10),name number \(row) of all,"
        + "\(row % 2 == 1 ? "large" : "small"),\(row * 37 % 101).25\n"
    }
    try folder.write(Array(text.utf8), "things.csv")
  }

  @Test func withoutATargetTheColumnsAreListed() async throws {
    try writeTable()
    let problem = await refusal { _ = try await start("things.csv") }
    #expect(problem?.message.contains("which column of 'things.csv'") == true)
    #expect(problem?.hint == "perhaps --target label")
    let notes = problem?.notes.map(\.message) ?? []
    #expect(notes.count == 7)
    #expect(notes.contains { $0.hasPrefix("label: category, 2 different values such as ") })
    #expect(
      notes.contains { $0.hasPrefix("size: number, 10.5 to 56.5") && $0.hasSuffix("6 missing") })
  }

  @Test func aTableWithClasses() async throws {
    try writeTable()
    let outcome = try await start("things.csv", target: "label")
    #expect(outcome.found.contains { $0.contains("left out: id") })
    let text = try folder.text("things.yaml")
    #expect(text.contains("impute: {numbers: mean, categories: own}"))
    #expect(text.contains("${data.classes}"))
    let plan = try plan("things.yaml")
    #expect(plan.task.outputCount == 2)
  }

  @Test func aTableWithNumbers() async throws {
    try writeTable(rows: 1200)
    _ = try await start("things.csv", to: "w.yaml", target: "weight")
    #expect(try folder.text("w.yaml").contains("relu"))
    let plan = try plan("w.yaml")
    #expect(plan.task.outputCount == 1)
    #expect(plan.graph.parameters.count == 4)
  }

  @Test func targetsThatCannotBeUsed() async throws {
    try writeTable()
    let missing = await refusal { _ = try await start("things.csv", target: "labl") }
    #expect(missing?.message.contains("did you mean 'label'") == true)
    let text = await refusal { _ = try await start("things.csv", target: "when") }
    #expect(text?.message.contains("cannot be predicted") == true)
    try writeImages("signs", sizes: [(28, 28)])
    let images = await refusal { _ = try await start("signs", target: "label") }
    #expect(images?.message.contains("is not a table") == true)
  }

  @Test func namesThatNeedQuotes() async throws {
    var text = "\"a: b, c\",\"${x}\",\"ta'r\\get #1\"\n"
    for row in 0..<60 {
      text += "\(row % 7),\(row % 2 == 0 ? "{p}" : "q: r"),\(row % 3 == 0 ? "no" : "yes")\n"
    }
    try folder.write(Array(text.utf8), "odd name.csv")
    let outcome = try await start("odd name.csv", target: "ta'r\\get #1")
    #expect(outcome.lines.contains { $0.contains("runner check 'odd name.yaml'") })
    #expect(try plan("odd name.yaml").task.outputCount == 2)
  }

  // MARK: IDX

  @Test func aFolderOfMNISTsFormat() async throws {
    func big(_ value: Int) -> [UInt8] { [0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    try AtomicFile.createFolder(folder.path + "/letters")
    for (part, count) in [("train", 40), ("t10k", 10)] {
      let pixels = (0..<(count * 12 * 10)).map { UInt8($0 % 251) }
      try folder.write(
        [0, 0, 8, 3] + big(count) + big(12) + big(10) + pixels,
        "letters/\(part)-images-idx3-ubyte")
      try folder.write(
        [0, 0, 8, 1] + big(count) + (0..<count).map { UInt8($0 % 4) },
        "letters/\(part)-labels-idx1-ubyte")
    }
    let outcome = try await start("letters")
    #expect(outcome.found[0].contains("4 classes, 40 images of 1×12×10"))
    let plan = try plan("letters.yaml")
    #expect(plan.task.outputCount == 4)
  }

  // MARK: Files

  @Test func nothingIsOverwritten() async throws {
    try writeImages("signs", sizes: [(28, 28)])
    try folder.write(Array("mine".utf8), "signs.yaml")
    let problem = await refusal { _ = try await start("signs") }
    #expect(problem?.message == "'signs.yaml' already exists and is not overwritten")
    #expect(try folder.text("signs.yaml") == "mine")
  }

  @Test func dataThatIsNotThereOrNotKnown() async throws {
    let missing = await refusal { _ = try await start("nowhere") }
    #expect(missing?.message == "there is no file or folder 'nowhere'")
    try folder.write([1], "x.docx")
    let unknown = await refusal { _ = try await start("x.docx") }
    #expect(unknown?.hint?.contains("a folder of images") == true)
    try AtomicFile.createFolder(folder.path + "/tables")
    try folder.write(Array("a,b\n1,2\n".utf8), "tables/t.csv")
    let tables = await refusal { _ = try await start("tables") }
    #expect(tables?.hint == "choose a file: --data tables/t.csv")
  }

  // MARK: Boxes and masks

  private func writePicture(_ name: String, level: Int, height: Int = 60, width: Int = 96) throws {
    let path = "\(folder.path)/\(name)"
    try AtomicFile.createFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    let pixels = (0..<(height * width)).map { UInt8((level * 40 + $0 * 3) % 256) }
    let image = try #require(
      PixelImage(planar: pixels, width: width, height: height, channels: 1))
    try AtomicFile.write(try image.png(), to: path)
  }

  /// The suggestion for boxes, in full.
  @Test(arguments: ["coco", "voc"]) func boxesAreRecognised(format: String) async throws {
    for number in 0..<5 {
      let place = format == "coco" ? "cells/photos" : "cells/VOC2007/JPEGImages"
      try writePicture("\(place)/\(number).png", level: number)
      if format == "voc" {
        try AtomicFile.createFolder("\(folder.path)/cells/VOC2007/Annotations")
        try AtomicFile.write(
          "<annotation><size><width>96</width><height>60</height></size><object><name>cell</name>"
            + "<bndbox><xmin>5</xmin><ymin>5</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object>"
            + "</annotation>", to: "\(folder.path)/cells/VOC2007/Annotations/\(number).xml")
      }
    }
    if format == "coco" {
      let images = (0..<5).map {
        "{\"id\": \($0), \"file_name\": \"\($0).png\", \"width\": 96, \"height\": 60}"
      }
      try AtomicFile.write(
        "{\"images\": [\(images.joined(separator: ","))], \"categories\": [{\"id\": 1, \"name\": "
          + "\"cell\"}], \"annotations\": [{\"id\": 1, \"image_id\": 0, \"category_id\": 1, "
          + "\"bbox\": [4, 4, 16, 26], \"area\": 416}, {\"id\": 2, \"image_id\": 1, "
          + "\"category_id\": 1, \"bbox\": [4, 4, 16, 26], \"area\": 416}, {\"id\": 3, "
          + "\"image_id\": 2, \"category_id\": 1, \"bbox\": [4, 4, 16, 26], \"area\": 416}]}",
        to: "\(folder.path)/cells/result.json")
    }
    let outcome = try await start("cells")
    #expect(outcome.found[0] == "cells: boxes of 1 class, 4 images to train on, 1 to test on")
    let line = "    \(format): cells" + String(repeating: " ", count: format == "coco" ? 31 : 32)
    let what =
      format == "coco"
      ? "images and boxes in COCO's format" : "images and .xml files in the layout of Pascal VOC"
    #expect(
      try folder.text("cells.yaml") == """
        # yaml-language-server: $schema=runner.schema.json
        # Written by 'runner init' for cells: boxes of 1 class, 4 images to train on, 1 to test on.
        # Everything here is a suggestion. 'runner check cells.yaml' quickly tells whether it works.

        seed: 42                                      # another seed shows how much of a result is luck

        data:
          dataset:
        \(line)# \(what)
          transforms:
            - resize: [64, 96]                        # larger images show small objects better, and take longer
            - random_horizontal_flip                  # moves the boxes along
            - to_tensor                               # bytes to numbers from 0 to 1
            - normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}  # ImageNet's, as pretrained weights expect
          split: {validation: 0.2}                    # a fifth is held out; with few examples, {folds: 5} is more reliable
          batch_size: 8                               # examples per training step

        model:
          - fcos: {backbone: resnet18}                # finds objects of many sizes; the loss is its own

        optimizer:
          adam: {lr: 1e-4}                            # if the loss jumps around, try a tenth; if it falls slowly, try more
        train:
          epochs: 30                                  # passes over the training examples; the best one on validation is kept

        """)
  }

  @Test func masksAreRecognised() async throws {
    for number in 0..<5 {
      try writePicture("streets/images/\(number).png", level: number)
      let numbers = (0..<5760).map { UInt8($0 % 3 == 2 ? 255 : $0 % 2) }
      let colors = (0..<256).map { PixelImage.Color(UInt32($0 * 999)) }
      try AtomicFile.createFolder(folder.path + "/streets/masks")
      try AtomicFile.write(
        try PaletteImage(width: 96, height: 60, numbers: numbers, colors: colors).png(),
        to: "\(folder.path)/streets/masks/\(number).png")
    }
    _ = try await start("streets")
    let text = try folder.text("streets.yaml")
    #expect(text.contains("classes: [class_0, class_1]") && text.contains("ignore: 255"))
    #expect(text.contains("- resize: [64, 96]") && text.contains("- unet: {width: 32}"))
    let plan = try plan("streets.yaml")
    #expect(plan.task.outputCount == 2)
  }
}
