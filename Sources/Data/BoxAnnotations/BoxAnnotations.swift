/// A picture that has been searched for objects.
package struct AnnotatedImage: Hashable, Sendable {
  package let id: ItemID
  /// Its file, as the annotations name it.
  package let file: String
  /// The size in pixels; 0 if the annotations do not say.
  package let width: Int
  package let height: Int

  package init(id: ItemID, file: String, width: Int, height: Int) {
    (self.id, self.file, self.width, self.height) = (id, file, width, height)
  }
}

/// A class of objects.
package struct BoxCategory: Hashable, Sendable {
  package let id: ItemID
  package let name: String

  package init(id: ItemID, name: String) { (self.id, self.name) = (id, name) }
}

/// An object in a picture.
package struct AnnotatedBox: Hashable, Sendable {
  /// Index of its image.
  package let image: Int
  /// Index of its category.
  package let category: Int
  package let box: Box
  /// In square pixels: that of the object's outline where one was drawn, so at most that of the box.
  package let area: Double
  /// Whether the box holds many objects that were not annotated one by one.
  package let isCrowd: Bool
  /// Whether the object is so hard to recognise that missing it is no mistake.
  package let isDifficult: Bool
  /// Whether the object reaches beyond the picture.
  package let isTruncated: Bool

  package init(
    image: Int, category: Int, box: Box, area: Double? = nil, isCrowd: Bool = false,
    isDifficult: Bool = false, isTruncated: Bool = false
  ) {
    (self.image, self.category, self.box) = (image, category, box)
    self.area = area ?? box.area
    (self.isCrowd, self.isDifficult, self.isTruncated) = (isCrowd, isDifficult, isTruncated)
  }
}

/// The objects in a set of pictures.
package struct BoxAnnotations: Sendable {
  package enum Format: String, Sendable {
    case coco
    case voc
  }

  /// The file, folder or archive, for messages.
  package let path: String
  package let format: Format
  /// In the order of their ids.
  package let images: [AnnotatedImage]
  /// In the order of their ids.
  package let categories: [BoxCategory]
  /// In the order of the file; of VOC's files, in the order of the images.
  package let boxes: [AnnotatedBox]
  /// Of each of ``boxes``; empty if they were not asked for.
  package let outlines: [ObjectOutline]
  package let findings: BoxFindings
  /// Indices of images by what detections may call them.
  package let imageIndex: [ItemID: Int]
  /// Indices of categories by what detections may call them.
  package let categoryIndex: [ItemID: Int]

  package init(
    path: String, format: Format, images: [AnnotatedImage], categories: [BoxCategory],
    boxes: [AnnotatedBox], outlines: [ObjectOutline] = [], findings: BoxFindings = BoxFindings(),
    imageIndex: [ItemID: Int]? = nil
  ) {
    (self.path, self.format, self.images, self.categories) = (path, format, images, categories)
    (self.boxes, self.outlines, self.findings) = (boxes, outlines, findings)
    self.imageIndex = imageIndex ?? Self.index(images.map(\.id))
    categoryIndex = Self.index(categories.map(\.id))
  }

  static func index(_ ids: [ItemID]) -> [ItemID: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
  }
}
