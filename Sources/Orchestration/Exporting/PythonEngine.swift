import Diagnostics
import ExperimentConfig
import Files
import Subprocess
import SystemPackage

/// Runs exported models by a package of Python's.
struct PythonEngine {
  let python: String
  /// The package that runs the models, whose name and version are reported.
  let package: String
  /// The packages that have to be there.
  let imports: [String]
  /// The sizes of batches, in turn.
  let batches: [Int]
  /// Python that sets `version` and `name`, one of `task["outputs"]`, and defines `run(group)`, which returns the
  /// values of the output for a group of examples as an array.
  let program: String

  /// ONNX files by onnxruntime.
  static func onnxRuntime(python: String) -> PythonEngine {
    PythonEngine(
      python: python, package: "onnxruntime", imports: ["onnxruntime", "numpy"],
      batches: [1, 7, 64], program: onnxProgram)
  }

  /// The values of one output, example by example.
  struct Outputs {
    /// `onnxruntime 1.32.0`.
    let engine: String
    /// The output's name; `boxes` for all outputs of a detector.
    let name: String
    /// Of an output of floats; of a detector, rows as in ``FoundBoxes``.
    var values: [Double] = []
    /// Of an output of bytes.
    var bytes: [UInt8] = []
  }

  private var executable: Executable {
    python.contains("/") ? .path(FilePath(python)) : .name(python)
  }

  /// Why it cannot be used; `nil` if it can.
  func problem() async -> String? {
    let result = try? await Subprocess.run(
      executable, arguments: ["-c", "import \(imports.joined(separator: ", "))"],
      output: .discarded,
      error: .string(limit: 1 << 16))
    guard let result else { return "\(python) cannot be started" }
    if result.terminationStatus.isSuccess { return nil }
    let reason = result.standardError.split(whereSeparator: \.isNewline).last
    return "\(python) has no \(package)" + (reason.map { " (\($0))" } ?? "")
  }

  private struct Task: Encodable {
    let model: String
    let groups: [ComparedExamples.Group]
    let outputs: [String]
    let batches: [Int]
    /// The most boxes of an image.
    let most: Int
  }

  private struct Answer: Decodable {
    struct File: Decodable {
      let file: String
      let type: String
      let shape: [Int]
      let rows: [Int]
    }

    let version: String
    let output: String
    let files: [File]
  }

  /// Runs a model on the inputs of some examples.
  ///
  /// - Parameters:
  ///   - outputs: the output is the first of these that the model has.
  ///   - most: the most boxes of an image; 0 if the model finds none.
  ///   - progress: is given the number of examples done.
  /// - Throws: `ProgramFault` if the model does not run.
  func run(
    _ model: String, _ groups: [ComparedExamples.Group], outputs: [String], most: Int = 0,
    in folder: ScratchFolder, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> Outputs {
    try folder.write((Self.beginning + program + Self.ending).utf8, to: "run.py")
    let path = model.hasPrefix("/") ? model : "\(PathResolution.workingDirectory)/\(model)"
    let task = Task(model: path, groups: groups, outputs: outputs, batches: batches, most: most)
    try folder.write(JSONText.encode(task), to: "task.json")
    let place = RootedDirectory(folder.path)
    let result = try await PolledProgress.watching {
      // There is no such file before the first batch. Progress alone is no reason to fail.
      (try? place.size(of: "done")) ?? 0
    } report: {
      progress($0)
    } _: {
      try await Subprocess.run(
        executable, arguments: ["run.py"], workingDirectory: FilePath(folder.path),
        output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    }
    guard result.terminationStatus.isSuccess else {
      let lines = result.standardError.split(whereSeparator: \.isNewline).suffix(3)
      throw ProgramFault(
        "\(model) does not run in \(package): \(lines.joined(separator: " "))")
    }
    let answer = try JSONText.decode(
      Answer.self, from: FileReading.bytes(of: folder.file("answer.json")))
    return try collect(answer, folder)
  }

  /// Puts the outputs of all groups into the order of the examples.
  private func collect(_ answer: Answer, _ folder: ScratchFolder) throws -> Outputs {
    var outputs = Outputs(engine: "\(package) \(answer.version)", name: answer.output)
    let count = answer.files.reduce(0) { $0 + $1.rows.count }
    var places: [(file: Int, row: Int)] = Array(repeating: (0, 0), count: count)
    var contents: [[UInt8]] = []
    for (number, file) in answer.files.enumerated() {
      contents.append(try FileReading.bytes(of: folder.file(file.file)))
      for (row, example) in file.rows.enumerated() { places[example] = (number, row) }
    }
    var bytes: [UInt8] = []
    for place in places {
      let size = contents[place.file].count / max(answer.files[place.file].rows.count, 1)
      bytes += contents[place.file][(place.row * size)..<((place.row + 1) * size)]
    }
    switch answer.files.first?.type {
    case "float32":
      outputs.values = bytes.withUnsafeBytes { $0.bindMemory(to: Float.self).map(Double.init) }
    case "float64":
      outputs.values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    default: outputs.bytes = bytes
    }
    return outputs
  }

  private static let beginning = """
    import json
    import numpy

    task = json.load(open("task.json"))


    def read(item):
        if item["type"] == "str":
            values = numpy.array(json.load(open(item["file"])), dtype=object)
        else:
            values = numpy.fromfile(item["file"], item["type"])
        return values.reshape(item["shape"])


    def batches(group):
        # The inputs of each batch by their names, "" for the only one, and its size.
        inputs = {item.get("name") or "": read(item) for item in group["inputs"]}
        total, start, turn = len(group["rows"]), 0, 0
        while start < total:
            end = min(start + task["batches"][turn % len(task["batches"])], total)
            yield {key: values[start:end] for key, values in inputs.items()}, end - start
            # A byte an example, whose number is the progress.
            with open("done", "ab") as done:
                done.write(bytes(end - start))
            start, turn = end, turn + 1


    """

  private static let onnxProgram = """
    import onnxruntime

    version = onnxruntime.__version__
    session = onnxruntime.InferenceSession(task["model"], providers=["CPUExecutionProvider"])
    known = [output.name for output in session.get_outputs()]
    name = next(name for name in task["outputs"] if name in known)
    first = session.get_inputs()[0].name


    def answer(inputs, count):
        inputs = {key or first: values for key, values in inputs.items()}
        if name != "boxes":
            return session.run([name], inputs)[0]
        boxes, labels, scores, batch = session.run(["boxes", "labels", "scores", "batch"], inputs)
        boxes = boxes.astype(numpy.float64)
        rows = numpy.zeros((count, 1 + 6 * task["most"]))
        for image in range(count):
            own = numpy.flatnonzero(batch == image)
            found = numpy.column_stack([
                scores[own], labels[own], boxes[own, :2], boxes[own, 2:] - boxes[own, :2]])
            rows[image, 0] = len(own)
            rows[image, 1:1 + found.size] = found.reshape(-1)
        return rows


    def run(group):
        return numpy.concatenate([answer(inputs, count) for inputs, count in batches(group)])


    """

  private static let ending = """
    files = []
    for number, group in enumerate(task["groups"]):
        result = run(group)
        result.tofile(f"answer-{number}")
        files.append({"file": f"answer-{number}", "type": str(result.dtype),
                      "shape": list(result.shape), "rows": group["rows"]})
    with open("answer.json", "w") as target:
        json.dump({"version": version, "output": name, "files": files}, target)

    """
}
