/// Two pictures that look alike.
struct PicturePair: Hashable, Sendable {
  var first: Int
  /// Greater than ``first``.
  var second: Int
  /// Of their low frequencies after aligning them, 1 for the same picture.
  var correlation: Float
  /// Whether one is the mirror image of the other.
  var isMirrored: Bool
  /// Whether one shows a part of the other.
  var isCropped: Bool
}

/// Finds pictures that were resized, encoded again, cropped a little or mirrored.
///
/// Each picture, whole and with its edges cut off in several ways, is looked up in an index of perceptual hashes; what
/// is found is aligned and compared by correlation. The number of comparisons grows about as fast as the number
/// of pictures.
struct NearDuplicateSearch {
  /// Correlation from which two pictures count as the same.
  static let leastCorrelation: Float = 0.95
  /// The same if one is mirrored: two different things resemble each other more often that way.
  static let leastMirroredCorrelation: Float = 0.96
  /// Correlation before the alignment from which it is tried.
  private static let leastCandidate: Float = 0.89
  /// Signs that may differ before a comparison.
  private static let largestDistance = 30
  /// Colour difference, the mean over the places, from which pictures count as different.
  private static let largestColourDifference = 12
  /// Pictures of the index that are looked at for each picture, and candidates that are aligned.
  private static let visits = 8_000
  private static let candidates = 16

  /// The same for drawings, and the correlation of their brightnesses, place by place, from which two of them count as
  /// the same: the digits of two people have the same low frequencies, a copy has the same edges.
  private static let leastDrawingCandidate: Float = 0.97
  static let leastDrawingCorrelation: Float = 0.99

  private var brightness: [UInt8] = []
  private var isDrawing: [Bool] = []
  private var colours: [Int8] = []
  /// How many pictures have been added.
  private(set) var count = 0
  /// Pictures for which the search stopped early, since too many others resemble them.
  private(set) var limited = 0

  init() {}

  /// Adds the next picture.
  mutating func append(_ thumbnail: Thumbnail) {
    brightness += thumbnail.brightness
    colours += thumbnail.colours
    isDrawing.append(thumbnail.isDrawing)
    count += 1
  }

  /// - Parameters:
  ///   - rows: the pictures to compare; of those that are exactly alike one is enough.
  ///   - progress: is given the number of pictures that have been compared with all others.
  /// - Returns: the pairs, by their places.
  mutating func pairs(
    among rows: [Int], progress: (Int) -> Void = { _ in }
  ) -> [PicturePair] {
    let size = PictureDescriptor.count
    let maps = PictureWindow.cuts.map { FrequencyMap(low: $0.low, high: $0.high) }
    var descriptors = [Float](repeating: 0, count: count * size)
    var hashes = [PerceptualHash?](repeating: nil, count: count)
    var scratch = Scratch()
    for row in rows {
      load(row, &scratch)
      scratch.mapRows(maps[0])
      if scratch.mapColumns(maps[0]) {
        for place in 0..<size { descriptors[row * size + place] = scratch.descriptor[place] }
        hashes[row] = scratch.hash
      }
    }
    let described = rows.filter { hashes[$0] != nil }
    let flat = hashes.map { $0 ?? scratch.hash }
    let index = HashIndex(descriptors, rows: described)
    var found: [SIMD2<Int32>: PicturePair] = [:]
    var seen = [Int32](repeating: -1, count: count)
    var turn: Int32 = 0
    // Where everything resembles everything, aligning all of it would take hours.
    var alignments = described.count + 5_000
    for (place, row) in described.enumerated() {
      progress(place)
      var best: [Int: Candidate] = [:]
      var limit = Self.visits
      load(row, &scratch)
      // Cropped and mirrored drawings resemble others too often.
      let ownMaps = isDrawing[row] ? Array(maps.prefix(1)) : maps
      let leastCandidate = isDrawing[row] ? Self.leastDrawingCandidate : Self.leastCandidate
      for (vertical, rowMap) in ownMaps.enumerated() {
        scratch.mapRows(rowMap)
        for (horizontal, columnMap) in ownMaps.enumerated() {
          guard scratch.mapColumns(columnMap) else { continue }
          let window = PictureWindow(
            left: PictureWindow.cuts[horizontal].low, right: PictureWindow.cuts[horizontal].high,
            top: PictureWindow.cuts[vertical].low, bottom: PictureWindow.cuts[vertical].high)
          // A mirrored copy that is cropped unevenly is found through its even neighbours.
          let mirrors = horizontal < 3 && vertical < 3 && !isDrawing[row]
          for isMirrored in mirrors ? [false, true] : [false] {
            if isMirrored { scratch.mirror() }
            let hash = scratch.hash
            turn += 1
            scratch.descriptor.withUnsafeBufferPointer { query in
              descriptors.withUnsafeBufferPointer { descriptors in
                index.visit(query.baseAddress!, limit: &limit) { other in
                  if other == row || seen[other] == turn { return }
                  seen[other] = turn
                  if flat[other].distance(hash) > Self.largestDistance { return }
                  let correlation = PictureDescriptor.correlation(
                    query.baseAddress!, descriptors.baseAddress! + other * size)
                  if correlation < leastCandidate { return }
                  if correlation > best[other]?.correlation ?? 0 {
                    best[other] = Candidate(
                      correlation: correlation, window: window, isMirrored: isMirrored)
                  }
                }
              }
            }
          }
        }
      }
      let ranked = best.sorted { ($1.value.correlation, $0.key) < ($0.value.correlation, $1.key) }
      var isLimited = limit < 0 || ranked.count > Self.candidates
      for (other, candidate) in ranked.prefix(Self.candidates) {
        if !hasSimilarColours(row, other, mirrored: candidate.isMirrored) { continue }
        if isDrawing[row] || isDrawing[other] {
          // Each of the two looks at the other whole.
          guard candidate.window.isWhole, !candidate.isMirrored,
            brightnessCorrelation(row, other) >= Self.leastDrawingCorrelation
          else { continue }
        }
        let key = SIMD2(Int32(min(row, other)), Int32(max(row, other)))
        var aligned = candidate
        if candidate.correlation < Self.leastMirroredCorrelation {
          if alignments == 0 {
            isLimited = true
          } else {
            alignments -= 1
            aligned = descriptors.withUnsafeBufferPointer {
              align(candidate, $0.baseAddress! + other * size, &scratch)
            }
          }
        }
        let least =
          aligned.isMirrored ? Self.leastMirroredCorrelation : Self.leastCorrelation
        if aligned.correlation < least { continue }
        if let earlier = found[key], earlier.correlation >= aligned.correlation { continue }
        found[key] = PicturePair(
          first: min(row, other), second: max(row, other), correlation: aligned.correlation,
          isMirrored: aligned.isMirrored, isCropped: !aligned.window.isWhole)
      }
      if isLimited { limited += 1 }
    }
    progress(rows.count)
    return found.values.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// Another picture that resembles a window of this one.
  private struct Candidate {
    var correlation: Float
    var window: PictureWindow
    var isMirrored: Bool
  }

  /// The window with the highest correlation near that of a candidate.
  ///
  /// - Parameter scratch: holds the thumbnail that the window is of.
  private func align(
    _ candidate: Candidate, _ other: UnsafePointer<Float>, _ scratch: inout Scratch
  ) -> Candidate {
    var best = candidate
    let edges: [WritableKeyPath<PictureWindow, Float>] = [\.left, \.right, \.top, \.bottom]
    for step: Float in [1 / 64, 1 / 128] {
      var hasImproved = true
      var rounds = 0
      while hasImproved, rounds < 4 {
        (hasImproved, rounds) = (false, rounds + 1)
        for edge in edges {
          for change in [-step, step] {
            var window = best.window
            window[keyPath: edge] += change
            guard (0...PictureWindow.largestCut).contains(window[keyPath: edge]) else { continue }
            scratch.mapRows(FrequencyMap(low: window.top, high: window.bottom))
            guard scratch.mapColumns(FrequencyMap(low: window.left, high: window.right)) else {
              continue
            }
            if best.isMirrored { scratch.mirror() }
            let correlation = scratch.descriptor.withUnsafeBufferPointer {
              PictureDescriptor.correlation($0.baseAddress!, other)
            }
            if correlation > best.correlation + 1e-4 {
              (best.window, best.correlation, hasImproved) = (window, correlation, true)
            }
          }
        }
      }
    }
    return best
  }

  private func hasSimilarColours(_ a: Int, _ b: Int, mirrored: Bool) -> Bool {
    let (count, side) = (Thumbnail.colourCount, Thumbnail.colourSide)
    var sum = 0
    for place in 0..<count {
      let other = mirrored ? place - place % side + (side - 1 - place % side) : place
      sum += abs(Int(colours[a * count + place]) - Int(colours[b * count + other]))
    }
    return sum <= Self.largestColourDifference * count
  }

  /// Pearson's correlation of the brightnesses of two thumbnails, place by place; 0 if one is of one brightness.
  private func brightnessCorrelation(_ a: Int, _ b: Int) -> Float {
    let size = Thumbnail.side * Thumbnail.side
    var (sumA, sumB, squareA, squareB, product) = (0, 0, 0, 0, 0)
    for place in 0..<size {
      let (x, y) = (Int(brightness[a * size + place]), Int(brightness[b * size + place]))
      (sumA, sumB) = (sumA + x, sumB + y)
      (squareA, squareB, product) = (squareA + x * x, squareB + y * y, product + x * y)
    }
    let variances = Double(size * squareA - sumA * sumA) * Double(size * squareB - sumB * sumB)
    return variances > 0 ? Float(Double(size * product - sumA * sumB) / variances.squareRoot()) : 0
  }

  private func load(_ row: Int, _ scratch: inout Scratch) {
    let size = Thumbnail.side * Thumbnail.side
    for place in 0..<size { scratch.thumbnail[place] = Float(brightness[row * size + place]) }
  }
}

/// Room for the steps from a thumbnail to its descriptor.
private struct Scratch {
  var thumbnail = [Float](repeating: 0, count: Thumbnail.side * Thumbnail.side)
  var rows = [Float](repeating: 0, count: FrequencyMap.count * Thumbnail.side)
  var descriptor = [Float](repeating: 0, count: PictureDescriptor.count)

  var hash: PerceptualHash {
    descriptor.withUnsafeBufferPointer { PerceptualHash($0.baseAddress!) }
  }

  mutating func mapRows(_ map: FrequencyMap) {
    thumbnail.withUnsafeBufferPointer { source in
      rows.withUnsafeMutableBufferPointer {
        PictureDescriptor.mapRows(source.baseAddress!, map, into: $0.baseAddress!)
      }
    }
  }

  mutating func mapColumns(_ map: FrequencyMap) -> Bool {
    rows.withUnsafeBufferPointer { source in
      descriptor.withUnsafeMutableBufferPointer {
        PictureDescriptor.mapColumns(source.baseAddress!, map, into: $0.baseAddress!)
      }
    }
  }

  /// Makes the descriptor that of the mirrored picture.
  mutating func mirror() {
    for place in descriptor.indices where PictureDescriptor.isOdd[place] {
      descriptor[place] = -descriptor[place]
    }
  }
}
