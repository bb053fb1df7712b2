import DataSchema
import ExperimentConfig
import Tasks

extension ClassificationTask {
  package static let reportInputs = [
    ReportInput(ConfusionMatrixText.file) { bytes in
      ConfusionMatrixText(String(decoding: bytes, as: UTF8.self)) == nil
        ? "is not a confusion matrix" : nil
    }
  ]

  package static let headlines: [(key: String, label: String)] = [("f1_macro", "macro F1")]

  package static let fit = FitTerms(
    score: "accuracy", predicate: "are classified correctly",
    guessing: "always predicting the most frequent class",
    guessingByLoss: "guessing by the class frequencies", leastSkill: 0.5, gap: .difference(0.05))

  package func adopting(_ answers: RunAnswers) -> any Task {
    guard let file = ConfusionMatrixText(answers.files) else { return self }
    let counts = Set(answers.predictions.values.map(\.layout.outputs.count))
    guard counts.allSatisfy({ $0 == file.names.count }),
      let task = ClassificationTask(DataField(target.name, .category(file.names)))
    else { return self }
    return task
  }

  package func report(_ answers: RunAnswers) -> TaskReport {
    guard let evidence = ClassEvidence(answers, names: classNames) else {
      let text = "There are no predictions yet, so there are no results for single classes."
      return TaskReport(sections: [ReportSection("Classes", [.text(text)])])
    }
    let insights = ClassInsights(evidence)
    return TaskReport(
      overall: insights.overall, insights: insights.all, guessing: insights.guessing,
      sections: [ReportSection("Classes", evidence.blocks)])
  }
}
