import Diagnostics

/// How the examples of a batch are mixed in pairs while training: mixup (Zhang et al., 2018), cutmix (Yun et
/// al., 2019), or one of the two for each batch, by chance.
package struct MixingSettings: Sendable {
  package let mixup: Method?
  package let cutmix: Method?

  /// One way to mix.
  package struct Method: Sendable {
    /// Both parameters of the beta distribution from which the share of the first example is drawn.
    package let alpha: Double
    package let range: SourceRange?

    fileprivate init(_ value: Resolved) throws {
      alpha = try value.number()
      range = value.range
    }
  }

  /// - Returns: `nil` if nothing is mixed.
  init?(_ train: Resolved) throws {
    mixup = try train.optional("mixup").map { try Method($0) }
    cutmix = try train.optional("cutmix").map { try Method($0) }
    if mixup == nil, cutmix == nil { return nil }
  }

  /// The setting's name, for messages; the first of two.
  package var name: String { mixup == nil ? "cutmix" : "mixup" }

  package var range: SourceRange? { (mixup ?? cutmix)?.range }
}
