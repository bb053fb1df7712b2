import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import TestSupport
import Testing

/// `runner explain`.
@Suite struct ExplainTests {
  /// A finished run of a small convolutional network, and pictures of its first test examples.
  private func withConvolutions(_ body: (Program, RunDirectory) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let yaml = SmallExperiment.yaml.replacing(
      "- flatten\n",
      with: "- conv2d: {out_channels: 6, kernel_size: 3, padding: 1}\n  - relu\n  - flatten\n")
    #expect(yaml != SmallExperiment.yaml)
    try program.write(yaml, to: "small.yaml")
    let trained = try await program.run(["small.yaml", "-q"])
    #expect(trained.code == 0, "\(trained.error)")
    let pixels = try FinishedRun.pixels(program)
    for index in 0..<2 {
      try FinishedRun.writePNG(
        pixels[(64 * index)..<(64 * index + 64)], to: program.path("digit \(index).png"))
    }
    try await body(program, RunDirectory(path: try #require(program.runs().first)))
  }

  private func object(_ text: String) throws -> [String: JSONValue] {
    guard
      case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { throw TestFailure(text) }
    return object
  }

  private func list(_ value: JSONValue?) throws -> [[String: JSONValue]] {
    guard case .array(let values)? = value else { throw TestFailure("no list") }
    return try values.map {
      guard case .object(let object) = $0 else { throw TestFailure("no object") }
      return object
    }
  }

  @Test func everyMethodWritesAMapBesideThePage() async throws {
    try await withConvolutions { program, run in
      let methods = [
        "saliency", "input_x_gradient", "integrated_gradients", "grad_cam", "grad_cam_plus_plus",
        "layer_cam", "hires_cam", "occlusion", "feature_maps",
      ]
      let command = [
        "explain", "latest", "digit 0.png", "digit 1.png", "--method",
        methods.joined(separator: ","), "--sanity", "-o", "why", "--json",
      ]
      let outcome = try await program.run(command)
      #expect(outcome.code == 0, "\(outcome.error)")
      let answer = try object(outcome.output)
      let pictures = try list(answer["pictures"])
      #expect(pictures.map { $0["image"] } == ["digit 0.png", "digit 1.png"])
      for picture in pictures {
        guard case .integer(let predicted)? = picture["predicted"] else {
          throw TestFailure("no prediction")
        }
        #expect(picture["explained"] == .string("\(predicted)"))
        let maps = try list(picture["maps"])
        #expect(maps.compactMap { $0["method"]?.asString } == methods)
        for map in maps {
          let path = try #require(map["file"]?.asString)
          #expect(try FileReading.bytes(of: program.path(path)).starts(with: [0x89, 0x50]))
          if map["method"] == "feature_maps" { continue }
          #expect(try list(map["sanity"]).count == 3)
        }
        guard case .object(let completeness)? = maps[2]["completeness"] else {
          throw TestFailure("no completeness")
        }
        guard case .number(let error)? = completeness["error"] else {
          throw TestFailure("no error of completeness")
        }
        #expect(error <= 0.01)
      }
      #expect(try list(answer["sanity"]).count == methods.count - 1)
      let page = String(
        decoding: try FileReading.bytes(of: program.path("why/index.html")), as: UTF8.self)
      #expect(page.contains("digit 1.png") && !page.contains("://"))
      // The same again, in place of the files before.
      let again = try await program.run(command)
      #expect(again.output == outcome.output)
      // Nothing of the run has changed.
      let record = String(
        decoding: try FileReading.bytes(of: run.file(Manifest.name)), as: UTF8.self)
      for line in record.split(separator: "\n") {
        #expect(try Digest.hex(ofFile: run.file(String(line.dropFirst(66)))) == line.prefix(64))
      }
    }
  }

  @Test func ownExamplesAndTheirClassesAreExplained() async throws {
    try await withConvolutions { program, _ in
      let outcome = try await program.run([
        "explain", "latest", "--split", "train", "--worst", "2", "--class", "3", "--layer", "0",
        "--json",
      ])
      // A model that is never wrong about its training examples has nothing to explain.
      if outcome.code == 2 {
        #expect(outcome.output.isEmpty && outcome.error.contains("nothing to explain"))
        return
      }
      #expect(outcome.code == 0, "\(outcome.error)")
      let pictures = try list(object(outcome.output)["pictures"])
      #expect((1...2).contains(pictures.count))
      #expect(pictures.allSatisfy { $0["explained"] == "3" && $0["layer"] == "0" })
    }
  }

  @Test func wrongInputIsNamed() async throws {
    try await withConvolutions { program, run in
      try FileManager.default.createDirectory(
        atPath: program.path("taken"), withIntermediateDirectories: false)
      try program.write("mine", to: "taken/index.html")
      try program.write("no picture", to: "notes.png")
      for (words, message) in [
        (["digit 0.png", "--class", "cat"], "the model does not predict 'cat'"),
        (["digit 0.png", "--layer", "conv7"], "the model has no layer 'conv7'"),
        (["digit 0.png", "--layer", "3"], "has no height and width"),
        (["digit 0.png", "-o", "taken"], "has other files than 'runner explain' writes"),
        (["digit 0.png", "-o", run.path], "is a run directory"),
        (["digit 0.png", "--method", "occlusion", "--window", "9"], "--window 9 is larger"),
        (
          ["digit 0.png", "--method", "occlusion", "--window", "2", "--stride", "3"],
          "leaves pixels between"
        ),
        (["notes.png"], "notes.png"),
      ] {
        let outcome = try await program.run(["explain", "latest"] + words)
        #expect(outcome.code == 2, "\(words): \(outcome.error)")
        #expect(outcome.error.contains(message), "\(words): \(outcome.error)")
      }
      for words in [
        ["digit 0.png", "--method", "gradcam"], ["digit 0.png", "--steps", "20"],
        ["digit 0.png", "--split", "test"], ["digit 0.png", "--worst", "2"], [],
      ] {
        let outcome = try await program.run(["explain", "latest"] + words)
        #expect(outcome.code == 64, "\(words): \(outcome.error)")
      }
      // The others are explained all the same.
      let some = try await program.run(["explain", "digit 0.png", "notes.png", "-o", "some"])
      #expect(some.code == 2)
      #expect(some.output.contains("digit 0.png"))
      #expect(
        try FileReading.bytes(of: program.path("some/digit_0_grad_cam.png")).starts(
          with: [0x89, 0x50]))
    }
  }

  @Test func modelsWithoutSpatialLayersHaveIntegratedGradients() async throws {
    try await FinishedRun.with { program, _ in
      try FinishedRun.writePNG(
        FinishedRun.pixels(program)[0..<64], to: program.path("one.png"))
      let outcome = try await program.run(["explain", "latest", "one.png"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.output.contains("complete to within"))
      let none = try await program.run([
        "explain", "latest", "one.png", "--method", "grad_cam", "-o", "other",
      ])
      #expect(none.code == 2)
      #expect(none.error.contains("no layer of this model before its head"))
    }
  }
}

extension JSONValue {
  fileprivate var asString: String? { if case .string(let text) = self { text } else { nil } }
}
