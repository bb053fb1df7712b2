import Execution
import Graph
import Torch
import Weights

extension Trainer {
  /// A snapshot of the training between two steps.
  func snapshot() throws -> TrainingSnapshot {
    var progress = progress
    progress.groupSteps = optimizer.stepCounts
    var tensors = try changingState().map { $0.renamed("model.") }
    for (name, tensor) in optimizer.state { tensors.append(try tensor.entry("optimizer.\(name)")) }
    for (index, tensor) in (average?.values ?? []).enumerated() {
      tensors.append(try tensor.entry("average.\(index)"))
    }
    tensors += (bestWeights ?? []).map { $0.renamed("best.") }
    return TrainingSnapshot(progress: progress, tensors: tensors)
  }

  /// Resumes training from a snapshot.
  ///
  /// - Throws: ``TrainingFailure`` if the snapshot belongs to a different training.
  func restore(_ snapshot: TrainingSnapshot) throws {
    try snapshot.progress.check(against: job, groups: optimizer.stepCounts.count)
    progress = snapshot.progress
    let byName = Dictionary(snapshot.tensors.map { ($0.name, $0) }) { first, _ in first }
    func entries(under prefix: String) -> [SafeTensors.Entry] {
      snapshot.tensors.filter { $0.name.hasPrefix(prefix) }
        .map {
          SafeTensors.Entry(
            name: String($0.name.dropFirst(prefix.count)), type: $0.type, shape: $0.shape,
            bytes: $0.bytes)
        }
    }
    let best = entries(under: "best.")
    try check(entries(under: "model."))
    if progress.best != nil { try check(best) }
    try model.load(entries(under: "model."), keeping: job.unchangedNames)
    let averages = (average?.values ?? []).enumerated().map { ("average.\($0.offset)", $0.element) }
    for (name, tensor) in optimizer.state.map({ ("optimizer.\($0.name)", $0.tensor) }) + averages {
      guard let entry = byName[name], entry.shape == tensor.shape, entry.type == .float32 else {
        throw TrainingFailure(description: "the checkpoint has no matching '\(name)'")
      }
      try tensor.overwrite(with: entry)
    }
    optimizer.stepCounts = progress.groupSteps
    bestWeights = progress.best == nil ? nil : best
  }

  /// Checks that `entries` are the trainable weights of this model.
  private func check(_ entries: [SafeTensors.Entry]) throws {
    let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    for parameter in job.graph.parameters where !job.unchangedNames.contains(parameter.name) {
      let isCounter = parameter.spec.role == .counter
      let entry = byName[parameter.name]
      if entry == nil, isCounter { continue }
      guard let entry, entry.shape == parameter.spec.shape,
        entry.type == (isCounter ? .int64 : .float32)
      else {
        throw TrainingFailure(description: "the checkpoint has no matching '\(parameter.name)'")
      }
    }
  }

  func changingState() throws -> [SafeTensors.Entry] {
    try model.stateDict(leavingOut: job.unchangedNames)
  }

  /// Runs `body` with the averaged weights in the model, if there is a moving average. An equal average has no
  /// batch-norm statistics before the end of the training.
  func withAveragedWeights<Value>(_ body: () throws -> Value) throws -> Value {
    guard let average, job.swa == nil, progress.averagedSteps > 0 else { return try body() }
    try average.swap(with: optimizer.parameters)
    do {
      let value = try body()
      try average.swap(with: optimizer.parameters)
      return value
    } catch {
      try average.swap(with: optimizer.parameters)
      throw error
    }
  }
}

extension SafeTensors.Entry {
  fileprivate func renamed(_ prefix: String) -> SafeTensors.Entry {
    SafeTensors.Entry(name: prefix + name, type: type, shape: shape, bytes: bytes)
  }
}

extension Tensor {
  /// The tensor's values as a float32 entry.
  fileprivate func entry(_ name: String) throws -> SafeTensors.Entry {
    let host = try detach().to(Device.cpu).contiguous()
    var bytes = [UInt8](repeating: 0, count: host.numel * 4)
    try bytes.withUnsafeMutableBytes { try host.copyBytes(to: $0) }
    return SafeTensors.Entry(name: name, type: .float32, shape: shape, bytes: bytes)
  }

  fileprivate func overwrite(with entry: SafeTensors.Entry) throws {
    let source = try entry.bytes.withUnsafeBytes {
      try Tensor(bytes: $0, shape: entry.shape, dtype: .float32)
    }
    try withNoGrad { () throws -> Void in try copy(from: source) }
  }
}
