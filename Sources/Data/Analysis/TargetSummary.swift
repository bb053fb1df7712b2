import DataSchema
import Statistics

/// Describes the targets of a part.
enum TargetSummary {
  /// Examples of each class.
  static func classes(_ names: [String], _ targets: Targets) -> [ClassCount] {
    var counts = [Int](repeating: 0, count: names.count)
    for number in targets.classNumbers where counts.indices.contains(Int(number)) {
      counts[Int(number)] += 1
    }
    return shares(names, counts, of: targets.count)
  }

  /// Examples that carry each label.
  static func labels(_ names: [String], _ targets: Targets) -> [ClassCount] {
    shares(names, names.indices.map { targets.column($0).count { $0 > 0.5 } }, of: targets.count)
  }

  /// The values of each number; those that are not finite are left out.
  static func numbers(_ quantities: [Quantity], _ targets: Targets) -> [NumberSummary] {
    quantities.enumerated().compactMap { place, quantity in
      let values = targets.column(place).map(Double.init).filter(\.isFinite)
      guard let summary = SampleSummary(values), let least = values.min(), let most = values.max()
      else { return nil }
      return NumberSummary(
        name: quantity.name, unit: quantity.unit, minimum: least, mean: summary.mean, maximum: most,
        standardDeviation: summary.standardDeviation)
    }
  }

  /// Pixels of each class, and images in which it occurs.
  static func masks(_ names: [String], _ targets: Targets) -> MaskSummary {
    let columns = (0...names.count).map { targets.column($0) }
    let pixels = columns.map { $0.reduce(0) { $0 + Int($1) } }
    let known = pixels.dropLast().reduce(0, +)
    let all = known + pixels[names.count]
    return MaskSummary(
      pixels: shares(names, Array(pixels.dropLast()), of: known),
      images: shares(names, columns.dropLast().map { $0.count { $0 > 0 } }, of: targets.count),
      ignored: all == 0 ? 0 : Double(pixels[names.count]) / Double(all))
  }

  static func shares(_ names: [String], _ counts: [Int], of total: Int) -> [ClassCount] {
    zip(names, counts).map {
      ClassCount(name: $0, count: $1, share: total == 0 ? 0 : Double($1) / Double(total))
    }
  }
}
