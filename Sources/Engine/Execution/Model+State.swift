import Graph
import Torch
import Weights

extension Model {
  /// Every parameter and buffer as a PyTorch state dict would hold it.
  ///
  /// - Parameter omitted: names that are left out.
  package func stateDict(leavingOut omitted: Set<String> = []) throws -> [SafeTensors.Entry] {
    try state.filter { !omitted.contains($0.parameter.name) }.map { parameter, tensor in
      let type: SafeTensors.ElementType = parameter.spec.role == .counter ? .int64 : .float32
      let host = try tensor.detach().to(Device.cpu)
        .to(type == .int64 ? ScalarType.int64 : .float32).contiguous()
      var bytes = [UInt8](repeating: 0, count: host.numel * type.size)
      try bytes.withUnsafeMutableBytes { try host.copyBytes(to: $0) }
      return SafeTensors.Entry(
        name: parameter.name, type: type, shape: parameter.spec.shape, bytes: bytes)
    }
  }

  /// Copies the values of a state dict that has been checked against the graph.
  ///
  /// - Parameter kept: names of tensors that keep their values. So do counters without an entry: files
  ///   from before PyTorch 0.4.1 have none.
  package func load(_ entries: [SafeTensors.Entry], keeping kept: Set<String> = []) throws {
    let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    for (parameter, tensor) in state where !kept.contains(parameter.name) {
      if parameter.spec.role == .counter, byName[parameter.name] == nil { continue }
      guard let entry = byName[parameter.name], entry.shape == parameter.spec.shape else {
        throw TorchError(
          operation: "load", message: "there is no tensor '\(parameter.name)' of this shape")
      }
      let type: ScalarType = entry.type == .int64 ? .int64 : .float32
      let source = try entry.bytes.withUnsafeBytes {
        try Tensor(bytes: $0, shape: entry.shape, dtype: type)
      }
      try withNoGrad { () throws -> Void in try tensor.copy(from: source) }
    }
  }
}
