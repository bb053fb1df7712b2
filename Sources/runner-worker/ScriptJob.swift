import Torch
import Weights
import WorkerProtocol

/// Writes a TorchScript file.
struct ScriptJob {
  private let request: ScriptRequest

  init(_ request: ScriptRequest) { self.request = request }

  /// - Returns: the number of tensors in the file.
  /// - Throws: `FileError` if a file of weights has changed, `TorchError` if the program is not valid.
  func write() throws -> Int {
    var tensors: [ScriptModule.Named] = []
    for member in request.members {
      let file = try StateDictFile(reading: member.weights)
      for (names, isParameter) in [(request.parameters, true), (request.buffers, false)] {
        for entry in try file.entries(named: names) {
          let values = entry.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
          tensors.append(
            ScriptModule.Named(
              member.prefix + entry.name, try Tensor(values, shape: entry.shape),
              isParameter: isParameter))
        }
      }
    }
    try ScriptModule.write(
      request.source, tensors: tensors, metadata: request.metadata, to: request.path)
    return tensors.count
  }
}
