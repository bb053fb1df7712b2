/// What a sweep tries: every dimension is one key, or several whose values go together.
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

    /// Whether draws are rounded to whole numbers.
    package var isInteger: Bool { keys.first?.isInteger ?? false }
  }

  package struct Key: Sendable, Equatable, Codable {
    /// As a person wrote it, such as `lr`; overrides are made with it.
    package var written: String
    /// The dotted path that it means in the experiment as it is.
    package var path: String
    package var isInteger = false
    /// A component decides what other keys mean, so it is set before them.
    package var isComponent = false

    package init(written: String, path: String, isInteger: Bool = false, isComponent: Bool = false)
    {
      self.written = written
      self.path = path
      self.isInteger = isInteger
      self.isComponent = isComponent
    }

    /// What tables call it.
    package var label: String {
      written.hasPrefix("+") ? String(written.dropFirst()) : written
    }
  }

  package enum Domain: Sendable, Equatable, Codable {
    /// One row a choice, one text a key.
    case values([[String]])
    /// Any number from the first to the second.
    case uniform(Double, Double)
    /// Any number, evenly on a logarithmic scale.
    case logUniform(Double, Double)

    /// The values of one of the keys; none where they are drawn.
    func texts(ofKey index: Int) -> [String] {
      if case .values(let rows) = self { rows.map { $0[index] } } else { [] }
    }
  }

  package var keys: [Key] { dimensions.flatMap(\.keys) }

  /// How many combinations there are; `nil` if a dimension is a distribution.
  package var size: Int? {
    var product = 1
    for dimension in dimensions {
      guard case .values(let rows) = dimension.domain else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: rows.count)
      product = overflow ? .max : next
    }
    return product
  }

  /// The combination at a position of the grid, the last key changing fastest; one text a key.
  ///
  /// - Precondition: all dimensions are lists and `index` is below ``size``.
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

  /// The overrides that set `values`, components first: what they are decides what other keys mean.
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
