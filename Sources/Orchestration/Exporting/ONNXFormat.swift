import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import Planning
import RunRecord
import Tasks
import Transforms

/// One graph from pictures or tensors to probabilities.
struct ONNXFormat: ExportFormat {
  static let name = "onnx"
  static let doc =
    "One ONNX graph from the bytes of pictures, or from tensors, to probabilities, with a certificate of what was checked."
  static let ending = "onnx"
  static let options: Set<String> = ["--input", "--opset", "--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    let opset = request.opset ?? ONNXModel.standardOpset
    guard ONNXModel.opsets.contains(opset) else {
      throw InputError(
        "--opset \(opset) is not supported: operator sets are \(ONNXModel.opsets.lowerBound) to "
          + "\(ONNXModel.opsets.upperBound)")
    }
    try exported.refuseUncombined(for: "ONNX")
    let input = try self.input(request)
    let metadata = try exported.metadata()
    try write(exported, input, opset, metadata, to: request.path)
    let summary = try checked(request.path)
    let comparison = try await ExportComparison(request, input: input).outcome()
    let certificate = ExportCertificate.onnx(
      request.path, run: request.models.run.path, summary, comparison)
    try certificate.write()
    return certificate.exportedFile
  }

  /// What the graph takes.
  private func input(_ request: ExportRequest) throws -> ONNXExport.Input {
    let exported = ExportedModels(models: request.models)
    guard let pipeline = exported.plan.transforms else {
      if request.input == .bytes {
        throw InputError("--input bytes is for pictures; this model takes vectors")
      }
      try exported.refuseOwnInputs()
      return .tensor
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

  /// The models' weights are released before the file is read again.
  private func write(
    _ exported: ExportedModels, _ input: ONNXExport.Input, _ opset: Int,
    _ metadata: [(key: String, value: String)], to path: String
  ) throws {
    let plan = exported.plan
    let reading = ONNXExport.Reading(
      plan.loss, plan.lossTargets, target: plan.task.target.kind)
    let export = ONNXExport(plan.graph, reading, input: input, opset: opset)
    do {
      let model = try export.model(
        of: exported.members(), name: exported.models.run.name, version: Version.runner,
        metadata: metadata)
      try AtomicFile.write(model.pieces(), to: path)
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
