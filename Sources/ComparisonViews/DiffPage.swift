import Comparison

package enum DiffPage {
  package static func render(_ diff: RunDiff, _ options: DiffOptions) throws -> String { "" }
}
