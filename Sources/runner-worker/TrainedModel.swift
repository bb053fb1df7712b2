import Execution
import Files
import Graph
import Planning
import Torch
import Weights

extension Model {
  /// A model with the weights of a state dict.
  ///
  /// - Throws: ``FileError`` if the file is damaged, contains NaN or does not fit the graph.
  convenience init(_ graph: Graph, weights path: String, seed: UInt64, device: Device) throws {
    let file = try StateDictFile(reading: path)
    let comparison = file.compare(with: graph.expectedTensors)
    guard comparison.fits else {
      let shown = comparison.problems.prefix(10).joined(separator: "\n  ")
      throw FileError(path: path, reason: "does not match the run's model:\n  \(shown)")
    }
    try self.init(graph, seed: seed, device: device)
    try load(file.finiteEntries(named: comparison.loaded))
  }
}
