import DataSchema
import OrderedCollections

extension DataSchema {
  /// The numbers that an experiment can refer to, such as `${data.classes}`, by name: `classes` of targets that
  /// are classes or labels, `targets` of numbers; `features` of vectors; `channels` of images, and their `height`
  /// and `width` in pixels, before any transform, if all have the same size.
  var numbers: OrderedDictionary<String, Int> {
    var numbers: OrderedDictionary<String, Int> = [:]
    switch target.kind {
    case .category(let names), .labelSet(let names), .mask(let names, _):
      numbers["classes"] = names.count
    case .boxes(let classes): numbers["classes"] = classes.names.count
    case .numbers(let quantities): numbers["targets"] = quantities.count
    case .image, .mixedImages, .vector: break
    }
    switch input.kind {
    case .vector(let size): numbers["features"] = size
    case .image(let size):
      numbers["channels"] = size.channels
      numbers["height"] = size.height
      numbers["width"] = size.width
    case .mixedImages(let sizes): numbers["channels"] = sizes.channels
    case .category, .numbers, .labelSet, .mask, .boxes: break
    }
    return numbers
  }
}
