import Comparison
import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks

/// `runner diff --json`: everything, including what is equal.
package enum DiffJSON {
  package static func make(_ diff: RunDiff, _ options: DiffOptions) -> JSONValue {
    var object: [String: JSONValue] = [
      "a": run(diff.a), "b": run(diff.b),
      "same": .boolean(diff.isSame),
      "verdict": [
        "outcome": .string(diff.verdict.outcome.rawValue), "reason": .string(diff.verdict.reason),
        "causes": .array(diff.verdict.causes.map(JSONValue.string)),
        "caution": .string(diff.verdict.caution),
        "by_validation": .boolean(diff.verdict.isByValidation),
        "sentence": .string(diff.verdict.sentences.joined(separator: " ")),
      ],
      "configuration": .array(diff.configuration.map(change)),
      "code": .array(diff.code.map(fact)), "environment": .array(diff.environment.map(fact)),
      "data": .array(diff.data.map(fact)), "timings": .array(diff.timings.map(fact)),
      "split": diff.moves.map(moves) ?? .null,
      "scores": .object(
        Dictionary(uniqueKeysWithValues: diff.scores.map { ($0.split, table($0)) })),
      "weights": weights(diff.weights), "curves": curves(diff.curves),
    ]
    // The keys of these two depend on the task.
    let terms = diff.terms
    object[terms.parts] =
      diff.parts.map { parts in
        [
          "split": .string(parts.split),
          terms.parts: .array(parts.changes.rows.map { row($0, parts.changes.counts) }),
        ]
      } ?? .null
    object[terms.changesKey] = .object(
      Dictionary(
        uniqueKeysWithValues: diff.changedExamples.map { ($0.split, examples($0, options)) }))
    return .object(object)
  }

  private static func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
  private static func number(_ value: Double?) -> JSONValue {
    value.map(JSONValue.number) ?? .null
  }
  private static func count(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }

  private static func run(_ run: ComparedRun) -> JSONValue {
    [
      "run": .string(run.run.path), "name": .string(run.name),
      "status": .string(run.evidence.status),
      "problems": .array(run.problems.map(JSONValue.string)),
      "scored": ComparisonFiles.scored(run.evidence),
    ]
  }

  private static func change(_ change: ConfigurationChange) -> JSONValue {
    func side(_ value: ConfigurationChange.Value?) -> JSONValue {
      value.map { ["value": .string($0.text), "origin": .string($0.origin)] } ?? .null
    }
    return [
      "path": .string(change.path), "kind": .string(change.kind.rawValue), "a": side(change.a),
      "b": side(change.b),
    ]
  }

  private static func fact(_ fact: FactChange) -> JSONValue {
    [
      "label": .string(fact.label), "a": text(fact.a), "b": text(fact.b),
      "differs": .boolean(fact.differs), "causal": .boolean(fact.isCausal),
    ]
  }

  private static func moves(_ moves: SplitMoves) -> JSONValue {
    func indices(_ values: [Int]) -> JSONValue { .array(values.map(JSONValue.integer)) }
    return [
      "only_a": indices(moves.onlyA), "only_b": indices(moves.onlyB),
      "both": .integer(moves.both), "other_fold": indices(moves.otherFold),
    ]
  }

  private static func table(_ table: ScoreTable) -> JSONValue {
    [
      "no_test": text(table.reason), "basis": .string(table.basis), "note": text(table.note),
      "interval_method": table.intervalMethod.map { JSONValue($0) } ?? .null,
      "scores": .array(table.rows.map(score)),
    ]
  }

  private static func score(_ row: ScoreChange) -> JSONValue {
    var object: [String: JSONValue] = [
      "key": .string(row.key), "a": number(row.a), "b": number(row.b),
      "difference": number(row.difference), "differs": .boolean(row.differs),
      "b_better": row.isBBetter.map(JSONValue.boolean) ?? .null,
      "interval": row.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null,
      "test": row.test.map { test in
        [
          "name": .string(test.name), "detail": .string(test.detail), "p": .number(test.p),
          "p_holm": .number(test.adjusted), "significant": .boolean(row.isSignificant),
        ]
      } ?? .null,
    ]
    if row.deviationA != nil || row.deviationB != nil {
      object["a_sd"] = number(row.deviationA)
      object["b_sd"] = number(row.deviationB)
    }
    return .object(object)
  }

  private static func row(
    _ row: PartChanges.Row, _ counts: PartChanges.CountNames
  ) -> JSONValue {
    var object = row.json
    object[counts.keyA] = count(row.onlyA)
    object[counts.keyB] = count(row.onlyB)
    object["p_holm"] = number(row.adjusted)
    return .object(object)
  }

  private static func examples(
    _ changed: ChangedExamples, _ options: DiffOptions
  ) -> JSONValue {
    let all = changed.examples
    let shown = options.showsAll ? all[...] : all.prefix(options.examples)
    var object = changed.answers.counts.mapValues(JSONValue.integer)
    object["of"] = .integer(changed.answers.total)
    object["count"] = .integer(all.count)
    object["examples"] = .array(
      shown.map(\.answer).map { answer in
        var object = answer.json
        object["index"] = .integer(answer.index)
        object["fold"] = .integer(answer.fold)
        return .object(object)
      })
    return .object(object)
  }

  private static func weights(_ weights: WeightsDiff) -> JSONValue {
    [
      "same": .integer(weights.same),
      "notes": .array(weights.notes.map(JSONValue.string)),
      "changed": .array(
        weights.changes.map { change in
          [
            "tensor": .string(change.name),
            "shape": .array(change.shape.map(JSONValue.integer)),
            "max_abs": .number(change.largest), "relative_l2": .number(change.relative),
            "cosine": number(change.cosine), "not_finite": .integer(change.notFinite),
          ]
        }),
    ]
  }

  private static func curves(_ curves: CurveDiff) -> JSONValue {
    [
      "identical": .boolean(curves.isIdentical), "common_epochs": .integer(curves.common),
      "parting": curves.parting.map { parting in
        [
          "fold": .integer(parting.fold), "epoch": .integer(parting.epoch),
          "key": .string(parting.key), "a": .number(parting.a), "b": .number(parting.b),
        ]
      } ?? .null,
    ]
  }
}
