import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning

/// Where this checkout's files are.
enum Checkout {
  static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")
  static let bad = root + "/Tests/Fixtures/bad"
  static let good = root + "/Tests/Fixtures/good"

  /// The experiments that ship with the program and need no files of a user's.
  static var shipped: [String] {
    let ofOwnFiles = [
      "own_images", "table", "segmentation", "detection", "recipe", "cifar10", "vision_transformer",
      "distillation",
    ]
    return experiments(in: root + "/experiments")
      .filter { path in !ofOwnFiles.contains { path.hasSuffix("/\($0).yaml") } }
  }

  /// The YAML files of a folder, by name.
  static func experiments(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }
}

/// What planning says of a file or a text.
struct Outcome {
  let plan: Plan?
  let diagnostics: [Diagnostic]

  var loaded: LoadedExperiment? { plan?.loaded }

  /// Errors as `line:column: message`, in the order in which they are shown.
  var errors: [String] {
    diagnostics.filter { $0.severity == .error }.map { diagnostic in
      guard let range = diagnostic.range else { return diagnostic.message }
      return "\(range.start.line):\(range.start.column): \(diagnostic.message)"
    }
  }

  /// What a person reads, with paths from the checkout's folder on.
  var text: String {
    DiagnosticRenderer().render(diagnostics).replacing(Checkout.root + "/", with: "")
  }

  static func of(
    _ path: String, _ overrides: [String] = [], environment: [String: String] = [:]
  ) -> Outcome {
    let collector = DiagnosticCollector()
    let plan = Plan.make(
      path, overrides: overrides, environment: environment, processors: 4, diagnostics: collector)
    return Outcome(plan: plan, diagnostics: collector.sorted)
  }

  /// Plans a text that is in no file.
  static func of(
    text: String, _ overrides: [String] = [], environment: [String: String] = [:]
  ) -> Outcome {
    let collector = DiagnosticCollector()
    let loader = ExperimentLoader(
      catalog: .standard, environment: environment, processors: 4)
    let loaded = loader.load(
      SourceFile(name: "test.yaml", text: text), overrides: overrides, into: collector)
    let plan = loaded.flatMap { Plan($0, diagnostics: collector) }
    return Outcome(plan: plan, diagnostics: collector.sorted)
  }
}

enum Patience {
  /// What a hostile file may take. A bomb that goes off takes minutes and gigabytes; a file that is
  /// refused takes a moment, or some on a busy machine.
  static let hostile = Duration.seconds(60)
}
