import DataSchema
import Datasets
import Planning
import Tasks
import Training
import WorkerProtocol

/// Predicting files of vectors, such as tables.
extension PredictionJob {
  /// Predicts the rows of each file. A file that cannot be read does not stop the others.
  func predictVectors(_ paths: [String], _ plan: Plan, _ models: ModelEnsemble) throws {
    var count = 0
    for path in paths {
      if Interruption.isRequested { throw TrainingInterrupted() }
      let inputs: any ExampleSource
      do throws(DataError) {
        inputs = try plan.dataset.openInputs(path)
      } catch {
        try output.send(.prediction(.source(PredictionSource(name: path, problem: error.reason))))
        continue
      }
      let source = PredictionSource(name: path, count: inputs.count, isNumbered: true)
      do {
        let imagePlan = ImagePlan(pipeline: nil, isResizedFirst: false)
        var parts: [(range: Range<Int>, rows: Predictions)] = []
        try models.predict(inputs, imagePlan) { range, rows, _ in parts.append((range, rows)) }
        try output.send(.prediction(.source(source)))
        for part in parts {
          var rows = part.rows
          rows.indices = part.range.map { count + $0 }
          try send(rows, hasTargets: false)
        }
        count += inputs.count
      } catch let error as DataError {
        try output.send(.prediction(.source(PredictionSource(name: path, problem: error.reason))))
      }
    }
    try output.send(.prediction(.finished(loss: nil)))
  }
}
