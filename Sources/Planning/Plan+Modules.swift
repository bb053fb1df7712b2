import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord

extension Plan {
  /// The nodes that run a TorchScript file.
  private var moduleNodes: [(node: Graph.Node, file: ModuleFile)] {
    graph.nodes.compactMap { node in node.moduleFile.map { (node, $0) } }
  }

  /// The files besides data and weights on which the result depends, with their hashes.
  ///
  /// - Throws: ``InputError`` at the line that names a file that cannot be read.
  package func decidingFiles() throws -> [RunInfo.File] {
    try loaded.decidingFiles()
      + moduleNodes.map { node, file in
        RunInfo.File(
          key: ModuleInspection.key(ofNode: node.path), path: file.path, sha256: file.sha256)
      }
  }

  /// Copies the TorchScript files of the model into a run's directory, with what is known about them, so that the
  /// run needs no other copy.
  ///
  /// - Throws: ``InputError`` at the node whose file changed; ``FileError``.
  package func keepModules(in run: RunDirectory) throws {
    for (node, file) in moduleNodes {
      let folder = RunInfo.modules
      let copy = "\(folder)/\(ModuleInspection.copy(file.sha256))"
      if !run.isFile(copy) {
        let bytes = try FileReading.bytes(of: file.location)
        guard Digest.hex(of: bytes) == file.sha256 else {
          throw InputError("\(file.location) has changed since it was checked", at: node.range)
        }
        try run.write([bytes], to: copy)
      }
      let input = graph.shape(of: node.inputs[0])
      let facts = ModuleFacts(
        output: node.output.dims, tensors: node.parameters.map(ModuleFacts.Tensor.init),
        fixesStatistics: file.fixesStatistics)
      try run.write(json: facts, to: "\(folder)/\(ModuleInspection.record(file.sha256, input))")
    }
  }

  /// Warns of modules whose normalisations are not trained, although their weights are.
  static func warn(
    _ graph: Graph, _ trainability: Trainability, _ diagnostics: DiagnosticCollector
  ) {
    let stored = trainability.alwaysStored(in: graph)
    for (index, node) in graph.nodes.enumerated()
    where node.moduleFile?.fixesStatistics == true && !stored.contains(index) {
      diagnostics.warning(
        "training does not update the running statistics inside '\(node.path)'", at: node.range,
        hint: "a module that was traced in evaluation mode stays in it; torch.jit.script keeps both"
      )
    }
  }

  /// Reports a stochastic weight average of a model whose statistics cannot be computed for it.
  static func check(
    _ swa: WeightAveragingSettings?, _ graph: Graph, _ trainability: Trainability,
    _ diagnostics: DiagnosticCollector
  ) {
    guard let swa else { return }
    let stored = trainability.storedStatistics(in: graph, epoch: swa.startEpoch)
    for (index, node) in graph.nodes.enumerated() where !stored.contains(index) {
      guard node.moduleFile != nil,
        let buffer = node.parameters.first(where: { $0.role == .buffer })
      else { continue }
      diagnostics.error(
        "the statistics of averaged weights cannot be computed inside '\(node.path)', which has "
          + "the buffer '\(buffer.name)'",
        at: swa.startRange, hint: "freeze '\(node.path)', or leave swa out")
    }
  }
}

extension ModuleFacts.Tensor {
  fileprivate init(_ spec: ParameterSpec) {
    let role: Role =
      switch spec.role {
      case .parameter: .parameter
      case .buffer: .buffer
      case .counter: .counter
      }
    self.init(name: spec.name, shape: spec.shape, role: role)
  }
}
