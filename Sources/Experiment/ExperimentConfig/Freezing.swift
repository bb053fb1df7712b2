import Diagnostics

/// A parameter's name, its first components, or a pattern with `*`, as written.
package struct ParameterPattern: Sendable {
  package let text: String
  package let range: SourceRange?

  /// One pattern, or a list of them.
  static func all(_ value: Resolved) throws -> [ParameterPattern] {
    if case .list(let items) = value.content {
      return try items.map { ParameterPattern(text: try $0.string(), range: $0.range) }
    }
    return [ParameterPattern(text: try value.string(), range: value.range)]
  }

  /// Whether a parameter's name equals the text, starts with it followed by a dot, or matches it as
  /// a pattern in which `*` stands for any characters.
  package func matches(_ name: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "*")) else {
      return name == text || name.hasPrefix(text + ".")
    }
    return Self.fits(Array(name.utf8), Array(text.utf8))
  }

  /// Backtracks only to the last `*`, so that every pattern is fast.
  private static func fits(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var place = 0
    var index = 0
    var star: (pattern: Int, name: Int)?
    while place < name.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        star = (index, place)
        index += 1
      } else if index < pattern.count, pattern[index] == name[place] {
        index += 1
        place += 1
      } else if let last = star {
        index = last.pattern + 1
        place = last.name + 1
        star = (last.pattern, place)
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// The parameters that are not trained.
package struct Freezing: Sendable {
  package let patterns: [ParameterPattern]
  /// Whether frozen batch normalisation still uses each batch's statistics and updates its own.
  package let updatesBatchNorm: Bool

  init(_ value: Resolved) throws {
    if case .record = value.content {
      patterns = try ParameterPattern.all(value.at("parameters"))
      updatesBatchNorm = try value.at("batch_norm").string() == "update"
    } else {
      patterns = try ParameterPattern.all(value)
      updatesBatchNorm = false
    }
  }
}

/// Frozen parameters that are trained from an epoch on.
package struct Unfreezing: Sendable {
  package let epoch: Int
  package let epochRange: SourceRange?
  package let patterns: [ParameterPattern]
  /// The parameters' learning rate; `nil` for the optimizer's.
  package let learningRate: Double?
  package let range: SourceRange?

  static func all(_ value: Resolved) throws -> [Unfreezing] {
    if case .list(let items) = value.content { return try items.map { try Unfreezing($0) } }
    return [try Unfreezing(value)]
  }

  private init(_ value: Resolved) throws {
    epoch = try value.at("epoch").integer()
    epochRange = try value.at("epoch").range
    patterns = try ParameterPattern.all(value.at("layers"))
    learningRate = try value.optional("lr")?.number()
    range = value.range
  }
}
