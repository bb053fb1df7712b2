import Files
import Torch
import Training
import Weights
import WorkerProtocol

/// Writes a TorchScript file.
struct ScriptJob {
  private let request: ScriptRequest

  init(_ request: ScriptRequest) { self.request = request }

  /// - Returns: the number of tensors in the file.
  /// - Throws: `FileError` if a file of weights has changed or the file cannot be written, `TorchError` if the program is
  ///   not valid.
  func write() throws -> Int {
    let tensors = try request.members.flatMap(tensors)
    let pieces = try ScriptModule.serialize(
      request.source, tensors: tensors, metadata: request.metadata)
    // Nobody waits for the file any more.
    if Interruption.isRequested { throw TrainingInterrupted() }
    try AtomicFile.write(pieces, to: request.path)
    return tensors.count
  }

  private func tensors(of member: ScriptRequest.Member) throws -> [ScriptModule.Named] {
    let file = try StateDictFile(reading: member.weights)
    return try zip(request.tensors, file.finiteEntries(named: request.tensors.map(\.name))).map {
      let values = $1.bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      return ScriptModule.Named(
        member.prefix + $0.path, try Tensor(values, shape: $1.shape), isParameter: $0.isParameter)
    }
  }
}
