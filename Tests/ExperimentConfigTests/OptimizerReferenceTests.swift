import ExperimentConfig
import FoundationEssentials
import Testing

/// The arguments in `docs/optimizers.md`, which come from the registry. With `RUNNER_UPDATE_FIXTURES=1` they are
/// written anew.
@Suite struct OptimizerReferenceTests {
  private static let path = Checkout.root + "/docs/optimizers.md"
  private static let heading = "\n## Arguments\n"

  private static func rows(_ fields: [Field]) -> String {
    fields.map { field in
      var standard = "—"
      if case .defaulted(let text) = field.presence { standard = "`\(text)`" }
      return "| `\(field.name)` | \(standard) | \(field.doc) |\n"
    }.joined()
  }

  private static var reference: String {
    let head = "\n| argument | default | meaning |\n| --- | --- | --- |\n"
    let common = Set(["no_decay", "layer_decay", "groups"])
    var text = heading + "\nThose of every optimizer:\n" + head
    for (index, schema) in OptimizerRegistry.schemas.enumerated() {
      let fields = schema.arguments.fields
      if index == 0 { text += rows(fields.filter { common.contains($0.name) }) }
      text += "\n### \(schema.name)\n\n\(schema.doc)\n" + head
      for field in fields where !common.contains(field.name) {
        text += rows([field])
        guard case .record(let inner) = field.type else { continue }
        text += rows(
          inner.fields.map { inner in
            var inner = inner
            inner.name = "\(field.name).\(inner.name)"
            return inner
          })
      }
    }
    return text
  }

  @Test func theDocumentHasEveryArgument() throws {
    let document = try String(contentsOfFile: Self.path, encoding: .utf8)
    let start = try #require(document.firstRange(of: Self.heading)?.lowerBound)
    if BadFixtureTests.isUpdating {
      try Data((document[..<start] + Self.reference).utf8).write(to: URL(filePath: Self.path))
    }
    let current = try String(contentsOfFile: Self.path, encoding: .utf8)
    #expect(current[start...] == Self.reference)
  }
}
