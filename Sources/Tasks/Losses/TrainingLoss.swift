import DataSchema
import Diagnostics
import ExperimentConfig

/// What training minimises: one loss, or the sum of several, each multiplied by its scale.
package struct TrainingLoss: Sendable {
  /// The argument that every loss has.
  package static let scale = Field(
    "scale", .number(.positive), .optional,
    doc: "What the loss is multiplied by, such as its weight in a sum of losses; 1 if left out.")

  /// One loss of the sum.
  private struct Part: Sendable {
    let loss: any Loss
    let scale: Double
    let range: SourceRange?
  }

  private let parts: [Part]
  private let target: DataField
  /// The number of classes, labels or numbers.
  private let count: Int

  /// - Parameter components: at least one.
  /// - Throws: `ProgramFault` for a loss or an argument that the checker should have rejected.
  package init(_ components: [ResolvedComponent], for target: DataField) throws {
    parts = try components.map { component in
      Part(
        loss: try LossRegistry.make(component),
        scale: component.arguments.has("scale") ? try component.arguments.number("scale") : 1,
        range: component.origin.range)
    }
    if parts.isEmpty { throw ProgramFault("an experiment without a loss") }
    self.target = target
    count = target.kind.names.count
  }

  /// `cross_entropy`, or `cross_entropy + focal`.
  package var name: String { parts.map(\.loss.name).joined(separator: " + ") }

  /// The names of the losses, in order.
  package var names: [String] { parts.map(\.loss.name) }

  /// Converts the outputs of the model to probabilities.
  package var link: ScoreLink { type(of: parts[0].loss).link(for: target.kind) }

  /// The number of model outputs per example.
  package var outputCount: Int { parts[0].loss.outputCount(for: count) }

  package func objective(_ targets: LossTargets) -> Objective {
    Objective(
      parts.flatMap { part in
        part.loss.terms(targets).map { term in
          var term = term
          term.scale = part.scale
          return term
        }
      }, link: link,
      prediction: target.kind.isMask
        ? .pixelCounts(.outputs, .targets) : parts[0].loss.prediction(for: count))
  }

  /// The reason why the loss is undefined for these targets, with its location; `nil` if it is
  /// defined.
  package func undefined(_ targets: LossTargets) -> Diagnostic? {
    for part in parts {
      if let reason = part.loss.undefinedReason(targets) {
        return Diagnostic(.error, reason, at: part.range)
      }
    }
    return nil
  }

  /// The loss of the best model that gives every example the same answer; `nil` if it is not known,
  /// as for a sum, whose losses have different best answers.
  package func ofConstantAnswer(_ targets: LossTargets) -> Double? {
    guard parts.count == 1, let value = parts[0].loss.ofConstantAnswer(targets) else { return nil }
    return parts[0].scale == 1 ? value : parts[0].scale * value
  }

  /// The losses that do not accept the targets, those whose arguments do not fit them, and those
  /// that cannot be summed.
  ///
  /// - Parameter task: the name of the task, for hints.
  package func problems(_ task: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let first = parts[0].loss
    var seen: Set<String> = []
    for part in parts {
      let own = type(of: part.loss)
      guard own.fits(target.kind) else {
        let fitting = LossRegistry.all.filter { $0.fits(target.kind) }.map { $0.schema.name }
        found.append(
          Diagnostic(
            .error, "'\(part.loss.name)' cannot be computed for \(target.kind)", at: part.range,
            hint: "for \(task) there \(fitting.count == 1 ? "is" : "are") "
              + fitting.joined(separator: ", ")))
        continue
      }
      found += part.loss.problems(target, count: count).map { problem in
        var problem = problem
        problem.range = problem.range ?? part.range
        return problem
      }
      if !seen.insert(part.loss.name).inserted {
        found.append(
          Diagnostic(.error, "the loss '\(part.loss.name)' is listed twice", at: part.range))
      } else if type(of: first).fits(target.kind),
        part.loss.outputCount(for: count) != first.outputCount(for: count)
          || part.loss.prediction(for: count) != first.prediction(for: count)
          || own.link(for: target.kind) != link
      {
        found.append(
          Diagnostic(
            .error,
            "'\(part.loss.name)' and '\(first.name)' read the model's outputs differently and cannot "
              + "be summed", at: part.range))
      }
    }
    return found
  }
}
