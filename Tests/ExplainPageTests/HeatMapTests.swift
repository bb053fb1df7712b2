import HeatMaps
import PNGImage
import Testing
import WorkerProtocol

@Suite struct HeatMapTests {
  @Test func colorsGoFromEndToEnd() {
    #expect(ColorMap.inferno.color(0) == PixelImage.Color(0x000004))
    #expect(ColorMap.inferno.color(1) == PixelImage.Color(0xFCFFA4))
    #expect(ColorMap.coolwarm.color(-1) == PixelImage.Color(0x3B4CC0))
    #expect(ColorMap.coolwarm.color(0) == PixelImage.Color(0xDDDCDC))
    #expect(ColorMap.coolwarm.color(1) == PixelImage.Color(0xB40426))
    #expect(ColorMap.coolwarm.color(7) == ColorMap.coolwarm.color(1))
    // Brighter with every step, as the name of a perceptually uniform map promises.
    let levels = (0...20).map { step -> Double in
      let color = ColorMap.inferno.color(Double(step) / 20)
      return 0.2126 * Double(color.red) + 0.7152 * Double(color.green) + 0.0722
        * Double(color.blue)
    }
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func mapsLieOverThePictureBesideIt() {
    let white = PixelImage(width: 2, height: 1, fill: PixelImage.Color(0xFFFFFF))
    let overlay = HeatMap([0, 3], .gradCAM).overlay(white)
    #expect((overlay.width, overlay.height) == (224, 112))
    // 65% of the colour of the number, 35% of the picture.
    let (low, high) = (ColorMap.inferno.color(0), ColorMap.inferno.color(1))
    #expect(overlay[0, 0].red == UInt8((0.65 * Double(low.red) + 0.35 * 255).rounded()))
    #expect(overlay[223, 111].blue == UInt8((0.65 * Double(high.blue) + 0.35 * 255).rounded()))
    let both = HeatMap([0, 3], .gradCAM).besides(white)
    #expect(both.width == 224 + 4 + 224)
    #expect(both[0, 0] == PixelImage.Color(0xFFFFFF))
    #expect(both[228, 0] == overlay[0, 0])
  }

  @Test func signsHaveColorsOfTheirOwnAndZerosTheMiddle() {
    let black = PixelImage(width: 3, height: 1, fill: PixelImage.Color(0))
    let overlay = HeatMap([-2, 0, 2], .occlusion).overlay(black)
    #expect(overlay[0, 0].blue > overlay[0, 0].red)
    #expect(overlay[224, 0].red > overlay[224, 0].blue)
    // A map of zeros, such as of a class that nothing speaks for, is no division by zero.
    let flat = HeatMap([0, 0, 0], .gradCAM).overlay(black)
    #expect(flat[0, 0] == flat[224, 0])
  }
}
