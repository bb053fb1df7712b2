import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing
import Weights

/// Frozen layers, their kept output, and where weights come from.
@Suite struct TransferTests {
  private let finetune = Program.repository + "/experiments/resnet18_finetune.yaml"

  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try program.write(Self.yaml, to: "cnn.yaml")
    try await body(&program)
  }

  static let yaml = """
    name: cnn
    seed: 7
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 8, width: 8}
      transforms: [to_tensor]
      batch_size: 32
    model:
      - conv2d: {out_channels: 4, kernel_size: 3, bias: false}
        name: conv1
      - batch_norm2d:
        name: bn1
      - relu
      - conv2d: {out_channels: 8, kernel_size: 3}
        name: conv2
      - relu
      - flatten
      - linear: 4
        name: fc
    freeze: backbone
    optimizer: {adam: 1e-2}
    train: {epochs: 3}
    metrics: [accuracy, f1]

    """

  private func text(_ path: String) throws -> String {
    String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
  }

  // MARK: What is said before

  @Test func checkSaysWhatIsTrainedAndWhatIsComputedOnce() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["check", finetune])
      #expect(outcome.code == 0, "\(outcome.error)")
      let lines = outcome.output.split(separator: "\n")
      func words(_ start: String) -> String {
        lines.map { $0.split(separator: " ").joined(separator: " ") }
          .first { $0.hasPrefix(start + " ") } ?? ""
      }
      #expect(words("total").hasPrefix("total 11,181,642 "))
      #expect(words("trainable") == "trainable 5,130")
      #expect(
        words("frozen")
          == "frozen up to '9', computed once per example and cached; then 'fc' is trained")
      // Beyond sixty nodes one line for each part, unless all are asked for.
      #expect(words("layer1").hasPrefix("layer1 14 nodes [N, 64, 56, 56] 147,968 "))
      #expect(words("layer4").hasPrefix("layer4 16 nodes [N, 512, 7, 7] 8,393,728 "))
      #expect(outcome.output.contains("--layers prints all 69 nodes"))
      #expect(!outcome.output.contains("layer1.0.conv1"))
      let all = try await program.run(["check", finetune, "--layers"])
      #expect(all.output.contains("layer1.0.conv1"))
      #expect(!all.output.contains("--layers"))
      let json = try await program.run(["check", finetune, "--json"])
      guard
        case .object(let object) = try JSONText.decode(
          JSONValue.self, from: Array(json.output.utf8)), case .array(let nodes)? = object["layers"]
      else { throw TestFailure("no object") }
      #expect(nodes.count == 69)
      #expect(object["parameters"] == ["total": 11_181_642, "trainable": 5_130])
    }
  }

  @Test func modelsAreDocumentedWithTheLayers() async throws {
    try await withProgram { program in
      let list = try await program.run(["layers"])
      #expect(
        list.output.split(separator: "\n").contains {
          $0.hasPrefix("  resnet18  ") && $0.contains("ResNet-18")
        })
      let one = try await program.run(["layers", "resnet18"])
      #expect(one.code == 0)
      #expect(one.output.contains("classes: an integer at least 1 and at most 1000000 (optional,"))
      #expect(one.output.contains("- adaptive_avg_pool2d: 1\n    name: avgpool"))
      let typo = try await program.run(["layers", "resnet81"])
      #expect(typo.code == 2)
      #expect(typo.error.contains("did you mean 'resnet18'?"))
    }
  }

  @Test func describeKnowsComponentsOfEveryKind() async throws {
    try await withProgram { program in
      let model = try await program.run(["describe", "resnet50"])
      #expect(model.code == 0)
      #expect(model.output.hasPrefix("model resnet50\n"))
      for part in [
        "25,557,032", "4.09 G multiply-adds", "images of 3×224×224, 1,000 classes",
        "torchvision.models.resnet50", "https://arxiv.org/abs/1512.03385",
        "weights: imagenet     76.130%  resnet50-0676ba61.pth",
        "weights: imagenet_v2  80.858%  resnet50-11ad3fa6.pth", "- adaptive_avg_pool2d: 1",
      ] {
        #expect(model.output.contains(part), "\(part)")
      }
      let linear = try await program.run(["describe", "linear"])
      #expect(linear.output.hasPrefix("layer linear\n"))
      #expect(linear.output.contains("\nschedule linear\n"))
      let all = try await program.run(["describe"])
      #expect(all.output.contains("\nmodel\n  alexnet"))
      #expect(all.output.contains("\nmetric\n"))
      let typo = try await program.run(["describe", "resnet81"])
      #expect(typo.code == 2)
      #expect(typo.error.contains("did you mean 'resnet18'?"))
    }
  }

  @Test func describeAsJSON() async throws {
    struct Argument: Decodable {
      let name: String
      let types: [String]
      let values: String
      let required: Bool
      let `default`: String?
      let documentation: String
      let choices: [String]?
      let arguments: [Argument]?
    }
    struct Weights: Decodable {
      let name: String
      let file: String
      let top1: Double?
      let input_size: Int
    }
    struct Model: Decodable {
      let parameters: Int
      let multiply_adds: Int
      let flops: Int
      let input: [Int]
      let classes: Int
      let reference: String?
      let publication: String?
      let weights: [Weights]
      let yaml: String
    }
    struct Component: Decodable {
      let kind: String
      let name: String
      let documentation: String
      let main_argument: String?
      let arguments: [Argument]
      let model: Model?
    }
    let program = try Program()
    defer { program.remove() }
    func components(_ words: [String]) async throws -> [Component] {
      let result = try await program.run(["describe", "--json"] + words)
      #expect(result.code == 0, "\(result.error)")
      let document = try JSONDecoder().decode(
        [String: [Component]].self, from: Data(result.output.utf8))
      return try #require(document["components"])
    }
    let resnet = try #require(try await components(["resnet50"]).first?.model)
    #expect(resnet.parameters == 25_557_032 && resnet.input == [3, 224, 224])
    #expect(resnet.multiply_adds > 4_000_000_000 && resnet.flops > 2 * resnet.multiply_adds)
    #expect(resnet.classes == 1000 && resnet.publication == "https://arxiv.org/abs/1512.03385")
    #expect(resnet.reference == "torchvision.models.resnet50")
    #expect(resnet.weights.map(\.name) == ["imagenet", "imagenet_v2"])
    #expect(resnet.weights[0].top1 == 76.13 && resnet.weights[0].input_size == 224)
    #expect(resnet.weights[0].file == "resnet50-0676ba61.pth")
    #expect(resnet.yaml.contains("- adaptive_avg_pool2d: 1"))

    #expect(try await components(["linear"]).map(\.kind) == ["layer", "schedule"])
    let muon = try #require(try await components(["muon"]).first)
    #expect(muon.kind == "optimizer" && muon.main_argument == "lr" && muon.model == nil)
    let rate = try #require(muon.arguments.first { $0.name == "lr" })
    #expect(rate.types == ["number"] && rate.values == "a number above 0")
    #expect(rate.default == "1e-3" && !rate.required)
    let others = try #require(muon.arguments.first { $0.name == "others" }?.arguments)
    #expect(others.contains { $0.name == "amsgrad" && $0.default == "false" })
    #expect(
      muon.arguments.first { $0.name == "adjust_lr_fn" }?.choices == [
        "original", "match_rms_adamw",
      ])

    let all = try await components([])
    #expect(
      Set(all.map(\.kind)) == [
        "layer", "model", "dataset", "transform", "loss", "optimizer", "schedule", "metric", "task",
        "export_format",
      ])
    #expect(
      all.allSatisfy { !$0.documentation.isEmpty && ($0.kind == "model") == ($0.model != nil) })
    let typo = try await program.run(["describe", "resnet81", "--json"])
    #expect(typo.code == 2 && typo.output.isEmpty)
    #expect(typo.error.contains(#""hint":"did you mean 'resnet18'?""#))
  }

  // MARK: The frozen prefix

  @Test func keptFeaturesChangeNoMetric() async throws {
    try await withProgram { program in
      var summaries: [RunSummary] = []
      var logs: [String] = []
      func run(_ arguments: [String], runs: String) async throws {
        let outcome = try await program.run(
          ["cnn.yaml", "--runs-dir", runs] + arguments)
        #expect(outcome.code == 0, "\(outcome.error)")
        let run = RunDirectory(path: try #require(program.runs(runs).first))
        summaries.append(try run.readSummary())
        logs.append(try text(run.file("log.txt")))
      }
      try await run([], runs: "first")
      try await run([], runs: "second")
      try await run(["cache=false"], runs: "without")
      #expect(logs[0].contains("frozen layers: 500 of 500 examples computed"))
      #expect(logs[1].contains("frozen layers: 0 of 500 examples computed"))
      #expect(!logs[2].contains("frozen layers"))
      let manifests = try ["first", "second"].map {
        try text(try #require(program.runs($0).first) + "/MANIFEST.sha256")
      }
      #expect(manifests[0] == manifests[1])

      // A damaged file is noticed, said and made anew.
      let folder = program.path("cache/features")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { (try? FileReading.bytes(of: folder + "/" + $0).count) ?? 0 > 10_000 }
      #expect(files.count == 2)
      for file in files {
        var bytes = try FileReading.bytes(of: folder + "/" + file)
        bytes[bytes.count / 2] ^= 0x40
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + file))
      }
      try await run([], runs: "third")
      #expect(logs[3].contains("frozen layers: 500 of 500 examples computed"))
      let third = try text(try #require(program.runs("third").first) + "/MANIFEST.sha256")
      #expect(third == manifests[0])

      for other in summaries.dropFirst() {
        #expect(other.bestEpoch == summaries[0].bestEpoch)
        for (ours, theirs) in [
          (other.validation, summaries[0].validation), (other.test, summaries[0].test),
        ] {
          #expect(Set(ours.keys) == Set(theirs.keys))
          for (key, value) in ours { #expect(abs(value - (theirs[key] ?? .nan)) <= 1e-6, "\(key)") }
        }
      }
    }
  }

  /// Other frozen weights are another entry, the head and the optimizer are not.
  @Test func theKeyIsWhatTheFeaturesDependOn() async throws {
    try await withProgram { program in
      func computed(_ arguments: [String]) async throws -> String {
        let runs = "r\(arguments.joined().utf8.reduce(0) { $0 &* 31 &+ Int($1) })"
        let outcome = try await program.run(["cnn.yaml", "-q", "--runs-dir", runs] + arguments)
        #expect(outcome.code == 0, "\(outcome.error)")
        let log = try text(try #require(program.runs(runs).first) + "/log.txt")
        let line = log.split(separator: "\n").first { $0.contains("frozen layers: ") }
        return line.map { String($0.split(separator: " ")[4]) } ?? "none"
      }
      for (arguments, count) in [
        (["epochs=1"], "500"), (["epochs=2", "lr=1e-3", "batch_size=64"], "0"), (["seed=8"], "500"),
        (["data.transforms=[to_tensor, normalize: {mean: 0.5, std: 0.5}]"], "500"),
        // A shorter prefix.
        (["freeze=conv1"], "500"),
        (["data.transforms=[random_horizontal_flip, to_tensor]"], "none"),
      ] {
        let found = try await computed(arguments)
        #expect(found == count, "\(arguments)")
      }
    }
  }

  /// Also where two trials begin at once: the second waits for what the first computes.
  @Test func aSweepComputesTheFrozenLayersOnce() async throws {
    try await withProgram { program in
      let outcome = try await program.run(
        ["sweep", "cnn.yaml", "lr=[1e-1,1e-2,1e-3,1e-4]", "--jobs", "2"])
      #expect(outcome.code == 0, "\(outcome.error)")
      let sweep = try SweepTests.sweep(program)
      let computed = try (1...4).map { number in
        let log = try text(try #require(try SweepCatalog.trial(number, of: sweep)).file("log.txt"))
        let line = log.split(separator: "\n").first { $0.contains("frozen layers: ") }
        return line.flatMap { Int($0.split(separator: " ")[4]) } ?? -1
      }
      #expect(computed.allSatisfy { $0 >= 0 }, "\(computed)")
      // The training and the test part may be computed by two trials.
      #expect(computed.reduce(0, +) == 500, "\(computed)")
      let list = try await program.run(["cache", "list", "--json"])
      #expect(list.output.components(separatedBy: "\"key\"").count - 1 == 2, "\(list.output)")
    }
  }

  // MARK: Weights

  @Test func aSweepLooksForRunsWhereItsOwnAre() async throws {
    try await withProgram { program in
      let first = try await program.run(["cnn.yaml", "-q", "~freeze", "--runs-dir", "kept"])
      #expect(first.code == 0, "\(first.error)")
      let name = try #require(program.runs("kept").first?.split(separator: "/").last)
      let sweep = try await program.run(
        [
          "sweep", "cnn.yaml", "lr=[1e-3,1e-4]", "+weights={run: \(name)}", "epochs=1",
          "--runs-dir", "kept", "--jobs", "1",
        ])
      #expect(sweep.code == 0, "\(sweep.error)")
      let directory = try #require(program.runs("kept").first { $0.contains("sweep") })
      let trial = try #require(try SweepCatalog.trial(1, of: directory))
      let weights = try trial.readInfo().weights
      #expect(weights?.path?.contains("/kept/\(name)/weights/best.safetensors") == true)
    }
  }

  @Test func weightsOfAnEarlierRunAndOfAFile() async throws {
    try await withProgram { program in
      let code = try await program.run(["cnn.yaml", "-q", "~freeze"]).code
      #expect(code == 0)
      let first = RunDirectory(path: try #require(program.runs().first))
      let name = try #require(first.path.split(separator: "/").last)
      func start(_ weights: String, runs: String) async throws -> RunDirectory {
        // Two classes less would not fit the data; another head is made by the name of the run.
        let outcome = try await program.run(
          ["cnn.yaml", "-q", "+weights=\(weights)", "lr=1e-9", "epochs=1", "--runs-dir", runs])
        #expect(outcome.code == 0, "\(outcome.error)")
        return RunDirectory(path: try #require(program.runs(runs).first))
      }
      let best = first.file("weights/best.safetensors")
      let byFile = try await start(best, runs: "a")
      let byRun = try await start("{run: \(first.path)}", runs: "b")
      let infos = try [byFile, byRun].map { try $0.readInfo() }
      #expect(infos[0].weights?.sha256 == Digest.hex(of: try FileReading.bytes(of: best)))
      #expect(infos[1].weights?.sha256 == infos[0].weights?.sha256)
      #expect(infos[1].weights?.source.hasSuffix(String(name)) == true)
      let losses = try [first, byFile, byRun].map { try $0.readSummary().validation["loss"] ?? -1 }
      #expect(abs(losses[0] - losses[1]) < 1e-5)
      #expect(losses[1] == losses[2])

      let missing = try await program.run(["cnn.yaml", "+weights={run: nowhere}"])
      #expect(missing.code == 2)
      #expect(missing.error.contains("nowhere"))
    }
  }

  @Test func aHeadOfAnotherSizeIsReplacedAndNothingElse() async throws {
    try await withProgram { program in
      let code = try await program.run(["cnn.yaml", "-q", "~freeze"]).code
      #expect(code == 0)
      let first = RunDirectory(path: try #require(program.runs().first))
      var entries = try SafeTensors.File(reading: first.file("weights/best.safetensors")).entries()
      let before = entries
      for index in entries.indices where entries[index].name.hasPrefix("fc.") {
        entries[index].shape[0] = 3
        entries[index].bytes.removeLast(entries[index].bytes.count / 4)
      }
      func write(_ entries: [SafeTensors.Entry], to name: String) throws {
        try Data(SafeTensors.encode(entries).flatMap(\.self))
          .write(to: URL(fileURLWithPath: program.path(name)))
      }
      try write(entries, to: "three.safetensors")
      let outcome = try await program.run(
        ["cnn.yaml", "-q", "+weights=three.safetensors", "--runs-dir", "second"])
      #expect(outcome.code == 0, "\(outcome.error)")
      let second = RunDirectory(path: try #require(program.runs("second").first))
      #expect(
        try text(second.file("log.txt")).contains("starts from random values: fc.bias, fc.weight"))
      let after = try SafeTensors.File(reading: second.file("weights/last.safetensors")).entries()
      for (old, new) in zip(before, after) where !old.name.hasPrefix("fc.") {
        #expect(old.bytes == new.bytes, "\(old.name)")
      }

      // Everything else that does not fit is listed, all of it.
      entries.removeAll { $0.name == "conv2.bias" || $0.name == "bn1.running_var" }
      entries.append(
        SafeTensors.Entry(
          name: "extra", type: .float32, shape: [1], bytes: Array(repeating: 0, count: 4)))
      for index in entries.indices where entries[index].name == "bn1.bias" {
        entries[index].shape = [2]
        entries[index].bytes.removeLast(8)
      }
      try write(entries, to: "wrong.safetensors")
      let misfit = try await program.run(
        ["cnn.yaml", "+weights=wrong.safetensors", "--runs-dir", "third"])
      #expect(misfit.code == 2)
      for problem in [
        "missing in the file: conv2.bias [8]", "missing in the file: bn1.running_var [4]",
        "bn1.bias: shape [2] in the file, [4] in the model", "not in the model: extra [1]",
      ] { #expect(misfit.error.contains(problem), "\(problem): \(misfit.error)") }
      #expect(program.runs("third").isEmpty)
    }
  }

  /// Nothing can be had: what the example declares happens, and is said wherever one looks.
  @Test func randomWeightsStandInLoudly() async throws {
    try await withProgram { program in
      program.environment["RUNNER_WEIGHTS_URL"] = "http://127.0.0.1:9"
      let small = [
        "data.dataset=digits", "~data.fallback", "+data.limit={train: 200, test: 20}", "epochs=1",
        "data.transforms.0.resize=[33, 33]", "batch_size=16",
      ]
      let outcome = try await program.run([finetune] + small)
      #expect(outcome.code == 0, "\(outcome.error)")
      let sentence =
        "the weights 'imagenet' of resnet18 are not available; this run starts from random weights"
      #expect(outcome.error.components(separatedBy: "warning: " + sentence).count == 3)
      #expect(outcome.error.contains("weights: random"))
      let run = RunDirectory(path: try #require(program.runs().first))
      let info = try run.readInfo()
      #expect(info.weights?.source == "imagenet")
      #expect(info.weights?.used == "random")
      #expect(info.weights?.path == nil)
      #expect(info.warnings.contains { $0.contains(sentence) })
      let page = try text(run.file("report.html"))
      #expect(page.contains("are not available; this run starts from random weights"))

      let strict = try await program.run(
        [finetune, "~weights.fallback", "--runs-dir", "strict"] + small)
      #expect(strict.code == 2)
      #expect(strict.error.contains("resnet18_finetune.yaml:19:3: error:"))
      #expect(strict.error.contains("resnet18-f37072fd.pth"))
      #expect(program.runs("strict").isEmpty)
    }
  }
}
