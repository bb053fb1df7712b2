import ExperimentConfig
import Export
import Files
import FoundationEssentials
import RunRecord
import Testing
import Weights

/// `runner export`.
@Suite struct ExportTests {
  /// A Python without packages, so that tests do not depend on the machine's.
  private func withoutPackages(_ program: Program) throws -> Program {
    var program = program
    try FileManager.default.createDirectory(
      atPath: program.path("bin"), withIntermediateDirectories: true)
    try program.write("#!/bin/sh\necho 'No module' >&2\nexit 1\n", to: "bin/python3")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.path("bin/python3"))
    program.environment["PATH"] = program.path("bin") + ":/usr/bin:/bin"
    return program
  }

  private func object(_ bytes: [UInt8]) throws -> [String: JSONValue] {
    guard case .object(let object) = try JSONText.decode(JSONValue.self, from: bytes) else {
      throw TestFailure("no object")
    }
    return object
  }

  /// One run for all formats, because every run takes a while.
  @Test func aRunIsExported() async throws {
    try await FinishedRun.with { program, run in
      try await theFileTakesPicturesAndHasACertificate(program, run)
      try await tensorsAreWhatTheFirstLayerTakes(program, run)
      try await integersOfEightBitsAreMeasuredOnTrainingExamples(program, run)
      try await safetensorsHoldsTheWeights(program, run)
      try await foldersForPyTorchAppearWhole(program, run)
      try await torchScriptIsALayerOfAnotherExperiment(program, run)
      try await whatCannotBeExportedIsRefused(program, run)
    }
  }

  private func theFileTakesPicturesAndHasACertificate(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let program = try withoutPackages(program)
    let outcome = try await program.run(["export", "latest", "onnx", "-o", "small.onnx"])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.contains("input pictures: uint8[batch, 8, 8, 1]"))
    #expect(outcome.output.contains("answers not compared: python3 has no onnxruntime"))
    let file = try FileReading.bytes(of: program.path("small.onnx"))
    let summary = try ONNXCheck.check(file)
    #expect(
      summary.outputs == ["probabilities": "float[batch, 4]", "scores": "float[batch, 4]"])
    #expect(summary.metadata["classes"] == #"["0","1","2","3"]"#)
    #expect(summary.metadata["runner.run"] == run.name)
    #expect(summary.metadata["runner.version"] == Version.runner)
    let certificate = try object(
      FileReading.bytes(of: program.path("small.onnx.certificate.json")))
    #expect(certificate["compared"] == false)
    #expect(certificate["sha256"] == .string(Digest.hex(of: file)))
    #expect(certificate["bytes"] == .integer(file.count))
  }

  private func tensorsAreWhatTheFirstLayerTakes(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let program = try withoutPackages(program)
    let outcome = try await program.run([
      "export", "onnx", "--input", "tensor", "--opset", "18", "--json",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    let answer = try object(Array(outcome.output.utf8))
    #expect(answer["path"] == .string("\(run.name).onnx"))
    let summary = try ONNXCheck.check(FileReading.bytes(of: program.path("\(run.name).onnx")))
    #expect(summary.inputs == ["image": "float[batch, 1, 8, 8]"])
    #expect(summary.opset == 18)
  }

  private func integersOfEightBitsAreMeasuredOnTrainingExamples(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let program = try withoutPackages(program)
    let outcome = try await program.run(["export", "latest", "int8"])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.contains("ranges measured on"))
    #expect(
      outcome.output.contains("what it costs was not measured: python3 has no onnxruntime"))
    let path = program.path("\(run.name).int8.onnx")
    let summary = try ONNXCheck.check(FileReading.bytes(of: path))
    #expect(summary.inputs == ["pictures": "uint8[batch, 8, 8, 1]"])
    let certificate = try object(FileReading.bytes(of: "\(path).certificate.json"))
    #expect(certificate["format"] == "int8")
    guard case .object(let found)? = certificate["quantization"],
      case .integer(let examples)? = found["calibration_examples"],
      case .integer(let floatBytes)? = found["float_bytes"]
    else { throw TestFailure("no quantization") }
    #expect((1...512).contains(examples))
    let floats = try await program.run(["export", "latest", "onnx", "-o", "floats.onnx"])
    #expect(floats.code == 0, "\(floats.error)")
    #expect(floatBytes == (try FileReading.bytes(of: program.path("floats.onnx")).count))
    // The same run gives the same file.
    let again = try await program.run(["export", "latest", "int8", "-o", "again.onnx"])
    #expect(again.code == 0, "\(again.error)")
    #expect(
      try FileReading.bytes(of: path) == FileReading.bytes(of: program.path("again.onnx")))
  }

  private func safetensorsHoldsTheWeights(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let outcome = try await program.run([
      "export", "latest", "safetensors", "-o", "w.safetensors",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    let written = try StateDictFile(reading: program.path("w.safetensors"))
    let own = try StateDictFile(reading: run.file("weights/best.safetensors"))
    let names = own.tensors.map(\.name)
    #expect(written.tensors == own.tensors)
    #expect(
      try written.entries(named: names).map(\.bytes) == own.entries(named: names).map(\.bytes))
  }

  private func foldersForPyTorchAppearWhole(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let program = try withoutPackages(program)
    for (format, weights) in [("pytorch", "weights"), ("huggingface", "model")] {
      let outcome = try await program.run(["export", "latest", format, "-o", format])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.output.contains("answers not compared: python3 has no torch"))
      let model = String(
        decoding: try FileReading.bytes(of: program.path("\(format)/model.py")), as: UTF8.self)
      #expect(model.contains("class Model(nn."))
      let written = try StateDictFile(reading: program.path("\(format)/\(weights).safetensors"))
      let own = try StateDictFile(reading: run.file("weights/best.safetensors"))
      #expect(written.tensors == own.tensors)
      let certificate = try object(
        FileReading.bytes(of: program.path("\(format)/certificate.json")))
      #expect(certificate["compared"] == false)
      let again = try await program.run(["export", "latest", format, "-o", format])
      #expect(again.code == 2)
      #expect(again.error.contains("is not empty, and its files are not overwritten"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: program.path("."))
    #expect(!names.contains { $0.hasSuffix(".tmp") })
  }

  private func torchScriptIsALayerOfAnotherExperiment(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    let program = try withoutPackages(program)
    try program.write("what was here", to: "small.pt")
    let outcome = try await program.run(["export", "latest", "torchscript", "-o", "small.pt"])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.contains("input image: float[batch, 1, 8, 8]"))
    #expect(outcome.output.contains("output: float[batch, 4]"))
    #expect(outcome.output.contains("answers not compared: python3 has no torch"))
    let certificate = try object(
      FileReading.bytes(of: program.path("small.pt.certificate.json")))
    #expect(certificate["format"] == "torchscript")
    let bytes = try FileReading.bytes(of: program.path("small.pt"))
    #expect(certificate["sha256"] == .string(Digest.hex(of: bytes)))
    // LibTorch runs it and finds the shape of its output.
    let check = try await program.run([
      "check", "small.yaml", "model=[{torchscript: small.pt}]",
    ])
    #expect(check.code == 0, "\(check.error)")
    let missing = try await program.run(["export", "torchscript", "-o", "nowhere/small.pt"])
    #expect(missing.code == 2, "\(missing.error)")
    #expect(missing.error.contains("nowhere/small.pt"))
    let names = try FileManager.default.contentsOfDirectory(atPath: program.path("."))
    #expect(!names.contains { $0.hasSuffix(".tmp") })
  }

  @Test func theModelsOfFoldsAnswerTogether() async throws {
    try await FinishedRun.with(["data.split.folds=2", "train.epochs=1"]) { program, run in
      let program = try withoutPackages(program)
      let outcome = try await program.run(["export", "latest", "onnx", "-o", "all.onnx"])
      #expect(outcome.code == 0, "\(outcome.error)")
      let all = try ONNXCheck.check(FileReading.bytes(of: program.path("all.onnx")))
      #expect(all.metadata["models"] == #"["fold-1","fold-2"]"#)
      let one = try await program.run(["export", "latest", "onnx", "--fold", "2"])
      #expect(one.code == 0, "\(one.error)")
      let second = try ONNXCheck.check(
        FileReading.bytes(of: program.path("\(run.name)-fold-2.onnx")))
      #expect(second.metadata["model"] == "fold-2")
      #expect(second.constants < all.constants)
      let weights = try await program.run(["export", "latest", "safetensors"])
      #expect(weights.code == 2)
      #expect(weights.error.contains("the run has 2 models, and a file of weights holds one"))
    }
  }

  private func whatCannotBeExportedIsRefused(
    _ program: Program, _ run: RunDirectory
  ) async throws {
    for (arguments, code, message) in [
      (
        ["latest", "coreml"], 64,
        "There is no format 'coreml': name one of onnx, int8, pytorch, huggingface, torchscript, "
      ),
      (["latest"], 64, "Name a format: onnx, int8, pytorch, huggingface, torchscript, "),
      (["safetensors", "--opset", "17"], 64, "--opset does not belong to safetensors."),
      (["onnx", "--opset", "9"], 2, "--opset 9 is not supported: operator sets are 17 to 21"),
      (["onnx", "-o", "\(run.path)/m.onnx"], 2, "is inside a run directory"),
      (["onnx", "-o", "."], 2, ". is a folder"),
      (["onnx", "--fold", "1"], 2, "has neither folds nor several seeds"),
      (["onnx", "--python", "./nothing"], 2, "./nothing cannot be started"),
    ] as [([String], Int32, String)] {
      let outcome = try await program.run(["export"] + arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.text)")
      #expect(outcome.error.contains(message), "\(outcome.error)")
    }
  }
}
