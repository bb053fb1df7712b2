import ExperimentConfig
import TableEffects
import Tasks

extension TableExplanationView {
  /// Everything as one JSON object.
  package var json: [String: JSONValue] {
    let explanation = explanation
    return [
      "run": .string(run), "dataset": .string(dataset), "split": .string(split),
      "models": models.map(JSONValue.string) ?? .null,
      "examples": .integer(explanation.examples), "available": .integer(explanation.available),
      "metric": .string("\(split).\(explanation.score.key)"),
      "higher_is_better": .boolean(explanation.score.higherIsBetter),
      "score": .number(explanation.score.value), "repeats": .integer(explanation.repeats),
      "interval_method": [
        "method": "bootstrap", "confidence": 0.95, "over": "examples",
        "resamples": .integer(PermutationImportance.resamples),
      ],
      "importances": .array(explanation.importances.map(Self.json)),
      "associations": .array(
        explanation.associations.map {
          [
            "columns": [.string($0.first), .string($0.second)],
            "measure": .string($0.measure.rawValue), "value": .number($0.value),
            "examples": .integer($0.examples),
          ]
        }),
      "partial_dependences": .array(explanation.dependences.map(Self.json)),
      "rows": .array(explanation.rows.map(Self.json)),
      "warnings": .array(warnings.map(JSONValue.string)),
    ]
  }

  private static func json(_ item: PermutationImportance) -> JSONValue {
    [
      "column": .string(item.column), "mean": .number(item.mean),
      "standard_deviation": .number(item.deviation),
      "drops": .array(item.drops.map(JSONValue.number)),
      "interval": item.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null,
    ]
  }

  private static func json(_ item: PartialDependence) -> JSONValue {
    let values: JSONValue =
      switch item.grid {
      case .numbers(let values): .array(values.map(JSONValue.number))
      case .categories(let names): .array(names.map(JSONValue.string))
      }
    func rows(_ rows: [[Double]]) -> JSONValue {
      .array(rows.map { .array($0.map(JSONValue.number)) })
    }
    return [
      "column": .string(item.column), "values": values,
      "outputs": .array(item.outputs.map(JSONValue.string)), "average": rows(item.averages),
      "individual": .array(item.lines.map(rows)),
    ]
  }

  private static func json(_ row: RowExplanation) -> JSONValue {
    [
      "file": .string(row.file), "row": .integer(row.row), "output": .string(row.output),
      "value": .number(row.value), "background": .integer(row.background),
      "contributions": .object(
        Dictionary(row.contributions.map { ($0.column, .number($0.value)) }) { first, _ in first }),
    ]
  }

  /// The importances of the columns.
  package var importanceCSV: String {
    var text = "column,mean,standard_deviation,lower,upper\n"
    for item in explanation.importances {
      let cells = [
        CSVCell.quoted(item.column), "\(item.mean)", "\(item.deviation)",
        item.interval.map { "\($0.lower)" } ?? "", item.interval.map { "\($0.upper)" } ?? "",
      ]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The mean answers by column, value and output.
  package var dependenceCSV: String {
    var text = "column,value,output,average\n"
    for item in explanation.dependences {
      for place in 0..<item.grid.count {
        let value =
          switch item.grid {
          case .numbers(let values): "\(values[place])"
          case .categories(let names): names[place]
          }
        for (output, name) in item.outputs.enumerated() {
          text +=
            [item.column, value, name].map(CSVCell.quoted).joined(separator: ",")
            + ",\(item.averages[output][place])\n"
        }
      }
    }
    return text
  }
}
