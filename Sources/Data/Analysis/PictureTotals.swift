import DataSchema

/// Sums over the pictures of a part, as they are read.
struct PictureTotals {
  private var sizes: [PictureSummary.Size: Int] = [:]
  private var channels: [(sum: Double, squares: Double, count: Double)] = []

  mutating func add(_ picture: UnsafeBufferPointer<UInt8>, size: ImageSize) {
    sizes[PictureSummary.Size(height: size.height, width: size.width), default: 0] += 1
    let area = size.height * size.width
    while channels.count < size.channels { channels.append((0, 0, 0)) }
    for channel in 0..<size.channels {
      var (sum, squares) = (0, 0)
      for value in picture[(channel * area)..<((channel + 1) * area)] {
        sum += Int(value)
        squares += Int(value) * Int(value)
      }
      channels[channel].sum += Double(sum)
      channels[channel].squares += Double(squares)
      channels[channel].count += Double(area)
    }
  }

  /// `nil` if no picture was added.
  var summary: PictureSummary? {
    let ascending = sizes.sorted {
      ($0.key.height * $0.key.width, $0.key.height) < ($1.key.height * $1.key.width, $1.key.height)
    }
    guard let first = ascending.first, let last = ascending.last else { return nil }
    let count = ascending.reduce(0) { $0 + $1.value }
    var (median, passed) = (first.key, 0)
    for (size, times) in ascending {
      median = size
      passed += times
      if 2 * passed >= count { break }
    }
    return PictureSummary(
      count: count, distinctSizes: sizes.count, smallest: first.key, median: median,
      largest: last.key,
      channels: channels.map {
        let mean = $0.sum / $0.count
        let variance = max(0, $0.squares / $0.count - mean * mean)
        return PictureSummary.Channel(
          mean: mean / 255, standardDeviation: variance.squareRoot() / 255)
      })
  }
}
