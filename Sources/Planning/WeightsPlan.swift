import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord
import Weights

/// The source of a model's initial weights, as far as it is known before the run.
package struct WeightsPlan: Sendable {
  package let source: WeightsSource
  /// The model whose published weights are requested.
  package let pretrained: String?
  /// The state dict, if it is known to be on this machine.
  package let path: String?
  /// The tensors that the model takes from it; `nil` if it is not known to be on this machine.
  package private(set) var match: WeightsMatch?

  /// Finds what the experiment names and compares it with the model.
  ///
  /// - Parameter runsDirectory: where `{run: …}` looks for names.
  /// - Returns: `nil` once the reason has been reported.
  init?(
    _ source: WeightsSource, _ experiment: Experiment, _ graph: Graph, runsDirectory: String,
    _ diagnostics: DiagnosticCollector
  ) {
    self.source = source
    switch source.kind {
    case .file(let path):
      self.path = path
      pretrained = nil
    case .run(let reference, let epoch):
      pretrained = nil
      do throws(InputError) {
        path = try Self.weights(of: reference, epoch, in: runsDirectory)
      } catch {
        for var diagnostic in error.diagnostics {
          diagnostic.range = diagnostic.range ?? source.range
          diagnostics.report(diagnostic)
        }
        return nil
      }
    case .pretrained(let name):
      path = nil
      guard case .model(let model, _)? = experiment.model.first?.kind else {
        diagnostics.error(
          "'\(name)' has weights for models that ship with the program, this one is written out",
          at: source.range, hint: "write model: resnet18, or weights: {file: …}")
        return nil
      }
      pretrained = model
    }
    guard let path else { return }
    match = Self.match(path, source, graph, diagnostics)
    if match == nil { return nil }
  }

  private static func weights(
    of reference: String, _ epoch: WeightsSource.Epoch, in runsDirectory: String
  ) throws(InputError) -> String {
    let run = try RunReference.resolve(reference, in: runsDirectory)
    let name = "weights/\(epoch.rawValue).safetensors"
    do throws(FileError) {
      if try run.folder.kind(of: name) != nil {
        return PathResolution.absolute(try run.open(name).path)
      }
    } catch {
      throw InputError("\(error)")
    }
    let part = RunParts.all(of: run).first
    throw InputError(
      "the run '\(run.path)' has no weights/\(epoch.rawValue).safetensors",
      hint: part.map { "name one of its trainings: \($0.path)" } ?? "it has not finished")
  }

  /// Compares a state dict with the model: everything that does not fit, in one error.
  private static func match(
    _ path: String, _ source: WeightsSource, _ graph: Graph, _ diagnostics: DiagnosticCollector
  ) -> WeightsMatch? {
    do {
      return try StateDictFile(reading: path).match(graph, source)
    } catch let error as InputError {
      for diagnostic in error.diagnostics { diagnostics.report(diagnostic) }
    } catch {
      diagnostics.error("\(error)", at: source.range)
    }
    return nil
  }
}

extension StateDictFile {
  /// Which of the file's tensors a model takes, as the experiment asks for them.
  ///
  /// - Parameter source: from the experiment; `nil` if it does not specify any.
  /// - Throws: ``InputError`` with everything that does not fit, at its place.
  package func match(_ graph: Graph, _ source: WeightsSource?) throws -> WeightsMatch {
    do throws(WeightsMismatch) {
      return try match(
        graph.expectedTensors, head: graph.headParameters,
        WeightsSelection(key: source?.key, prefix: source?.prefix))
    } catch {
      let range =
        switch error.subject {
        case .file: source?.range
        case .key: source?.keyRange ?? source?.range
        case .prefix: source?.prefixRange ?? source?.range
        }
      var notes = error.details.prefix(10).map { Diagnostic.note($0, at: nil) }
      if error.details.count > 10 {
        notes.append(.note("\(error.details.count - 10) further differences", at: nil))
      }
      throw InputError([
        Diagnostic(.error, "\(path): \(error.reason)", at: range, hint: error.hint, notes: notes)
      ])
    }
  }

  /// The tensors that a model takes from the file, and those that keep their initialisation because the head
  /// has another size.
  ///
  /// - Parameter source: as in ``match(_:_:)``.
  /// - Throws: ``InputError`` with everything that does not fit; ``FileError`` for values that are
  ///   damaged, NaN or infinite.
  package func entries(
    for graph: Graph, _ source: WeightsSource?
  ) throws -> (entries: [SafeTensors.Entry], replacedHead: Set<String>) {
    let match = try match(graph, source)
    let head = match.replacedHead.isEmpty ? [] : graph.headParameters
    return (try match.loaded.map { try entry($0) }, head)
  }
}
