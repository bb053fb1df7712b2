import DataSchema
import PNGImage
import Tasks

/// Draws boxes over a picture, in its own pixels.
struct BoxPainter {
  private(set) var picture: PixelImage
  /// The size of a dot of the font, and the thickness of lines, in pixels.
  private let scale: Int

  private static let white = PixelImage.Color(0xFFFFFF)
  private static let black = PixelImage.Color(0x000000)

  /// Saturated colours that stand out from photographs; classes beyond them use the same ones again.
  private static let colors = [
    0xFFD400, 0x00C8FF, 0xFF5AC8, 0x5CE65C, 0xFF8C1A, 0xB08CFF, 0x3DF0C8, 0xFF6B6B, 0xC8E600,
    0x8CB4FF,
  ].map { PixelImage.Color(UInt32($0)) }

  init(_ picture: PixelImage) {
    self.picture = picture
    scale = max(1, (max(picture.width, picture.height) + 299) / 300)
  }

  static func color(_ label: Int) -> PixelImage.Color { colors[label % colors.count] }

  /// Draws boxes that were found, the best last, so that it lies on top, and true ones below the labels.
  mutating func draw(
    _ found: [FoundBox], truth: [ImageBoxes.Item] = [], name: (Int) -> String
  ) {
    for box in found.reversed() {
      outline(
        x: box.x, y: box.y, width: box.width, height: box.height, Self.color(box.label))
    }
    draw(truth)
    for box in found.reversed() {
      let percent = Int((box.score * 100).rounded(.down))
      label(
        "\(BitmapFont.drawable(name(box.label), 20)) \(percent)%",
        x: Int(max(-1e6, min(1e6, box.x)).rounded()),
        y: Int(max(-1e6, min(1e6, box.y)).rounded()), Self.color(box.label))
    }
  }

  /// Draws true boxes: dashes of white on black.
  mutating func draw(_ truth: [ImageBoxes.Item]) {
    for item in truth {
      let box = Edges(
        x: Double(item.x), y: Double(item.y), width: Double(item.width),
        height: Double(item.height))
      let dash = 4 * scale
      for thickness in 0..<max(1, scale) {
        for x in Self.within(box.left, box.right, picture.width) {
          let color = (x - box.left) / dash % 2 == 0 ? Self.white : Self.black
          set(x, box.top + thickness, color)
          set(x, box.bottom - thickness, color)
        }
        for y in Self.within(box.top, box.bottom, picture.height) {
          let color = (y - box.top) / dash % 2 == 0 ? Self.white : Self.black
          set(box.left + thickness, y, color)
          set(box.right - thickness, y, color)
        }
      }
    }
  }

  /// The part from `first` to `last` that lies in a picture of this size.
  private static func within(_ first: Int, _ last: Int, _ size: Int) -> Range<Int> {
    max(0, first)..<max(0, first, min(last + 1, size))
  }

  private struct Edges {
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int

    /// Numbers far outside any picture are limited, so that they can be integers.
    init(x: Double, y: Double, width: Double, height: Double) {
      func whole(_ value: Double) -> Int { Int(max(-1e6, min(1e6, value)).rounded()) }
      left = whole(x)
      top = whole(y)
      right = max(left, whole(x + width) - 1)
      bottom = max(top, whole(y + height) - 1)
    }
  }

  private mutating func outline(
    x: Double, y: Double, width: Double, height: Double, _ color: PixelImage.Color
  ) {
    let box = Edges(x: x, y: y, width: width, height: height)
    let (across, down) = (box.right - box.left + 1, box.bottom - box.top + 1)
    let thickness = scale + 1
    picture.fill(x: box.left, y: box.top, width: across, height: thickness, with: color)
    picture.fill(
      x: box.left, y: box.bottom + 1 - thickness, width: across, height: thickness, with: color)
    picture.fill(x: box.left, y: box.top, width: thickness, height: down, with: color)
    picture.fill(
      x: box.right + 1 - thickness, y: box.top, width: thickness, height: down, with: color)
  }

  /// Text on a ground of the box's colour, above the box or, at the upper edge of the picture, inside it.
  private mutating func label(_ text: String, x: Int, y: Int, _ color: PixelImage.Color) {
    let width = BitmapFont.width(text) * scale + 2 * scale
    let height = (BitmapFont.height + 2) * scale
    let left = max(0, min(x, picture.width - width))
    let top = y >= height ? y - height : max(0, min(y, picture.height - height))
    picture.fill(x: left, y: top, width: width, height: height, with: color)
    for dot in BitmapFont.dots(text) {
      picture.fill(
        x: left + (1 + dot.x) * scale, y: top + (1 + dot.y) * scale, width: scale, height: scale,
        with: Self.black)
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: PixelImage.Color) {
    if x >= 0, y >= 0, x < picture.width, y < picture.height { picture[x, y] = color }
  }
}
