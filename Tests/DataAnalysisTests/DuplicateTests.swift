import DataAnalysis
import DataSchema
import Testing

@Suite struct DuplicateTests {
  /// The originals as `train` and the copies as `test`, all of one class but for those in `others`.
  private func findings(others: Set<Int> = []) throws -> (PlantedPictures, DataFindings) {
    let (planted, pictures) = try PlantedPictures.read()
    let source = PicturesInMemory(
      pictures, classes: (0..<pictures.count).map { others.contains($0) ? 1 : 0 },
      names: ["a", "b"])
    let parts = [
      DataPart("train", source, Array(0..<planted.originals)),
      DataPart("test", source, Array(planted.originals..<pictures.count)),
    ]
    return (planted, DataFindings.analyse(parts))
  }

  @Test func findsAllExactCopiesAndNothingElse() throws {
    let (planted, findings) = try findings()
    let duplicates = try #require(findings.duplicates)
    let copies = planted.planted.enumerated().filter { $0.element.kind == "exact" }
    #expect(duplicates.exactCopies == copies.count)
    for (place, copy) in copies {
      #expect(
        duplicates.exact.shown.contains { group in
          group.holds("train", copy.original)
            && group.holds("test", planted.originals + place)
        })
    }
    #expect(duplicates.exact.shown.allSatisfy { $0.crossesParts && $0.similarity == 1 })
  }

  @Test func findsResizedEncodedCroppedAndMirroredCopies() throws {
    let (planted, findings) = try findings()
    let near = try #require(findings.duplicates).near.shown
    var expected: [Int: Set<Int>] = [:]
    for (place, copy) in planted.planted.enumerated() {
      expected[copy.original, default: []].insert(planted.originals + place)
      if copy.kind == "exact" { continue }
      let group = try #require(
        near.first {
          $0.holds("test", planted.originals + place)
        }, "\(copy.kind) copy of \(copy.original) was not found")
      #expect(group.holds("train", copy.original))
      #expect(group.crossesParts && !group.isConflicting)
      if copy.kind == "mirrored" { #expect(group.hasMirrored) }
    }
    // No group holds two originals: that would be a false alarm.
    for group in near {
      let originals = group.members.filter { $0.part == "train" }
      #expect(originals.count == 1)
      let copies = Set(group.members.filter { $0.part == "test" }.map(\.index))
      #expect(copies == expected[originals[0].index])
    }
  }

  @Test func countsAcrossPartsAndNamesConflicts() throws {
    let (planted, findings) = try findings(others: [40])
    let duplicates = try #require(findings.duplicates)
    let across = try #require(duplicates.across.first { $0.part == "test" })
    #expect(across.other == "train")
    #expect(across.exact == planted.planted.count { $0.kind == "exact" })
    #expect(across.exact + across.near == planted.planted.count)
    #expect(duplicates.conflicting >= 1)
    #expect(duplicates.exact.shown[0].isConflicting)
    let warning = try #require(findings.warnings.first)
    #expect(warning.code == "duplicates_across_parts" && warning.severity == .serious)
    #expect(findings.warnings.contains { $0.code == "conflicting_duplicates" })
  }

  @Test func canLeaveOutNearDuplicates() throws {
    let (_, pictures) = try PlantedPictures.read()
    let source = PicturesInMemory(
      pictures, classes: Array(repeating: 0, count: pictures.count), names: ["a"])
    var options = DataAnalysisOptions()
    options.searchesNear = false
    let found = try #require(DataFindings.analyse([DataPart("train", source)], options).duplicates)
    #expect(found.nearPairs == 0 && !found.searchesNear && found.exactCopies == 4)
  }

  @Test func plainPicturesAreOnlyComparedExactly() throws {
    // One brightness each, of several sizes down to a single pixel, one of them twice.
    var pictures = Pictures()
    for (value, side) in [(10, 1), (11, 3), (12, 40), (12, 40), (250, 33)] {
      let size = ImageSize(channels: 1, height: side, width: 2 * side)
      pictures.bytes += Array(repeating: UInt8(value), count: size.count)
      pictures.sizes.append(size)
    }
    let source = PicturesInMemory(pictures, classes: [0, 0, 0, 0, 0], names: ["a"])
    let found = try #require(DataFindings.analyse([DataPart("train", source)]).duplicates)
    #expect(found.exactCopies == 1 && found.nearPairs == 0 && found.limited == 0)
  }

  @Test func equalBytesOfDifferentShapesAreNotEqual() throws {
    let pictures = Pictures(
      bytes: Array(repeating: 7, count: 12),
      sizes: [
        ImageSize(channels: 1, height: 2, width: 3), ImageSize(channels: 1, height: 3, width: 2),
      ])
    let source = PicturesInMemory(pictures, classes: [0, 0], names: ["a"])
    let found = try #require(DataFindings.analyse([DataPart("train", source)]).duplicates)
    #expect(found.exactCopies == 0)
  }

  @Test func equalRowsOfATableAreFound() throws {
    let source = VectorsInMemory(
      [1, 2, 3, 4, 1, 2], size: 2, target: DataField("y", .category(["a", "b"])),
      targets: Targets([0, 0, 1]))
    let found = try #require(DataFindings.analyse([DataPart("train", source)]).duplicates)
    #expect(found.exactCopies == 1 && found.conflicting == 1 && !found.searchesNear)
    #expect(found.exact.shown[0].members.map(\.index) == [0, 2])
  }
}

extension DuplicateGroup {
  fileprivate func holds(_ part: String, _ index: Int) -> Bool {
    members.contains { $0.part == part && $0.index == index }
  }
}

/// Pictures in grey: photographs are compared as those in colour are, drawings nearly pixel by pixel.
@Suite struct GreyDuplicateTests {
  /// Strokes on black, as a hand would draw a six: a circle and a stroke that leads to it. Without symmetry, since
  /// the search compares signs of frequencies.
  private func drawing(_ radius: Double, noise: Int = 0) -> [UInt8] {
    (0..<784).map { place in
      let (y, x) = (Double(place / 28) - 16.5, Double(place % 28) - 11.5)
      let circle = abs((x * x + y * y).squareRoot() - radius)
      let stroke = y < 0 && y > -15 ? abs(x + radius - 0.06 * y * y) : .infinity
      let ink = max(0, 255 - 160 * min(circle, stroke))
      return UInt8(ink * 0.9) + UInt8(noise * (place % 3))
    }
  }

  private func findings(_ images: [[UInt8]]) throws -> DuplicateFindings {
    var pictures = Pictures()
    for image in images {
      pictures.bytes += image
      pictures.sizes.append(ImageSize(channels: 1, height: 28, width: 28))
    }
    let source = PicturesInMemory(
      pictures, classes: Array(repeating: 0, count: images.count), names: ["a"])
    return try #require(DataFindings.analyse([DataPart("train", source)]).duplicates)
  }

  @Test func drawingsThatResembleEachOtherAreNotCopies() throws {
    let found = try findings([drawing(6), drawing(6.5), drawing(7)])
    #expect(found.searchesNear && found.nearPairs == 0)
  }

  @Test func copiesOfDrawingsAreFound() throws {
    let found = try findings([drawing(6), drawing(6, noise: 3), drawing(9)])
    #expect(found.nearPairs == 1)
    #expect(found.near.shown.first?.members.map(\.index) == [0, 1])
  }
}
