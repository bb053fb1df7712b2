import ExperimentConfig
import Files
import Report
import RunRecord

/// A fact about run A beside the same fact about run B.
package struct FactChange: Sendable, Equatable, CustomStringConvertible {
  package var label: String
  package var a: String?
  package var b: String?
  /// Whether a difference in this fact can change what is learned.
  package var isCausal: Bool

  package var differs: Bool { a != b }

  package var description: String { "\(label) \(a ?? "unknown") → \(b ?? "unknown")" }
}

/// Code, environment, data and timings of two runs, including facts that are equal.
enum Facts {
  static func code(_ a: ComparedRun, _ b: ComparedRun) -> [FactChange] {
    [
      fact("commit", a, b, isCausal: true) {
        $0.info("git", "commit").map { String($0.prefix(12)) }
      },
      fact("uncommitted changes", a, b, isCausal: true) { run in
        run.evidence.info["git"]?["dirty"]?.boolean.map { $0 ? patch(run) : "none" }
      },
      fact("command", a, b, isCausal: false) { run in
        let words = (run.evidence.info["command"] ?? .null).list.compactMap(\.text)
        // The program's own path says nothing about the run.
        return words.isEmpty ? nil : words.dropFirst().joined(separator: " ")
      },
    ]
  }

  /// A patch identified by its hash: equal patches mean equal code.
  private static func patch(_ run: ComparedRun) -> String {
    do {
      let hash = try Digest.hex(of: run.run.open("source.patch"))
      return "patch \(hash.prefix(12))"
    } catch {
      return "not recorded"
    }
  }

  static func environment(_ a: ComparedRun, _ b: ComparedRun) -> [FactChange] {
    let keys: [(String, [String], Bool)] = [
      ("runner", ["versions", "runner"], true), ("LibTorch", ["versions", "libtorch"], true),
      ("Swift", ["versions", "swift"], true), ("processor", ["cpu"], true),
      ("vector instructions", ["cpu_capability"], true), ("device", ["device"], true),
      ("threads", ["threads"], true), ("host", ["host"], false),
    ]
    return keys.map { label, path, isCausal in
      fact(label, a, b, isCausal: isCausal) { run in
        path.reduce(run.evidence.info as JSONValue?) { $0?[$1] }?.text
      }
    }
  }

  static func data(_ a: ComparedRun, _ b: ComparedRun) -> [FactChange] {
    let sizes = (a.sizes(), b.sizes())
    return folds(a, b) + [
      fact("data set requested", a, b, isCausal: false) { $0.info("dataset", "requested") },
      fact("data set used", a, b, isCausal: true) { $0.info("dataset", "used") },
      fact("fingerprint", a, b, isCausal: true) { run in
        run.info("dataset", "fingerprint").map { String($0.prefix(16)) }
      },
      fact("other files", a, b, isCausal: true) { run in
        let files = (run.evidence.info["files"] ?? .null).list.compactMap { file in
          file["key"]?.text.map { "\($0) \((file["sha256"]?.text ?? "").prefix(16))" }
        }
        return files.isEmpty ? nil : files.joined(separator: ", ")
      },
      fact("found in", a, b, isCausal: false) { $0.info("dataset", "origin") },
      fact("initial weights", a, b, isCausal: true) { run in
        run.info("weights", "sha256").map { String($0.prefix(16)) } ?? "drawn from the seed"
      },
      FactChange(label: "training examples", a: sizes.0.train, b: sizes.1.train, isCausal: false),
      FactChange(
        label: "validation examples", a: sizes.0.validation, b: sizes.1.validation, isCausal: false
      ),
      FactChange(label: "test examples", a: sizes.0.test, b: sizes.1.test, isCausal: false),
    ]
  }

  /// The fold of each run; empty if neither run is a fold.
  private static func folds(_ a: ComparedRun, _ b: ComparedRun) -> [FactChange] {
    func text(_ run: ComparedRun) -> String {
      if let fold = run.info("fold") { return fold }
      return run.parts.isEmpty || run.partWord != "fold" ? "none" : "all"
    }
    guard a.info("fold") != nil || b.info("fold") != nil else { return [] }
    return [FactChange(label: "fold", a: text(a), b: text(b), isCausal: true)]
  }

  static func timings(_ a: ComparedRun, _ b: ComparedRun) -> [FactChange] {
    func mean(_ run: ComparedRun, _ value: (EpochTiming) -> Double) -> Double? {
      let timings = run.evidence.timings
      return timings.isEmpty ? nil : timings.reduce(0) { $0 + value($1) } / Double(timings.count)
    }
    return [
      fact("started", a, b, isCausal: false) { $0.info("started") },
      fact("whole run", a, b, isCausal: false) { $0.evidence.duration.map(RunTime.text) },
      fact("training per epoch", a, b, isCausal: false) { run in
        mean(run) { $0.trainSeconds }.map { NumberText.duration($0) }
      },
      fact("evaluation per epoch", a, b, isCausal: false) { run in
        mean(run) { $0.evaluationSeconds }.map { NumberText.duration($0) }
      },
      fact("examples per second", a, b, isCausal: false) { run in
        mean(run) { $0.examplesPerSecond }.flatMap { Int(exactly: $0.rounded()) }
          .map(NumberText.grouped)
      },
    ]
  }

  private static func fact(
    _ label: String, _ a: ComparedRun, _ b: ComparedRun, isCausal: Bool,
    _ value: (ComparedRun) -> String?
  ) -> FactChange {
    FactChange(label: label, a: value(a), b: value(b), isCausal: isCausal)
  }
}
