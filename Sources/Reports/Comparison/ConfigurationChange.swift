/// One difference between two configurations.
package struct ConfigurationChange: Sendable, Equatable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// It can change what is learned.
    case semantic
    /// It changes what is measured, and nothing of what is learned.
    case measurement
    /// It changes no number.
    case cosmetic
  }

  /// One side of the difference.
  package struct Value: Sendable, Equatable {
    package var text: String
    /// `file.yaml:3:7`, `command line: lr=1`, `default`; empty where nobody knows.
    package var origin: String
  }

  /// Dotted, such as `optimizer.adam.lr`.
  package var path: String
  /// Nothing where it is not there.
  package var a: Value?
  package var b: Value?
  package var kind: Kind

  /// `dropout.p 0.2 → 0.9`.
  package var description: String {
    switch (a, b) {
    case (let a?, let b?): "\(path) \(a.text) → \(b.text)"
    case (let a?, nil): "\(path) without \(a.text)"
    case (nil, let b?): "\(path) with \(b.text)"
    case (nil, nil): path
    }
  }
}
