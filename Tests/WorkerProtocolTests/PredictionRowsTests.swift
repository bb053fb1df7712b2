import ExperimentConfig
import Tasks
import TestSupport
import Testing
import WorkerProtocol

struct PredictionRowsTests {
  @Test func rowsBetweenProcesses() throws {
    var predictions = Predictions(
      labels: [0, 1], predictions: [1, 0], scores: [0.1, -1e300, 272.25, 0], classes: 2)
    predictions.indices = [7, 3]
    let rows = try JSONText.decode(
      PredictionRows.self, from: JSONText.encode(PredictionRows(predictions, hasTargets: true)))
    #expect(rows.outputs == [0.1, -1e300, 272.25, 0])
    #expect(rows.answers == [1, 0] && rows.targets == [0, 1] && rows.indices == [7, 3])
    let images = PredictionRows(predictions, hasTargets: false)
    #expect(images.answers == [1, 0] && images.targets == nil && images.indices == nil)
  }
}
