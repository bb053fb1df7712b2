/// One difference between two configurations.
package struct ConfigurationChange: Sendable, Equatable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// Can change what is learned.
    case semantic
    /// Changes what is measured but not what is learned.
    case measurement
    /// Affects no result.
    case cosmetic
  }

  /// One side of the difference.
  package struct Value: Sendable, Equatable {
    package var text: String
    /// `file.yaml:3:7`, `command line: lr=1` or `default`; empty if unknown.
    package var origin: String
  }

  /// Dotted path, such as `optimizer.adam.lr`.
  package var path: String
  /// `nil` if A has no such value.
  package var a: Value?
  /// `nil` if B has no such value.
  package var b: Value?
  package var kind: Kind

  /// For example `dropout.p 0.2 → 0.9`.
  package var description: String {
    switch (a, b) {
    case (let a?, let b?): "\(path) \(a.text) → \(b.text)"
    case (let a?, nil): "\(path) without \(a.text)"
    case (nil, let b?): "\(path) with \(b.text)"
    case (nil, nil): path
    }
  }
}
