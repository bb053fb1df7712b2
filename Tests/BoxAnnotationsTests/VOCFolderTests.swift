import BoxAnnotations
import DataSchema
import Foundation
import TestSupport
import Testing

/// Folders of Pascal VOC.
@Suite struct VOCFolderTests {
  private static func file(_ objects: String, name: String = "a.jpg") -> String {
    """
    <annotation>
      <folder>VOC2007</folder><filename>\(name)</filename>
      <size><width>500</width><height>375</height><depth>3</depth></size>
      \(objects)
    </annotation>
    """
  }

  private static func object(
    _ name: String, _ edges: (String, String, String, String), _ more: String = ""
  ) -> String {
    "<object><name>\(name)</name>\(more)<bndbox><xmin>\(edges.0)</xmin><ymin>\(edges.1)</ymin>"
      + "<xmax>\(edges.2)</xmax><ymax>\(edges.3)</ymax></bndbox></object>\n"
  }

  private static let files: [(name: String, text: String)] = [
    (
      "Annotations/2007_000027.xml",
      file(
        object("person", ("174", "101", "349", "351"), "<difficult>0</difficult>")
          + object(
            "a &amp; b", ("1", "1", "500", "375"),
            "<difficult>1</difficult><truncated>1</truncated>"),
        name: "2007_000027.jpg")
    ),
    (
      "Annotations/000005.xml",
      file(
        object(
          "dog", ("10.5", "20", "30.5", "40"),
          "<pose>Left</pose><part><name>head</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6</xmax>"
            + "<ymax>6</ymax></bndbox></part>"))
    ),
    ("Annotations/000009.xml", file(object("dog", ("600", "20", "30", "nan")))),
    ("ImageSets/Main/val.txt", "000005\n2007_000027\n"),
    ("ImageSets/Main/dog_val.txt", "000005  1\n2007_000027 -1\n"),
    ("ImageSets/Main/bad.txt", "000006\n"),
  ]

  private func folder(_ files: [(name: String, text: String)] = files) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["Annotations", "ImageSets/Main"] {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/VOCdevkit/VOC2007/" + name, withIntermediateDirectories: true)
    }
    for file in files { try folder.write(Array(file.text.utf8), "VOCdevkit/VOC2007/" + file.name) }
    return folder
  }

  @Test func foldersAreRead() throws {
    let folder = try folder()
    let read = try BoxAnnotations.read(folder.path)
    #expect(read.format == .voc)
    #expect(read.images.map(\.id.description) == ["000005", "000009", "2007_000027"])
    #expect(read.images.allSatisfy { $0.width == 500 && $0.height == 375 })
    #expect(read.categories.map(\.name) == ["a & b", "dog", "person"])
    #expect(
      read.boxes == [
        AnnotatedBox(image: 0, category: 1, box: Box(x: 9.5, y: 19, width: 21, height: 21)),
        AnnotatedBox(image: 2, category: 2, box: Box(x: 173, y: 100, width: 176, height: 251)),
        AnnotatedBox(
          image: 2, category: 0, box: Box(x: 0, y: 0, width: 500, height: 375), isDifficult: true,
          isTruncated: true),
      ])
    #expect(
      read.findings.entries.map { "\($0.kind.rawValue) \($0.places)" } == [
        #"not_finite ["000009.xml, line 4"]"#
      ])
    // Numbers, stems and files name an image.
    #expect(read.imageIndex[.number(5)] == 0 && read.imageIndex[.text("000005")] == 0)
    #expect(read.imageIndex[.number(2_007_000_027)] == 2)
    #expect(read.imageIndex[.text("2007_000027.jpg")] == 2)
  }

  @Test func splitsChooseImages() throws {
    let folder = try folder()
    for split in ["val", "dog_val"] {
      let read = try BoxAnnotations.read(folder.path + "/VOCdevkit/VOC2007/", split: split)
      #expect(read.images.map(\.id.description) == ["000005", "2007_000027"])
      #expect(read.categories.count == 3 && read.boxes.count == 3)
    }
    let unknown = try #require(throws: DataError.self) {
      try BoxAnnotations.read(folder.path, split: "../../val")
    }
    #expect(
      unknown.reason == "there is no such split; there are 'bad', 'dog_val', 'val'",
      "\(unknown.reason)")
    let missing = try #require(throws: DataError.self) {
      try BoxAnnotations.read(folder.path, split: "bad")
    }
    #expect(missing.reason == "it lists '000006', which has no file in Annotations")
    #expect(missing.path.hasSuffix("ImageSets/Main/bad.txt"))
  }

  @Test func archivesAreReadInPlace() throws {
    let folder = try folder()
    let entries = Self.files.map {
      ZipText.Entry("VOCdevkit/VOC2007/" + $0.name, Array($0.text.utf8))
    }
    let zip = try folder.write(ZipText(entries).bytes, "voc.zip")
    let (packed, plain) = (try BoxAnnotations.read(zip), try BoxAnnotations.read(folder.path))
    #expect(packed.boxes == plain.boxes && packed.images == plain.images)
    let inside = try BoxAnnotations.read(zip + "/VOCdevkit/VOC2007", split: "val")
    #expect(inside.images.count == 2)
    #expect(throws: DataError.self) { try BoxAnnotations.read(zip + "/VOC2012") }
    // COCO's annotations, of which the archive has several.
    let coco = #"{"images": [{"id": 1}], "annotations": [], "categories": []}"#
    let two = ZipText(
      ["annotations/captions_val.json", "annotations/instances_val.json"].map {
        ZipText.Entry($0, Array(coco.utf8))
      })
    let archive = try folder.write(two.bytes, "annotations.zip")
    #expect(
      try BoxAnnotations.read(archive).path == archive + "/annotations/instances_val.json")
    #expect(
      try BoxAnnotations.read(archive + "/annotations/captions_val.json").images.count == 1)
    let error = try #require(throws: DataError.self) {
      try BoxAnnotations.read(archive, split: "val")
    }
    #expect(error.reason.hasPrefix("a split can only be chosen for a folder of VOC"))
  }

  @Test(arguments: [
    ("<annotation><object></object></annotation>", "the object has no <name> (line 1)"),
    (
      "<annotation>\n<object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>",
      "the object has no <ymin> in its <bndbox> (line 2)"
    ),
    (
      "<annotation>\n\n<object><bndbox><xmin>one</xmin></bndbox></object></annotation>",
      "expected a number in 'xmin' (line 3)"
    ),
    (
      "<annotation><object><difficult>2</difficult></object></annotation>",
      "expected 0 or 1 in 'difficult' (line 1)"
    ),
    (
      "<annotation><size><width>-5</width></size></annotation>",
      "expected a number of pixels in 'width' (line 1)"
    ),
    ("<svg/>", "expected <annotation>, as in the files of Pascal VOC (line 1)"),
    ("<annotation>\n</object>", "it is not XML: mismatched tag (line 2)"),
    ("", "it is not XML: no element found (line 1)"),
    (
      "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><annotation>&d;</annotation>",
      "it has a document type declaration, which is not supported (line 1)"
    ),
  ])
  func errorsAreLocated(text: String, message: String) throws {
    let folder = try folder([("Annotations/x.xml", text)])
    let error = try #require(throws: DataError.self) { try BoxAnnotations.read(folder.path) }
    #expect(error.reason == message)
    #expect(error.path == folder.path + "/VOCdevkit/VOC2007/Annotations/x.xml")
  }

  @Test func otherFoldersAreRefused() throws {
    let folder = try folder([])
    let error = try #require(throws: DataError.self) { try BoxAnnotations.read(folder.path) }
    #expect(
      error.reason
        == "it has neither COCO's instances….json nor VOC's folder Annotations with .xml files")
    #expect(throws: DataError.self) { try BoxAnnotations.read(folder.path + "/nothing") }
  }
}
