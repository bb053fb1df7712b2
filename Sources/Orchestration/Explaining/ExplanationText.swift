import Diagnostics
import ExperimentConfig
import ExplainPage
import HeatMaps
import Reporting
import Tasks
import WorkerProtocol

/// Explanations as a table and as JSON.
struct ExplanationText {
  private let explanations: [ExplainedPicture]
  private let answers: [AnswerText]
  private let headings: [String]
  private let files: [[String]]
  private let page: String

  /// - Parameters:
  ///   - answers: of the model, one for each explanation.
  ///   - headings: of the answers' cells.
  ///   - files: the pictures of each explanation.
  ///   - page: the path of the page.
  init(
    _ explanations: [ExplainedPicture], _ answers: [AnswerText], headings: [String],
    files: [[String]], page: String
  ) {
    self.explanations = explanations
    self.answers = answers
    self.headings = headings
    self.files = files
    self.page = page
  }

  /// Maps of integrated gradients that do not add up.
  static func warnings(_ explanations: [ExplainedPicture]) -> [String] {
    explanations.flatMap { explanation in
      explanation.facts.maps.compactMap { map -> String? in
        guard let found = map.completeness, let error = found.error,
          error > ExplanationWords.completenessLimit
        else { return nil }
        return "\(explanation.name): the map of integrated gradients is "
          + "\(ExplanationWords.text(found)); more --steps, or another --baseline, may help"
      }
    }
  }

  var table: String {
    let hasCompleteness = explanations.contains { explanation in
      explanation.facts.maps.contains { $0.completeness != nil }
    }
    var table = TextTable(
      [.left] + headings.map { _ in .right } + [.left] + (hasCompleteness ? [.left] : []))
    table.add(
      ["picture"] + headings + ["explained"] + (hasCompleteness ? ["integrated gradients"] : []))
    for (explanation, answer) in zip(explanations, answers) {
      let completeness = explanation.facts.maps.lazy.compactMap(\.completeness).first
      table.add(
        [TerminalText.line(explanation.name)] + answer.cells.map(TerminalText.line)
          + [TerminalText.line(explanation.label)]
          + (hasCompleteness ? [completeness.map(ExplanationWords.text) ?? ""] : []))
    }
    var text = table.render()
    let checks = SanityCheck.all(explanations.map(\.facts))
    if !checks.isEmpty { text += "\n" + sanityTable(checks) + "\n" }
    for check in checks { text += "  " + WrappedText.wrap(check.verdict, indent: 2) + "\n" }
    let count = files.reduce(0) { $0 + $1.count }
    return text
      + "\n  \(count) picture\(count == 1 ? "" : "s") beside \(TerminalText.line(page))\n"
  }

  private func sanityTable(_ checks: [SanityCheck]) -> String {
    var table = TextTable([.left, .left, .right, .right])
    table.add(["method", "randomised", "rank correlation", "structural similarity"])
    for check in checks {
      for similarity in check.similarities {
        table.add([
          ExplanationWords.title(check.method), SanityCheck.name(similarity.extent),
          similarity.rankCorrelation.map(ExplanationWords.decimal) ?? "–",
          similarity.structuralSimilarity.map(ExplanationWords.decimal) ?? "–",
        ])
      }
    }
    return table.render()
  }

  // MARK: JSON

  var json: [String: JSONValue] {
    [
      "page": .string(page),
      "pictures": .array(
        explanations.indices.map { index in
          var object = answers[index].json
          let explanation = explanations[index]
          object["image"] = .string(explanation.name)
          object["explained"] = .string(explanation.label)
          object["score"] = .number(explanation.facts.score)
          object["layer"] = explanation.facts.layer.map(JSONValue.string) ?? .null
          object["maps"] = .array(maps(index))
          return .object(object)
        }),
      "sanity": .array(SanityCheck.all(explanations.map(\.facts)).map(Self.json)),
    ]
  }

  private func maps(_ index: Int) -> [JSONValue] {
    let facts = explanations[index].facts
    var maps: [JSONValue] = zip(facts.maps, files[index]).map { map, file in
      var object: [String: JSONValue] = [
        "method": .string(map.method.rawValue), "file": .string(file),
      ]
      if let found = map.completeness {
        object["completeness"] = .object([
          "error": found.error.map(JSONValue.number) ?? .null, "sum": .number(found.sum),
          "score": .number(found.score), "baseline_score": .number(found.baselineScore),
          "steps": .integer(found.steps),
        ])
      }
      if !map.sanity.isEmpty {
        object["sanity"] = .array(
          map.sanity.map {
            Self.similarity($0.extent, $0.rankCorrelation, $0.structuralSimilarity)
          })
      }
      return .object(object)
    }
    if let features = facts.features, let file = files[index].last {
      maps.append(
        .object([
          "method": .string(ExplanationRequest.Method.featureMaps.rawValue), "file": .string(file),
          "channels": .array(features.channels.map(JSONValue.integer)),
        ]))
    }
    return maps
  }

  private static func json(_ check: SanityCheck) -> JSONValue {
    .object([
      "method": .string(check.method.rawValue), "pictures": .integer(check.pictures),
      "verdict": .string(check.verdict),
      "randomised": .array(
        check.similarities.map {
          similarity($0.extent, $0.rankCorrelation, $0.structuralSimilarity)
        }),
    ])
  }

  private static func similarity(
    _ extent: ExplainedItem.Sanity.Extent, _ rankCorrelation: Double?,
    _ structuralSimilarity: Double?
  ) -> JSONValue {
    .object([
      "weights": .string(extent.rawValue),
      "rank_correlation": rankCorrelation.map(JSONValue.number) ?? .null,
      "structural_similarity": structuralSimilarity.map(JSONValue.number) ?? .null,
    ])
  }
}
