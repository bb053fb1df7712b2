import Foundation
import RunRecord
import Testing

/// What a fold holds out has no influence on its model.
@Suite struct PoisonTests {
  private static let count = 240

  @Test func theHeldOutFoldDecidesNothing() throws {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, train: Self.count)
    try sandbox.write(Experiments.folds, to: "folds.yaml")
    let clean = try sandbox.reference(["folds.yaml"]).run
    for fold in 1...3 {
      let held = try heldOut(clean, fold)
      #expect(held.count == Self.count / 3)
      try Experiments.writeData(into: sandbox, train: Self.count) { index, pixels, label in
        guard held.contains(index) else { return }
        pixels = pixels.map { 255 - $0 }
        label = (label + 1 + UInt8(index % 3)) % 4
      }
      let poisoned = try sandbox.reference(["folds.yaml"]).run
      for name in ["weights/best.safetensors", "weights/last.safetensors", "losses.bin"] {
        let path = "fold-\(fold)/\(name)"
        #expect(try clean.data(path) == poisoned.data(path), "\(path)")
      }
      let own = RunDirectory(path: clean.file("fold-\(fold)"))
      let other = RunDirectory(path: poisoned.file("fold-\(fold)"))
      #expect(try own.readSummary().epochs == other.readSummary().epochs)
      #expect(try own.readSummary().bestEpoch == other.readSummary().bestEpoch)
      // The poison is there: it is measured, and the other folds trained on it.
      #expect(try own.readSummary().validation != other.readSummary().validation)
      let neighbour = "fold-\(fold % 3 + 1)/weights/best.safetensors"
      #expect(try clean.data(neighbour) != poisoned.data(neighbour))
    }
  }

  private func heldOut(_ run: RunDirectory, _ fold: Int) throws -> Set<Int> {
    Set(
      try run.text("predictions.csv").split(separator: "\n").compactMap { line in
        let cells = line.split(separator: ",")
        return cells[0] == "validation" && Int(cells[1]) == fold ? Int(cells[2]) : nil
      })
  }
}
