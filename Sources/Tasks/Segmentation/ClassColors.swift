import DataSchema
import PNGImage
import Tasks

/// The colours of classes in predicted masks and pictures: Pascal VOC's, which other programs show too, shifted
/// by one so that the first class is not black.
enum ClassColors {
  static func color(_ number: Int) -> PixelImage.Color { PixelImage.Color(class: number) }

  static func palette(_ classes: Int) -> [PixelImage.Color] { (0..<classes).map(color) }

  /// The picture, half covered by the colours of its classes; pixels without a class stay as they are.
  static func overlay(_ picture: PixelImage, _ map: ClassMap, classes: Int) -> PixelImage {
    let colors = palette(classes)
    var result = picture
    for y in 0..<map.height {
      for x in 0..<map.width {
        let number = Int(map.numbers[y * map.width + x])
        guard number < classes else { continue }
        let (old, new) = (picture[x, y], colors[number])
        func mixed(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) + Int(b)) / 2) }
        result[x, y] = PixelImage.Color(
          red: mixed(old.red, new.red), green: mixed(old.green, new.green),
          blue: mixed(old.blue, new.blue))
      }
    }
    return result
  }
}
