import Diagnostics
import ExperimentConfig
import Glibc
import YAMLSyntax

/// The files that the check of an experiment depends on, as far as the text of its files tells: itself, what it extends,
/// and everything that a value or an override names, whether it exists already or not.
package struct WatchedFiles: Sendable {
  /// From the root, in order.
  package let paths: [String]

  /// Values beyond these are not looked at.
  private static let most = 1000

  /// - Parameters:
  ///   - experiment: the file, as the user named it.
  ///   - overrides: those of the command line.
  ///   - earlier: what was watched before; kept, since a file that is no YAML at the moment names nothing.
  package init(_ experiment: String, overrides: [String] = [], keeping earlier: WatchedFiles? = nil)
  {
    var found = Set(earlier?.paths ?? [])
    var waiting = [ExperimentLoader.place(experiment)]
    var read: Set<String> = []
    for override in overrides {
      guard let equals = override.firstIndex(of: "=") else { continue }
      let value = override[override.index(after: equals)...]
      let text = SourceFile(name: "", text: String(value), kind: .commandLine)
      Self.add(YAMLParser.parse(text, into: DiagnosticCollector()), to: &found)
    }
    while let path = waiting.popLast(), read.count < Self.most {
      guard read.insert(path).inserted else { continue }
      found.insert(path)
      guard let file = try? SourceFile.read(path),
        let tree = YAMLParser.parse(file, into: DiagnosticCollector())
      else { continue }
      Self.add(tree, to: &found)
      if let base = tree["extends"]?.scalar?.text {
        waiting.append(PathResolution.absolute(base, mentionedIn: file))
      }
    }
    paths = found.sorted()
  }

  /// Adds every scalar as a path.
  private static func add(_ node: YAMLNode?, to found: inout Set<String>) {
    switch node?.content {
    case .scalar(let scalar):
      guard let node, !scalar.text.isEmpty, scalar.text.utf8.count < 1024, found.count < most,
        !scalar.text.contains(where: { $0.isNewline || $0 == "\0" })
      else { return }
      found.insert(PathResolution.absolute(scalar.text, mentionedIn: node.range.file))
    case .sequence(let items): for item in items { add(item, to: &found) }
    case .mapping(let entries): for entry in entries { add(entry.value, to: &found) }
    case nil: break
    }
  }

  /// What tells whether a file was changed or replaced.
  package struct State: Equatable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// - Returns: `nil` if there is no such file.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      device = UInt(status.st_dev)
      inode = UInt(status.st_ino)
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// The state of each file; `nil` for those that do not exist.
  package var states: [State?] { paths.map(State.init) }
}
