import Diagnostics
import Execution
import Files
import Graph
import Randomness
import Torch
import WorkerProtocol

/// Runs a TorchScript file on a made-up batch in evaluation mode to find out what it contains.
struct InspectionJob {
  private let request: InspectionRequest

  init(_ request: InspectionRequest) { self.request = request }

  /// What follows the name of the layer in the message about a file that cannot be used.
  private struct Refusal: Error {
    var message: String
    var hint: String?
  }

  func answer() throws -> InspectionAnswer {
    do {
      return .facts(try facts())
    } catch let refusal as Refusal {
      return .refusal(refusal.message, hint: refusal.hint)
    } catch let error as FileError {
      return .refusal("cannot read its file: \(error)", hint: nil)
    }
  }

  private func facts() throws -> ModuleFacts {
    let bytes = try FileReading.bytes(of: request.path)
    guard Digest.hex(of: bytes) == request.sha256 else {
      throw Refusal(message: "cannot use its file, which is being changed")
    }
    try Runtime.setThreadCount(1)
    try Runtime.setDeterministic(true)
    let module: ScriptModule
    do throws(TorchError) {
      module = try ScriptModule(bytes)
    } catch {
      throw Refusal(message: "cannot load its file: \(ScriptFailure.text(error.message))")
    }
    let tensors = try module.tensors.map(Self.described)
    let output = try output(of: module)
    return ModuleFacts(
      output: output, tensors: tensors, fixesStatistics: fixesStatistics(of: module))
  }

  /// Whether it has running statistics that training does not update. This run changes the module.
  private func fixesStatistics(of module: ScriptModule) -> Bool {
    let names = module.tensors.map(\.name)
    guard names.contains(where: { $0.hasSuffix("running_mean") }) else { return false }
    do {
      let before = try Self.buffers(module)
      try module.setTraining(true)
      _ = try withNoGrad { try module(batch()) }
      return try Self.buffers(module) == before
    } catch {
      return false  // such as a batch of two that is too small to train on
    }
  }

  private static func described(_ item: ScriptModule.Named) throws -> ModuleFacts.Tensor {
    let type = item.tensor.dtype
    let role: ModuleFacts.Tensor.Role
    switch (item.isParameter, type) {
    case (true, .float32): role = .parameter
    case (false, .float32): role = .buffer
    case (false, .int64): role = .counter
    case (true, _):
      throw Refusal(
        message: "has the parameter '\(item.name)' of type \(type), but parameters must be float32",
        hint: "save model.float()")
    case (false, _):
      throw Refusal(
        message:
          "has the buffer '\(item.name)' of type \(type), but buffers must be float32 or int64")
    }
    return ModuleFacts.Tensor(name: item.name, shape: item.tensor.shape, role: role)
  }

  // MARK: The run

  /// The examples of the batch: two, so that a size of one that is mistaken for the batch shows.
  private static let examples = 2

  /// The shape of the output for one example.
  private func output(of module: ScriptModule) throws -> [Int] {
    let input = Shape(request.input)
    let before = try Self.buffers(module)
    try module.setTraining(false)
    let outputs = try (1...2).map { run -> Tensor in
      try Runtime.seed(UInt64(run))
      do throws(TorchError) {
        return try withNoGrad { () throws(TorchError) in try module(batch()) }
      } catch {
        throw Refusal(
          message: "fails on an input of \(input): \(ScriptFailure.text(error.message))")
      }
    }
    let shape = outputs[0].shape
    guard outputs[0].dtype == .float32 else {
      throw Refusal(message: "returns \(outputs[0].dtype) instead of float32")
    }
    guard shape.first == Self.examples else {
      throw Refusal(
        message: "returns \(shape) for a batch of \(Self.examples); the first size must be that of "
          + "the batch")
    }
    let values = try outputs.map { try $0.floats().map(\.bitPattern) }
    guard values[0] == values[1], outputs[1].shape == shape else {
      throw Refusal(
        message: "returns other values for the same input in evaluation mode",
        hint: "if it was traced, trace it after model.eval()")
    }
    guard try Self.buffers(module) == before else {
      throw Refusal(
        message: "changes its buffers in evaluation mode",
        hint: "if it was traced, trace it after model.eval()")
    }
    return Array(shape.dropFirst())
  }

  /// Values from 0 to 1, as of images.
  private func batch() throws(TorchError) -> Tensor {
    let shape = [Self.examples] + request.input
    var values = [Float](repeating: 0, count: shape.reduce(1, Saturating.multiply))
    let stream = RandomStream(seed: 0, purpose: .initialization)
    values.withUnsafeMutableBufferPointer { stream.fill(uniforms: $0) }
    return try Tensor(values, shape: shape)
  }

  private static func buffers(_ module: ScriptModule) throws -> [[UInt32]] {
    try module.tensors.filter { !$0.isParameter }.map {
      try $0.tensor.to(.float32).floats().map(\.bitPattern)
    }
  }
}
