import Glibc

/// cos(π · frequency · (sample + ½) / 20).
func cosine(_ frequency: Int, _ sample: Int) -> Float {
  Float(cos(Double.pi * Double(frequency) * (Double(sample) + 0.5) / 20))
}

/// The low frequencies of a picture, each divided by how strong it usually is in photographs, as a vector of
/// length 1: brightness and contrast do not matter, and the scalar product of two descriptors is the correlation
/// of the pictures after that.
struct PictureDescriptor {
  /// Values, [vertical frequency, horizontal frequency]; the first, which is the mean, is 0.
  static let count = FrequencyMap.count * FrequencyMap.count

  /// Natural images hold about 1 / f of each frequency f, so every one is multiplied by its f.
  private static let emphasis: [Float] = (0..<count).map { place in
    let (v, h) = (place / FrequencyMap.count, place % FrequencyMap.count)
    return Float(v * v + h * h).squareRoot()
  }

  /// The places of the frequencies, the lowest first, without the mean.
  static let ascending: [Int] = (1..<count).sorted {
    (emphasis[$0], $0) < (emphasis[$1], $1)
  }

  /// Whether the horizontal frequency is odd: mirroring changes the sign of these.
  static let isOdd: [Bool] = (0..<count).map { ($0 % FrequencyMap.count) % 2 == 1 }

  /// A picture has no descriptor if its length before normalisation is below this: it is of one brightness but for
  /// noise of about one step.
  private static let leastLength: Float = 100

  /// The rows of a thumbnail, mapped to vertical frequencies: [frequency, column].
  static func mapRows(
    _ thumbnail: UnsafePointer<Float>, _ map: FrequencyMap, into result: UnsafeMutablePointer<Float>
  ) {
    let side = Thumbnail.side
    map.weights.withUnsafeBufferPointer { weights in
      for frequency in 0..<FrequencyMap.count {
        let row = result + frequency * side
        row.update(repeating: 0, count: side)
        for place in 0..<side {
          let weight = weights[frequency * side + place]
          let source = thumbnail + place * side
          for column in 0..<side { row[column] += weight * source[column] }
        }
      }
    }
  }

  /// Maps the columns of what ``mapRows(_:_:into:)`` left, and normalises.
  ///
  /// - Parameter result: ``count`` values.
  /// - Returns: whether the picture has a descriptor; if not, all values are 0.
  static func mapColumns(
    _ rows: UnsafePointer<Float>, _ map: FrequencyMap, into result: UnsafeMutablePointer<Float>
  ) -> Bool {
    let (side, padded) = (Thumbnail.side, FrequencyMap.padded)
    var square: Float = 0
    map.transposed.withUnsafeBufferPointer { weights in
      for frequency in 0..<FrequencyMap.count {
        var (a, b, c) = (SIMD4<Float>(), SIMD4<Float>(), SIMD4<Float>())
        let source = rows + frequency * side
        for column in 0..<side {
          let value = source[column]
          let place = UnsafeRawPointer(weights.baseAddress! + column * padded)
          a += value * place.loadUnaligned(as: SIMD4<Float>.self)
          b += value * place.loadUnaligned(fromByteOffset: 16, as: SIMD4<Float>.self)
          c += value * place.loadUnaligned(fromByteOffset: 32, as: SIMD4<Float>.self)
        }
        for horizontal in 0..<FrequencyMap.count {
          let value =
            horizontal < 4 ? a[horizontal] : horizontal < 8 ? b[horizontal - 4] : c[horizontal - 8]
          let place = frequency * FrequencyMap.count + horizontal
          let emphasised = value * emphasis[place]
          result[place] = emphasised
          square += emphasised * emphasised
        }
      }
    }
    let length = square.squareRoot()
    guard length >= leastLength else {
      result.update(repeating: 0, count: count)
      return false
    }
    for place in 0..<count { result[place] /= length }
    return true
  }

  /// The scalar product.
  static func correlation(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
    var sum = SIMD4<Float>()
    for place in stride(from: 0, to: count, by: 4) {
      sum +=
        UnsafeRawPointer(a + place).loadUnaligned(as: SIMD4<Float>.self)
        * UnsafeRawPointer(b + place).loadUnaligned(as: SIMD4<Float>.self)
    }
    return sum.sum()
  }
}
