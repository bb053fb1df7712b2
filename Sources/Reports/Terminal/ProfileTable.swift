import ExperimentConfig
import WorkerProtocol

/// The table of `--profile`: how the time of a run was spent.
package enum ProfileTable {
  package static func render(_ profile: RunProfile) -> String {
    var table = TextTable([.left, .right, .right])
    table.add(["where the time went", "s", "%"])
    table.addRule()
    let total = profile.total
    for part in profile.parts { table.add(row(part.name, part.seconds, of: total)) }
    table.addRule()
    table.add(row("all", total, of: total))
    return table.render()
  }

  private static func row(_ name: String, _ seconds: Double, of total: Double) -> [String] {
    [
      name, NumberText.fixed(seconds, 3),
      NumberText.fixed(total > 0 ? 100 * seconds / total : 0, 1),
    ]
  }
}
