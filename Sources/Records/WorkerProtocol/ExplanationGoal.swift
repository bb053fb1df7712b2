import DataSchema
import Diagnostics
import Tasks

/// Chooses the score that is explained.
package struct ExplanationGoal {
  private let target: DataField
  /// The class, label or number that was asked for; `nil` for the predicted one.
  private let wanted: Int?

  /// - Parameter name: of a class, label or number, or its index; `nil` for the predicted one.
  /// - Throws: ``InputError`` if there is none of this name.
  package init(_ target: DataField, named name: String?) throws {
    self.target = target
    guard let name else {
      wanted = nil
      return
    }
    let names = target.kind.names
    guard let index = names.firstIndex(of: name) ?? Int(name), names.indices.contains(index) else {
      throw InputError(
        "the model does not predict '\(name)': it predicts \(target.kind)",
        hint: Suggestion.hint(for: name, among: names)
          ?? "--class takes a name or a number from 0 to \(names.count - 1)")
    }
    wanted = index
  }

  /// - Parameter row: of the picture in the predictions.
  /// - Returns: `nil` if nothing was predicted that could be explained.
  package func goal(_ predictions: Predictions, _ row: Int) -> ExplanationRequest.Goal? {
    switch target.kind {
    case .mask: return .region(wanted)
    case .boxes:
      let boxes = FoundBoxes.boxes(predictions.outputs(at: row))
      let box = boxes.first { wanted == nil || $0.label == wanted }
      return box.map { .box(label: $0.label, score: $0.score) }
    case .category:
      return .column(wanted ?? predictions.answers(at: row).first ?? 0)
    case .labelSet:
      let probabilities = predictions.probabilities(at: row)
      let most = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
      return .column(wanted ?? most ?? 0)
    case .numbers, .vector, .image, .mixedImages: return .column(wanted ?? 0)
    }
  }

  /// Why ``goal(_:_:)`` gives none.
  package var absence: String {
    wanted.map { "no '\(name($0))' was found in it" } ?? "nothing was found in it"
  }

  /// The name of a class, label or number.
  package func name(_ index: Int) -> String {
    let names = target.kind.names
    return names.indices.contains(index) ? names[index] : "\(index)"
  }
}
