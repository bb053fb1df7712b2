import BoxAnnotations
import TestSupport

extension FuzzedReaders {
  private static let jsonWords = words(
    "{", "}", "[", "]", ":", ",", "\"", "\"id\"", "\"image_id\"", "\"category_id\"", "\"bbox\"",
    "\"area\"", "\"iscrowd\"", "\"score\"", "\"images\"", "\"annotations\"", "\"categories\"",
    "\\u0000", "\\uD800", "\\", "NaN", "-Infinity", "1e999", "18446744073709551616", "null",
    "true", "[[[[[[[[[[[[[[[[")

  static let coco = FuzzedReader("coco", words: jsonWords) {
    [
      Array(
        """
        {"images": [{"id": 1, "file_name": "a\\u00e9.jpg", "width": 64, "height": 48}, {"id": "b"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 5, "bbox": [1.5, 2, 3e1, 4], "area": 120,
          "iscrowd": 0, "segmentation": [[1, 2.5, -3]]},
          {"image_id": "b", "category_id": 5, "bbox": [0, 0, 0, 0], "iscrowd": 1,
           "segmentation": {"counts": "ab\\"c", "size": [4, 4]}}],
         "categories": [{"id": 5, "name": "dog"}, {"id": 7}]}
        """.utf8),
      Array(#"{"categories":[],"annotations":[],"images":[{"id":-3,"width":0}],"info":null}"#.utf8),
    ]
  } read: { bytes, path in
    let read = try BoxAnnotations.read(path)
    try check(read, most: bytes.count)
  }

  static let outlines = FuzzedReader(
    "outlines",
    words: jsonWords + words("\"segmentation\"", "\"counts\"", "\"size\"", "1e6", "[48,64]")
  ) {
    [
      Array(
        """
        {"images": [{"id": 1, "width": 64, "height": 48}], "categories": [{"id": 5}], "annotations": [
         {"image_id": 1, "category_id": 5, "segmentation": [[1, 2.5, -3, 40, 99, 7.25], [0, 0, 9, 0, 9, 9]]},
         {"image_id": 1, "category_id": 5, "segmentation": {"counts": [3000, 70, 2], "size": [48, 64]}},
         {"image_id": 1, "category_id": 5, "iscrowd": 1,
          "segmentation": {"counts": "hm2V22", "size": [48, 64]}}]}
        """.utf8),
      Array(
        """
        {"images":[{"id":1}],"categories":[{"id":5}],"annotations":[{"image_id":1,"category_id":5,
        "segmentation":[[0,0,0,0,9,9,9,0]]}]}
        """.utf8),
    ]
  } read: { bytes, path in
    let read = try BoxAnnotations.read(path, outlines: true)
    try check(read, most: bytes.count)
    try FuzzViolation.require(read.outlines.count == read.boxes.count, "a box without an outline")
    var mask = [UInt8](repeating: 0, count: 48 * 64)
    for outline in read.outlines where outline.shape.fits(height: 48, width: 64) {
      outline.shape.paint(1, on: &mask, height: 48, width: 64)
    }
  }

  static let detections = FuzzedReader("detections", words: jsonWords) {
    [
      Array(
        """
        [{"image_id": 1, "category_id": 2, "bbox": [1, 2.25, 3, 4], "score": 0.5},
         {"score": 1e-3, "image_id": "b", "category_id": 2, "bbox": [0, 0, 1, 1], "more": {"a": [null]}}]
        """.utf8), Array("[]".utf8),
    ]
  } read: { bytes, path in
    let known = BoxAnnotations(
      path: "", format: .coco,
      images: [.number(1), .text("b")].map {
        AnnotatedImage(id: $0, file: "", width: 64, height: 48)
      }, categories: [BoxCategory(id: .number(2), name: "dog")], boxes: [])
    let read = try Detections.read(path, for: known)
    try FuzzViolation.require(
      read.boxes.allSatisfy {
        (0..<2).contains($0.image) && $0.category == 0 && $0.box.isFinite && $0.score.isFinite
      } && read.boxes.count <= bytes.count, "detections of nothing")
  }

  static let voc = FuzzedReader(
    "voc.xml",
    words: words(
      "<", ">", "</", "/>", "&", "&amp;", "&#0;", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;",
      "<![CDATA[",
      "]]>", "<?xml version='1.0' encoding='UTF-16'?>", "<object>", "</object>", "<bndbox>",
      "<xmin>", "nan", "1e999", "<annotation>")
  ) {
    [
      Array(
        """
        <?xml version="1.0"?>
        <annotation><filename>a.jpg</filename><size><width>64</width><height>48</height></size>
        <object><name>dog</name><difficult>0</difficult><truncated>1</truncated>
        <bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>
        """.utf8), Array("<annotation><filename>&lt;b&gt;</filename></annotation>".utf8),
    ]
  } read: { bytes, path in
    let file = try VOCFile(bytes, path: path)
    try FuzzViolation.require(
      file.objects.allSatisfy { !($0.name ?? "").isEmpty && $0.edges.count == 4 }
        && file.width >= 0 && file.height >= 0, "an object without a name or an edge")
  }

  /// Everything that is read refers to something.
  private static func check(_ read: BoxAnnotations, most: Int) throws {
    try FuzzViolation.require(
      read.boxes.count + read.images.count + read.categories.count <= most, "more than a byte each")
    try FuzzViolation.require(
      read.boxes.allSatisfy {
        read.images.indices.contains($0.image) && read.categories.indices.contains($0.category)
          && $0.box.isFinite && $0.area.isFinite
      }, "a box of nothing")
    try FuzzViolation.require(
      read.images.indices.dropFirst().allSatisfy {
        read.images[$0 - 1].id < read.images[$0].id
      }, "images out of order")
  }
}
