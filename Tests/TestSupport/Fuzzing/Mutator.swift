/// Damaged copies of files. Each is a function of its number alone, so that a failure can be repeated.
package struct Mutator: Sendable {
  /// Undamaged files.
  private let seeds: [[UInt8]]
  /// Pieces of the format's syntax.
  private let words: [[UInt8]]
  private let seed: UInt64

  /// No input is longer than the longest seed and so many bytes.
  package static let mostGrowth = 4096

  /// - Parameters:
  ///   - seeds: undamaged files, at least one.
  ///   - words: pieces of the format's syntax that are put into the files.
  ///   - seed: different ones give different damage.
  package init(seeds: [[UInt8]], words: [[UInt8]] = [], seed: UInt64 = 0) {
    precondition(!seeds.isEmpty)
    (self.seeds, self.words, self.seed) = (seeds, words + [[0], [0x80], [0xFF]], seed)
    longest = seeds.reduce(0) { max($0, $1.count) } + Self.mostGrowth
  }

  private let longest: Int

  /// Integers at which programs go wrong.
  static let boundaries: [UInt64] = [
    0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x7FFF_FFFF,
    0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x1_0000_0000, 0x3FFF_FFFF_FFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  /// The input with a number: one of the seeds with one to six changes.
  package func input(_ number: Int) -> [UInt8] {
    var generator = SeededGenerator(
      seed: SeededGenerator.mixed(seed &+ 1) ^ UInt64(truncatingIfNeeded: number))
    var bytes = seeds[generator.below(seeds.count)]
    // Mostly few changes, or nothing of the format would be left.
    for _ in 0...min(generator.below(6), generator.below(6)) { change(&bytes, &generator) }
    if bytes.count > longest { bytes.removeSubrange(longest...) }
    return bytes
  }

  /// One change.
  private func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else {
      bytes = words[generator.below(words.count)]
      return
    }
    let place = place(in: bytes.count, &generator)
    switch generator.below(14) {
    case 0, 1: bytes[place] ^= 1 << UInt8(generator.below(8))
    case 2: bytes[place] = UInt8(generator.below(256))
    case 3: bytes[place] = generator.below(2) == 0 ? bytes[place] &+ 1 : bytes[place] &- 1
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(16)))
    case 6: bytes.insert(contentsOf: words[generator.below(words.count)], at: place)
    case 7: overwrite(&bytes, place, words[generator.below(words.count)])
    case 8, 9: overwrite(&bytes, place, boundary(&generator))
    case 10: bytes.insert(contentsOf: boundary(&generator), at: place)
    case 11: changeNumber(&bytes, place, &generator)
    case 12: copyWithin(&bytes, place, &generator)
    default: splice(&bytes, place, &generator)
    }
  }

  /// A place in a file: half of them near its ends, where headers and directories are.
  private func place(in count: Int, _ generator: inout SeededGenerator) -> Int {
    switch generator.below(4) {
    case 0: generator.below(min(count, 128))
    case 1: count - 1 - generator.below(min(count, 128))
    default: generator.below(count)
    }
  }

  private func overwrite(_ bytes: inout [UInt8], _ place: Int, _ word: [UInt8]) {
    let end = min(bytes.count, place + word.count)
    bytes.replaceSubrange(place..<end, with: word[..<(end - place)])
  }

  /// A boundary integer of one, two, four or eight bytes in either order.
  private func boundary(_ generator: inout SeededGenerator) -> [UInt8] {
    let value = Self.boundaries[generator.below(Self.boundaries.count)]
    let bytes = littleEndian(value, 1 << generator.below(4))
    return generator.below(2) == 0 ? bytes : bytes.reversed()
  }

  /// Puts another number in decimal digits in place of the next one.
  private func changeNumber(
    _ bytes: inout [UInt8], _ place: Int, _ generator: inout SeededGenerator
  ) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].prefix(512).firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].prefix(24).firstIndex { !digits.contains($0) }
    let number = Self.boundaries[generator.below(Self.boundaries.count)]
    let sign = generator.below(4) == 0 ? "-" : ""
    bytes.replaceSubrange(start..<(end ?? start + 1), with: "\(sign)\(number)".utf8)
  }

  /// Repeats a piece of the file, once or often, somewhere else.
  private func copyWithin(
    _ bytes: inout [UInt8], _ place: Int, _ generator: inout SeededGenerator
  ) {
    let start = generator.below(bytes.count)
    let piece = bytes[start..<min(bytes.count, start + 1 + generator.below(64))]
    let times = generator.below(8) == 0 ? 1 + generator.below(64) : 1
    let copies = [ArraySlice<UInt8>](repeating: piece, count: times)
    bytes.insert(contentsOf: Array(copies.joined()), at: place)
  }

  /// Continues with the rest of another seed, or puts a piece of it in.
  private func splice(
    _ bytes: inout [UInt8], _ place: Int, _ generator: inout SeededGenerator
  ) {
    let other = seeds[generator.below(seeds.count)]
    guard !other.isEmpty else { return }
    let start = generator.below(other.count)
    if generator.below(2) == 0 {
      bytes.replaceSubrange(place..., with: other[start...])
    } else {
      let end = min(other.count, start + 1 + generator.below(64))
      bytes.insert(contentsOf: other[start..<end], at: place)
    }
  }
}
