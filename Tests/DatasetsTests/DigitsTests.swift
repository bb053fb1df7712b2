import Datasets
import Testing

@Suite("The drawn data set")
struct DigitsTests {
  /// Pins the bytes: another machine, build mode or thread count must draw the same.
  ///
  /// A change of these constants goes with a change of `Digits.version`.
  @Test(
    "draws the same bytes everywhere",
    arguments: [
      (0..<500, 0xdec0_3f2d_fb1a_3669 as UInt64),
      (59_900..<60_100, 0x14a7_7b75_4395_e2d0),
      (69_999..<70_000, 0x8141_1cd5_8b64_5f0e),
    ])
  func bytesArePinned(range: Range<Int>, checksum: UInt64) {
    let (pixels, labels) = Digits.generate(range)
    #expect(Self.checksum(pixels + labels) == checksum)
    #expect(Digits.version == 1)
  }

  @Test("draws an image the same in any range")
  func rangesAgree() {
    let size = Digits.height * Digits.width
    let all = Digits.generate(700..<1_300)
    for part in [700..<1_300, 990..<1_010, 1_050..<1_051, 999..<1_300] {
      let some = Digits.generate(part)
      let offset = part.lowerBound - 700
      #expect(some.labels == Array(all.labels[offset..<(offset + part.count)]))
      #expect(
        some.pixels == Array(all.pixels[(offset * size)..<((offset + part.count) * size)]))
    }
  }

  @Test("an empty range has no images")
  func emptyRange() {
    let none = Digits.generate(5..<5)
    #expect(none.pixels.isEmpty)
    #expect(none.labels.isEmpty)
  }

  @Test("labels are balanced in every thousand, and shuffled")
  func labelsAreBalanced() {
    for first in [0, 1_000, 60_000, 69_000] {
      let labels = Digits.generate(first..<(first + 1_000)).labels
      var counts = [Int](repeating: 0, count: Digits.classCount)
      for label in labels { counts[Int(label)] += 1 }
      #expect(counts == [Int](repeating: 100, count: Digits.classCount))
      let repeats = zip(labels, labels.dropFirst()).count { $0 == $1 }
      #expect((60...140).contains(repeats))
    }
    #expect(Digits.generate(0..<1_000).labels != Digits.generate(1_000..<2_000).labels)
  }

  @Test("grey levels are spread as in MNIST: mean 33.3, 19.1% ink, edges of two pixels")
  func greyLevels() {
    let pixels = Digits.generate(0..<2_000).pixels
    let count = Double(pixels.count)
    let sum = pixels.reduce(0) { $0 + Int($1) }
    #expect((30...36).contains(Double(sum) / count))
    #expect((0.17...0.21).contains(Double(pixels.count { $0 > 0 }) / count))
    #expect((0.11...0.14).contains(Double(pixels.count { $0 > 128 }) / count))
    #expect(pixels.max() == 255)
    #expect(pixels.count { $0 >= 250 } > pixels.count / 20)
  }

  @Test("every figure has ink, fits 20 by 20 pixels and is centred by its mass")
  func figuresAreCentred() {
    let size = Digits.height * Digits.width
    let pixels = Digits.generate(60_000..<61_000).pixels
    for image in 0..<1_000 {
      let place = Place(pixels[(image * size)..<((image + 1) * size)])
      #expect(place.mass > 255 * 15, "image \(image) is almost empty")
      #expect((17...22).contains(max(place.width, place.height)), "image \(image)")
      #expect(abs(place.x - 14) < 1.5 && abs(place.y - 14) < 1.5, "image \(image)")
    }
  }

  @Test("images differ, also within a class")
  func imagesDiffer() {
    let size = Digits.height * Digits.width
    let pixels = Digits.generate(0..<2_000).pixels
    let images = Set((0..<2_000).map { Array(pixels[($0 * size)..<(($0 + 1) * size)]) })
    #expect(images.count == 2_000)
  }

  @Test(
    "computes sines without the C library",
    arguments: [
      (0, 0), (1.0 / 12, 0.5), (0.25, 1), (5.0 / 12, 0.5), (0.5, 0), (0.75, -1), (-0.25, -1),
      (3.25, 1), (-7.0 / 12, 0.5),
    ] as [(Float, Float)])
  func sine(turns: Float, value: Float) {
    #expect(abs(DigitMath.sine(turns) - value) < 1e-5)
    #expect(abs(DigitMath.cosine(turns - 0.25) - value) < 1e-5)
  }

  /// FNV-1a.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Where an image has its ink.
private struct Place {
  private(set) var mass = 0
  private(set) var x = 0.0
  private(set) var y = 0.0
  private(set) var width = 0
  private(set) var height = 0

  init(_ image: ArraySlice<UInt8>) {
    var columns = Set<Int>()
    var rows = Set<Int>()
    for (index, level) in image.enumerated() where level > 0 {
      mass += Int(level)
      x += Double(level) * Double(index % Digits.width)
      y += Double(level) * Double(index / Digits.width)
      columns.insert(index % Digits.width)
      rows.insert(index / Digits.width)
    }
    x /= Double(max(mass, 1))
    y /= Double(max(mass, 1))
    width = (columns.max() ?? 0) - (columns.min() ?? 0) + 1
    height = (rows.max() ?? 0) - (rows.min() ?? 0) + 1
  }
}
