import Diagnostics
import Files
import Graph
import Randomness
import Torch

/// A TorchScript file as a node of a model.
final class ModelModule {
  private let node: Graph.Node
  private let file: ModuleFile
  private let module: ScriptModule
  /// Its parameters and buffers, by their names in the file.
  let tensors: [String: Tensor]
  /// How the module was last switched; `nil` before the first run.
  private var mode: (isTraining: Bool, fixed: [String])?

  /// Those of all nodes that have one, each with its own tensors.
  ///
  /// - Throws: ``InputError`` at the node if its file is missing, or not the one that was inspected.
  static func all(
    in graph: Graph, dtype: ScalarType, device: Device
  ) throws -> [Int: ModelModule] {
    var modules: [Int: ModelModule] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let file = node.moduleFile else { continue }
      guard dtype == .float32 else {
        throw TorchError(operation: node.path, message: "TorchScript needs float32, not \(dtype)")
      }
      modules[index] = try ModelModule(node, file, device: device)
    }
    return modules
  }

  private init(_ node: Graph.Node, _ file: ModuleFile, device: Device) throws {
    self.node = node
    self.file = file
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReading.bytes(of: file.location)
    } catch {
      throw InputError("'\(node.path)' (torchscript): \(error)", at: node.range)
    }
    guard Digest.hex(of: bytes) == file.sha256 else {
      throw InputError(
        "'\(node.path)' (torchscript): \(file.location) has changed since it was checked",
        at: node.range)
    }
    module = try Self.located(node) { () throws(TorchError) in
      try ScriptModule(bytes, device: device)
    }
    tensors = Dictionary(module.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    guard tensors.count == node.parameters.count,
      node.parameters.allSatisfy({ tensors[$0.name]?.shape == $0.shape })
    else {
      throw InputError(
        "'\(node.path)' (torchscript): \(file.location) has other parameters than were recorded",
        at: node.range)
    }
  }

  /// The output for a batch.
  ///
  /// - Parameters:
  ///   - training: the training step, on which all that the module draws depends; `nil` for evaluation.
  ///   - fixed: the modules within it that are in evaluation mode all the same.
  /// - Throws: ``InputError`` at the node if the module fails.
  func callAsFunction(
    _ input: Tensor, training: TrainingStep?, fixed: [String]
  ) throws -> Tensor {
    let wanted = (isTraining: training != nil, fixed: training == nil ? [] : fixed)
    if mode.map({ $0 != wanted }) ?? true {
      try module.setTraining(wanted.isTraining, besides: wanted.fixed)
      mode = wanted
    }
    if let training {
      // What a module draws comes from LibTorch's generator, which is therefore a function of the step.
      let stream = RandomStream(
        seed: training.seed, purpose: .dropout, fold: training.fold, epoch: training.epoch,
        step: training.step, unit: StableHash.fnv1a(node.path))
      try Runtime.seed(stream.word64(0))
    }
    let output = try Self.located(node) { () throws(TorchError) in
      // Layers of other frameworks' habits use `view`, which needs the elements in order.
      try module(input.contiguous()).contiguous()
    }
    let expected = [input.shape.first ?? 0] + node.output.dims
    guard output.shape == expected else {
      throw InputError(
        "'\(node.path)' (torchscript) returned \(output.shape) instead of \(expected)",
        at: node.range)
    }
    return output
  }

  private static func located<Value>(
    _ node: Graph.Node, _ body: () throws(TorchError) -> Value
  ) throws -> Value {
    do throws(TorchError) {
      return try body()
    } catch {
      if error.isOutOfMemory { throw error }
      throw InputError(
        "'\(node.path)' (torchscript): \(ScriptFailure.text(error.message))", at: node.range)
    }
  }
}

@available(*, unavailable)
extension ModelModule: Sendable {}

/// The error messages of TorchScript, which quote the code of the whole call stack.
package enum ScriptFailure {
  /// The error on one line, with the innermost place in the source outside of PyTorch if it is known:
  /// `mat1 and mat2 shapes cannot be multiplied (net.py, line 12, in forward)`.
  package static func text(_ message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map(String.init)
    guard lines.contains(where: { $0.contains("Traceback of TorchScript") }) else {
      return (lines.first ?? "no reason was given").trimmedEnd
    }
    let start = lines.lastIndex { $0.hasPrefix("Traceback of TorchScript") } ?? 0
    let own = lines[start...].filter { !$0.contains("/torch/") }
    let places = (own.contains { place($0) != nil } ? own : Array(lines[start...]))
      .compactMap(place)
    let last = lines.lastIndex { $0.contains("<--- HERE") || place($0) != nil } ?? start
    // The code around the place is indented; the reason is not.
    let reason = lines[(last + 1)...].first { $0.first.map { !$0.isWhitespace } ?? false }
    var text = (reason ?? "the module failed").trimmedEnd
    for prefix in ["builtins.", "RuntimeError: "] where text.hasPrefix(prefix) {
      text.removeFirst(prefix.count)
    }
    return text + (places.last.map { " (\($0))" } ?? "")
  }

  /// `net.py, line 12, in forward` from `  File "/home/me/net.py", line 12, in forward`.
  private static func place(_ line: String) -> String? {
    let words = line.drop { $0 == " " }
    guard words.hasPrefix("File \""), let end = words.dropFirst(6).firstIndex(of: "\"") else {
      return nil
    }
    let path = words.dropFirst(6)[..<end]
    let name = path.split(separator: "/").last ?? path
    return "\(name)\(words[words.index(after: end)...])"
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
