import PNGImage
import WorkerProtocol

/// A map in the colours of its values, over the picture that it is about.
package struct HeatMap {
  /// Pictures are enlarged by a whole number until their longer side has this many pixels.
  private static let side = 224
  /// How much of a pixel's colour is the map's; the rest is the picture in grey.
  private static let opacity = 0.65

  private let values: [Float]
  private let colors: ColorMap
  private let largest: Double

  /// - Parameters:
  ///   - values: row by row, as many as the picture has pixels.
  ///   - method: that they come from.
  package init(_ values: [Float], _ method: ExplanationRequest.Method) {
    self.values = values
    colors = method.isSigned ? .coolwarm : .inferno
    largest = Self.largest(values, method)
  }

  /// The value of the strongest colour: of class activation maps and occlusion the largest absolute value, of gradients,
  /// which have single extreme pixels, that of 99% of the pixels. 0 if all values are.
  private static func largest(_ values: [Float], _ method: ExplanationRequest.Method) -> Double {
    let sizes = values.map { Double(abs($0)) }
    let most = sizes.max() ?? 0
    switch method {
    case .saliency, .inputTimesGradient, .integratedGradients:
      let quantile = sizes.sorted()[(sizes.count - 1) * 99 / 100]
      return quantile > 0 ? quantile : most
    case .gradCAM, .gradCAMPlusPlus, .layerCAM, .hiResCAM, .occlusion, .featureMaps: return most
    }
  }

  /// The map over the picture.
  package func overlay(_ picture: PixelImage) -> PixelImage {
    var result = picture
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let below = picture[x, y]
        let grey =
          0.299 * Double(below.red) + 0.587 * Double(below.green) + 0.114 * Double(below.blue)
        let value = Double(values[y * picture.width + x])
        let above = colors.color(largest > 0 ? value / largest : 0)
        func mixed(_ color: UInt8) -> UInt8 {
          UInt8((Self.opacity * Double(color) + (1 - Self.opacity) * grey).rounded())
        }
        result[x, y] = PixelImage.Color(
          red: mixed(above.red), green: mixed(above.green), blue: mixed(above.blue))
      }
    }
    return result.enlarged(to: Self.side)
  }

  /// The picture, and beside it the map over it.
  package func besides(_ picture: PixelImage) -> PixelImage {
    PixelImage(row: [picture.enlarged(to: Self.side), overlay(picture)])
  }

  /// Channels of a layer side by side, four in a row, each from its smallest to its largest value.
  ///
  /// - Parameter values: [count, height, width].
  package static func grid(_ values: [Float], height: Int, width: Int) -> PixelImage {
    let plane = height * width
    let tiles = stride(from: 0, to: values.count, by: plane).map { start in
      let part = values[start..<(start + plane)]
      let (low, high) = (Double(part.min() ?? 0), Double(part.max() ?? 0))
      var tile = PixelImage(width: width, height: height, fill: PixelImage.Color(0))
      for (place, value) in part.enumerated() {
        tile[place % width, place / width] = ColorMap.inferno.color(
          high > low ? (Double(value) - low) / (high - low) : 0)
      }
      return tile.enlarged(to: side / 2)
    }
    return PixelImage(
      column: stride(from: 0, to: tiles.count, by: 4).map { start in
        PixelImage(row: Array(tiles[start..<min(start + 4, tiles.count)]))
      })
  }
}

extension PixelImage {
  /// Between pictures side by side, in pixels.
  private static let gap = 4

  /// Every pixel as a square, so that the longer side has at least `limit` pixels.
  fileprivate func enlarged(to limit: Int) -> PixelImage {
    let longest = max(width, height)
    let factor = (limit + longest - 1) / longest
    if factor <= 1 { return self }
    var result = PixelImage(width: width * factor, height: height * factor, fill: Color(0))
    for y in 0..<result.height {
      for x in 0..<result.width { result[x, y] = self[x / factor, y / factor] }
    }
    return result
  }

  /// Pictures side by side on white.
  ///
  /// - Precondition: there is at least one.
  fileprivate init(row pictures: [PixelImage]) {
    let width = pictures.reduce(Self.gap * (pictures.count - 1)) { $0 + $1.width }
    self.init(width: width, height: pictures.map(\.height).max() ?? 1, fill: Color(0xFFFFFF))
    var left = 0
    for picture in pictures {
      draw(picture, x: left, y: 0)
      left += picture.width + Self.gap
    }
  }

  /// Pictures below each other on white.
  ///
  /// - Precondition: there is at least one.
  fileprivate init(column pictures: [PixelImage]) {
    let height = pictures.reduce(Self.gap * (pictures.count - 1)) { $0 + $1.height }
    self.init(width: pictures.map(\.width).max() ?? 1, height: height, fill: Color(0xFFFFFF))
    var top = 0
    for picture in pictures {
      draw(picture, x: 0, y: top)
      top += picture.height + Self.gap
    }
  }

  private mutating func draw(_ picture: PixelImage, x: Int, y: Int) {
    for row in 0..<picture.height {
      for column in 0..<picture.width { self[x + column, y + row] = picture[column, row] }
    }
  }
}
