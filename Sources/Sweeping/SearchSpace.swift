/// What a sweep varies: each dimension is one key, or several keys whose values are varied
/// together.
package struct SearchSpace: Sendable, Equatable, Codable {
  package var dimensions: [Dimension]

  package init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  package struct Dimension: Sendable, Equatable, Codable {
    package var keys: [Key]
    package var domain: Domain

    package init(keys: [Key], domain: Domain) {
      self.keys = keys
      self.domain = domain
    }

    /// Whether draws are rounded to integers.
    package var isInteger: Bool { keys.first?.isInteger ?? false }
  }

  package struct Key: Sendable, Equatable, Codable {
    /// The key as the user wrote it, such as `lr`, for use in overrides.
    package var written: String
    /// The key's dotted path in the experiment.
    package var path: String
    package var isInteger = false
    /// Whether the key is a component. Components are set first, because they decide what other
    /// keys mean.
    package var isComponent = false

    package init(written: String, path: String, isInteger: Bool = false, isComponent: Bool = false)
    {
      self.written = written
      self.path = path
      self.isInteger = isInteger
      self.isComponent = isComponent
    }

    /// The key's name in tables.
    package var label: String {
      written.hasPrefix("+") ? String(written.dropFirst()) : written
    }
  }

  package enum Domain: Sendable, Equatable, Codable {
    /// A list: one row per choice, with one text per key.
    case values([[String]])
    /// Any number between two ends.
    case uniform(Double, Double)
    /// Any number between two ends, uniformly on a logarithmic scale.
    case logUniform(Double, Double)

    /// The values of one key; empty if they are drawn.
    func texts(ofKey index: Int) -> [String] {
      if case .values(let rows) = self { rows.map { $0[index] } } else { [] }
    }
  }

  package var keys: [Key] { dimensions.flatMap(\.keys) }

  /// The number of combinations; `nil` if a dimension is a distribution.
  package var size: Int? {
    var product = 1
    for dimension in dimensions {
      guard case .values(let rows) = dimension.domain else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: rows.count)
      product = overflow ? .max : next
    }
    return product
  }

  /// The combination at a position in the grid, with the last key varying fastest; one text per
  /// key.
  ///
  /// - Precondition: all dimensions are lists and `index` is less than ``size``.
  package func combination(_ index: Int) -> [String] {
    var rest = index
    var parts: [[String]] = []
    for dimension in dimensions.reversed() {
      guard case .values(let rows) = dimension.domain else { return [] }
      parts.append(rows[rest % rows.count])
      rest /= rows.count
    }
    return parts.reversed().flatMap(\.self)
  }

  /// The overrides that set `values`, components first, because they decide what other keys mean.
  package func overrides(_ values: [String], among fixed: [FixedOverride] = []) -> [String] {
    let swept = zip(keys, values).map { key, value in
      (isComponent: key.isComponent, text: "\(key.written)=\(value)")
    }
    let all = fixed.map { (isComponent: $0.isComponent, text: $0.text) } + swept
    return all.filter(\.isComponent).map(\.text) + all.filter { !$0.isComponent }.map(\.text)
  }
}

/// An override that all trials share.
package struct FixedOverride: Sendable, Equatable, Codable {
  package var text: String
  package var isComponent: Bool

  package init(_ text: String, isComponent: Bool = false) {
    self.text = text
    self.isComponent = isComponent
  }
}
