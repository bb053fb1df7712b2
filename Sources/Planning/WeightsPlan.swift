import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord
import Weights

/// The source of a model's initial weights, as far as known before the run.
package struct WeightsPlan: Sendable {
  package let source: WeightsSource
  /// The model whose published weights are requested; `nil` if none are.
  package let pretrained: String?
  /// The path of the weights file; `nil` if it may have to be downloaded.
  package let path: String?
  /// The tensors that the model takes from the file; `nil` if ``path`` is.
  package private(set) var match: WeightsMatch?

  /// Locates the weights and compares them with the model.
  ///
  /// - Parameter runsDirectory: where to look for runs named by `{run: …}`.
  /// - Returns: `nil` if an error was reported.
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
      if let place = source.part {
        guard let part = graph.parts.first(where: { $0.path == place }) else {
          diagnostics.error(
            "'\(name)' has weights for built-in models only, and '\(place)' is none",
            at: source.partRange, hint: Self.knownParts(graph))
          return nil
        }
        pretrained = part.model
        return
      }
      guard case .model(let model, _)? = experiment.model.first?.kind else {
        diagnostics.error(
          "'\(name)' has weights for built-in models only, but this one is written out",
          at: source.range,
          hint: graph.parts.first.map {
            "for a part of it, write {pretrained: \(name), into: \($0.path)}"
          }
            ?? "write model: resnet18, or weights: {file: …}")
        return nil
      }
      pretrained = model
    }
    guard let path else { return }
    match = Self.match(path, source, graph, diagnostics)
    if match == nil { return nil }
  }

  static func knownParts(_ graph: Graph) -> String? {
    graph.parts.isEmpty
      ? nil : "the built-in models in it are " + graph.parts.map(\.path).joined(separator: ", ")
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
      hint: part.map { "give one of its trainings: \($0.path)" } ?? "it has not finished")
  }

  /// Compares a weights file with the model, reporting all mismatches in one error.
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
  /// The tensors of the file that a model takes, as selected by the experiment.
  ///
  /// - Parameter source: the selection in the experiment; `nil` if there is none.
  /// - Throws: ``InputError`` with all mismatches, at the location of the setting.
  package func match(_ graph: Graph, _ source: WeightsSource?) throws -> WeightsMatch {
    let selection = WeightsSelection(key: source?.key, prefix: source?.prefix)
    do throws(WeightsMismatch) {
      guard let path = source?.part else {
        return try match(graph.expectedTensors, head: graph.headParameters, selection)
      }
      guard graph.parameters.contains(where: { $0.name.hasPrefix(path + ".") }) else {
        throw WeightsMismatch(noPart: path, hint: WeightsPlan.knownParts(graph))
      }
      return try match(part: path, of: graph, selection)
    } catch {
      let range =
        switch error.subject {
        case .file: source?.range
        case .key: source?.keyRange ?? source?.range
        case .prefix: source?.prefixRange ?? source?.range
        case .part: source?.partRange ?? source?.range
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

  /// The tensors that a part of a model takes. The layers of a built-in model that the graph lacks, such as a
  /// classifier, may be in the file or not.
  private func match(
    part path: String, of graph: Graph, _ selection: WeightsSelection
  ) throws(WeightsMismatch) -> WeightsMatch {
    let inside = graph.expectedTensors.filter { $0.name.hasPrefix(path + ".") }.map {
      ExpectedTensor(
        name: String($0.name.dropFirst(path.count + 1)), shape: $0.shape, type: $0.type)
    }
    // After a prefix, such as `module.`, the names are the same.
    let endings = Set(tensors.flatMap { Self.endings($0.name) })
    let omitted = (graph.parts.first { $0.path == path }?.omitted ?? [])
      .filter { endings.contains($0.name) }
      .map {
        ExpectedTensor(
          name: $0.name, shape: $0.shape, type: $0.role == .counter ? .int64 : .float32)
      }
    let names = Set(omitted.map(\.name))
    return try match(inside + omitted, head: names, selection).placed(at: path, without: names)
  }

  /// A name, and what is left of it without its first components.
  private static func endings(_ name: String) -> [String] {
    let parts = name.split(separator: ".")
    return parts.indices.map { parts[$0...].joined(separator: ".") }
  }

  /// The tensors that a model takes from the file, and those that keep their initialisation because
  /// the head has a different size, or because only a part of the model takes weights.
  ///
  /// - Parameter source: as in ``match(_:_:)``.
  /// - Throws: ``InputError`` with all mismatches; ``FileError`` for values that are damaged, NaN
  ///   or infinite.
  package func entries(
    for graph: Graph, _ source: WeightsSource?
  ) throws -> (entries: [SafeTensors.Entry], kept: Set<String>) {
    let match = try match(graph, source)
    var kept = match.replacedHead.isEmpty ? [] : graph.headParameters
    if let part = source?.part {
      kept = Set(graph.parameters.map(\.name).filter { !$0.hasPrefix(part + ".") })
    }
    return (try match.loaded.map { try entry($0) }, kept)
  }
}
