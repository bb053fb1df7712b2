import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord
import Weights

/// Where a model's first weights come from, as far as it can be said before the run.
package struct WeightsPlan: Sendable {
  package let source: WeightsSource
  /// The model whose published weights are asked for.
  package let pretrained: String?
  /// The state dict, where it is known to be on this machine.
  package let path: String?

  /// Finds what the experiment names and compares it with the model.
  ///
  /// - Parameter runsDirectory: where `{run: …}` looks for names.
  /// - Returns: nothing once the reason has been reported.
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
    if let path, !Self.check(path, source, graph, diagnostics) { return nil }
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
  private static func check(
    _ path: String, _ source: WeightsSource, _ graph: Graph, _ diagnostics: DiagnosticCollector
  ) -> Bool {
    do throws(FileError) {
      let comparison = try StateDictFile(reading: path)
        .compare(with: graph.expectedTensors, head: graph.headParameters)
      if comparison.fits { return true }
      var notes = comparison.problems.prefix(10).map { Diagnostic.note($0, at: nil) }
      if comparison.problems.count > 10 {
        notes.append(.note("\(comparison.problems.count - 10) further differences", at: nil))
      }
      diagnostics.error("the weights do not fit the model", at: source.range, notes: notes)
    } catch {
      diagnostics.error("\(error)", at: source.range)
    }
    return false
  }
}

extension StateDictFile {
  /// What of the file a model takes, and what keeps its initialisation because the head has another
  /// size.
  ///
  /// - Throws: ``FileError`` that lists everything that does not fit.
  package func entries(
    for graph: Graph
  ) throws(FileError) -> (entries: [SafeTensors.Entry], replacedHead: Set<String>) {
    let comparison = compare(with: graph.expectedTensors, head: graph.headParameters)
    guard comparison.fits else {
      throw FileError(
        path: path,
        reason: "does not fit the model:\n  " + comparison.problems.joined(separator: "\n  "))
    }
    let head = comparison.replacedHead.isEmpty ? [] : graph.headParameters
    return (try entries(named: comparison.loaded), head)
  }
}
