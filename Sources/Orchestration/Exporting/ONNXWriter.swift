import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Export
import Files
import Planning
import RunRecord
import Tables
import Tasks
import Transforms
import WorkerProtocol

/// Writes models as ONNX, checks the file and writes its certificate.
struct ONNXWriter {
  private let request: ExportRequest

  init(_ request: ExportRequest) { self.request = request }

  /// - Parameter calibration: measures the values of layers for a model of integers; `nil` for one of floats.
  func write(_ calibration: Calibration? = nil) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    let opset = request.opset ?? ONNXModel.standardOpset
    guard ONNXModel.opsets.contains(opset) else {
      throw InputError(
        "--opset \(opset) is not supported: operator sets are \(ONNXModel.opsets.lowerBound) to "
          + "\(ONNXModel.opsets.upperBound)")
    }
    let task = request.models.task
    try exported.refuseUncombined()
    let input = try self.input(request)
    var measured: [CalibrationAnswer]?
    if let calibration { measured = try await Self.measured(calibration) }
    let export = ONNXExport(
      exported.plan.graph,
      ONNXExport.Reading(
        exported.plan.loss, exported.plan.lossTargets, target: task.target.kind,
        boxes: task.boxDecoding),
      input: input, opset: opset)
    let floatBytes = try write(export, exported, measured)
    let summary = try checked(request.path)
    let comparison = try await ExportComparison(
      request, input: input, isQuantized: measured != nil
    ).outcome()
    let quantization = measured.map { answers in
      ExportCertificate.Quantized(
        examples: answers.map(\.examples).max() ?? 0, floatBytes: floatBytes)
    }
    let certificate = try ExportCertificate.onnx(
      request.path, run: request.models.run.path, summary, quantization, comparison)
    try certificate.write()
    return certificate.exportedFile
  }

  private static func measured(_ calibration: Calibration) async throws -> [CalibrationAnswer] {
    do {
      return try await calibration.measure()
    } catch let error as DataError {
      throw InputError(
        "the ranges of 8 bits are measured on the run's training examples, which cannot be read: \(error)",
        hint: "'runner export RUN onnx' needs no examples")
    }
  }

  /// What the graph takes.
  private func input(_ request: ExportRequest) throws -> ONNXExport.Input {
    let exported = ExportedModels(models: request.models)
    guard let pipeline = exported.plan.transforms else {
      if request.input == .bytes {
        throw InputError("--input bytes is for pictures; this model takes vectors")
      }
      if request.input != .tensor, let columns = try self.columns(exported) { return columns }
      try exported.refuseOwnInputs()
      return .tensor
    }
    if request.input == .columns {
      throw InputError("--input columns is for tables; this model takes pictures")
    }
    if request.input == .tensor {
      try exported.refuseOwnInputs()
      return .tensor
    }
    do {
      return .pictures(try PictureSizes(exported.plan.transformList, pipeline))
    } catch {
      throw InputError(
        "the run's transforms cannot be part of the file: \(error.reason)",
        hint: "--input tensor exports the model without them")
    }
  }

  /// The columns of the run's table; `nil` if the inputs are none.
  private func columns(_ exported: ExportedModels) throws -> ONNXExport.Input? {
    guard let encoder = try exported.encoder(request.models.members[0]) else {
      if request.input == .columns {
        throw InputError("--input columns is for tables; this model takes vectors")
      }
      return nil
    }
    let outputs = Set(ONNXExport.outputNames)
    if let name = encoder.features.first(where: { $0.isEmpty || outputs.contains($0) }) {
      throw InputError(
        name.isEmpty
          ? "a column of the table has no name, which an input has to have"
          : "the column '\(name)' has the name of an output",
        hint: "--input tensor exports the model without the encoding of the columns")
    }
    return .columns(encoder, missing: exported.plan.dataset.missingTexts)
  }

  /// Writes the file. The models' weights are released before it is read again.
  ///
  /// - Returns: the size of the model of floats in bytes.
  private func write(
    _ export: ONNXExport, _ exported: ExportedModels, _ measured: [CalibrationAnswer]?
  ) throws -> Int {
    let metadata = try exported.metadata()
    func pieces(_ members: [ONNXExport.Member]) throws -> [[UInt8]] {
      try export.model(
        of: members, name: exported.models.run.name, version: Version.runner, metadata: metadata
      ).pieces()
    }
    do {
      var members = try exported.members()
      var written = try pieces(members)
      let floatBytes = written.reduce(0) { $0 + $1.count }
      if let measured {
        for (place, answer) in measured.enumerated() { members[place].ranges = answer.ranges }
        written = try pieces(members)
      }
      try AtomicFile.write(written, to: request.path)
      return floatBytes
    } catch let fault as ONNXSizeProblem {
      throw InputError(
        fault.description, hint: "'runner export RUN safetensors' has no such limit")
    } catch let fault as ONNXFault {
      throw ProgramFault("the model cannot be written as ONNX: \(fault)")
    }
  }

  private func checked(_ path: String) throws -> ONNXCheck.Summary {
    do {
      return try ONNXCheck.check(FileReading.bytes(of: path, limit: ONNXModel.limit))
    } catch let fault as ONNXFault {
      throw ProgramFault("\(path) is not valid: \(fault)")
    }
  }
}
