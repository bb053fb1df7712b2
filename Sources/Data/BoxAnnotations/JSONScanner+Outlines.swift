extension JSONScanner {
  /// The largest text of runs, in bytes: that of an image of every other pixel of 16 million.
  private static let longestRuns = 1 << 24

  /// The value of `segmentation`: polygons, or runs as a list or a text.
  mutating func outline() throws(JSONFault) -> ObjectOutline.Shape {
    let start = try place()
    switch try next() {
    case UInt8(ascii: "["):
      var polygons: [[Double]] = []
      try array { (scanner, _) throws(JSONFault) in polygons.append(try scanner.polygon()) }
      if polygons.isEmpty { throw start.fault("the object has no polygons, so it has no pixels") }
      return .polygons(polygons)
    case UInt8(ascii: "{"): return try runs()
    default: throw start.fault("expected polygons, [[x, y, …]], or runs, {counts, size}")
    }
  }

  /// `[x, y, x, y, …]`
  private mutating func polygon() throws(JSONFault) -> [Double] {
    let start = try place()
    var values: [Double] = []
    try array { (scanner, _) throws(JSONFault) in
      let place = try scanner.place()
      let value = try scanner.number()
      guard abs(value) <= ObjectOutline.Shape.farthest else {
        throw place.fault("the coordinate \(value) is not one of a pixel")
      }
      values.append(value)
    }
    guard values.count.isMultiple(of: 2) else {
      throw start.fault(
        "a polygon has x and y of each point, but these are \(values.count) numbers")
    }
    return values
  }

  /// `{"counts": …, "size": [height, width]}`
  private mutating func runs() throws(JSONFault) -> ObjectOutline.Shape {
    let start = try place()
    var counts: [UInt32]?
    var size: [Int]?
    try object { (scanner, key) throws(JSONFault) in
      switch key {
      case "counts": counts = try scanner.counts()
      case "size":
        var found: [Int] = []
        let place = try scanner.place()
        try scanner.array { (scanner, _) throws(JSONFault) in found.append(try scanner.size()) }
        guard found.count == 2 else { throw place.fault("expected [height, width]") }
        size = found
      default: try scanner.skip()
      }
    }
    guard let counts else { throw start.fault("the runs have no 'counts'") }
    guard let size else { throw start.fault("the runs have no 'size'") }
    let sum = counts.reduce(0) { $0 + Int($1) }
    guard sum == size[0] * size[1] else {
      throw start.fault(
        "the runs sum to \(sum) pixels, but \(size[0]) × \(size[1]) are \(size[0] * size[1])")
    }
    return .runs(counts, height: size[0], width: size[1])
  }

  private mutating func counts() throws(JSONFault) -> [UInt32] {
    let start = try place()
    if try next() == UInt8(ascii: "\"") {
      guard let counts = Self.counts(try string(most: Self.longestRuns)) else {
        throw start.fault("the text is not one of pycocotools' runs")
      }
      return counts
    }
    var counts: [UInt32] = []
    try array { (scanner, _) throws(JSONFault) in
      let place = try scanner.place()
      guard let count = UInt32(exactly: try scanner.number()) else {
        throw place.fault("expected a number of pixels")
      }
      counts.append(count)
    }
    return counts
  }

  /// The runs in a text of pycocotools (`rleFrString`): five bits a character, the lowest first, from the fourth run on
  /// the difference from the last but one.
  ///
  /// - Returns: `nil` if it is no such text.
  private static func counts(_ text: String) -> [UInt32]? {
    var counts: [UInt32] = []
    var (value, shift) = (0, 0)
    for byte in text.utf8 {
      guard case let bits = Int(byte) - 48, (0..<64).contains(bits), shift <= 30 else { return nil }
      value |= (bits & 0x1F) << shift
      shift += 5
      if bits & 0x20 != 0 { continue }
      if bits & 0x10 != 0 { value |= -1 << shift }
      if counts.count > 2 { value += Int(counts[counts.count - 2]) }
      guard let count = UInt32(exactly: value) else { return nil }
      counts.append(count)
      (value, shift) = (0, 0)
    }
    return shift == 0 ? counts : nil
  }
}
