import DataSchema
import ExperimentConfig

/// Images that are decoded smaller than they are in their files, since the transforms resize them anyway.
extension TransformPipeline {
  /// The position of the first resizing if it makes the same of an image that was decoded smaller: nothing before it
  /// depends on the size. `nil` if there is none.
  var resizingPlace: Int? {
    let place = steps.firstIndex { if case .grayscale = $0 { false } else { true } }
    guard let place, case .resize(let step) = steps[place], step.interpolation != .nearest else {
      return nil
    }
    return place
  }

  /// The same pipeline for images that are decoded smaller, if their first resizing is among the steps.
  ///
  /// - Parameter reduction: what that resizing makes of images, whatever their size.
  func reducing(by reduction: ImageReduction?) -> TransformPipeline {
    var other = self
    other.reduction = resizingPlace == nil ? nil : reduction
    return other
  }

  /// The same pipeline for images that are decoded whole.
  package var decodingWhole: TransformPipeline { reducing(by: nil) }

  /// The same steps for images that were decoded to another size.
  ///
  /// - Throws: ``TransformMismatch`` if they do not begin with a resizing.
  func decoded(to size: ImageSize) throws(TransformMismatch) -> TransformPipeline {
    if size == input.size { return self }
    guard resizingPlace != nil else {
      throw TransformMismatch("expected images of \(input.size), found \(size)")
    }
    return TransformPipeline(input: ImageType(size), steps: steps)
  }

  /// The same for each of some images.
  func decoded(to sizes: [ImageSize]) throws(TransformMismatch) -> [TransformPipeline] {
    var made: [ImageSize: TransformPipeline] = [:]
    var all: [TransformPipeline] = []
    all.reserveCapacity(sizes.count)
    for size in sizes {
      let own: TransformPipeline
      if let known = made[size] { own = known } else { own = try decoded(to: size) }
      made[size] = own
      all.append(own)
    }
    return all
  }
}

/// Why images cannot be decoded smaller than they are.
package struct ReductionRefusal: Error, Sendable {
  package let reason: String
  package let hint: String
}

extension TransformPipeline {
  /// The same pipeline for images that are decoded smaller where that is possible.
  ///
  /// - Parameter transforms: those that the steps come from.
  /// - Throws: ``ReductionRefusal`` if the transforms need whole images.
  package func reducing(
    for transforms: [any Transform]
  ) throws(ReductionRefusal) -> TransformPipeline {
    let resizeFirst = "begin the transforms with resize"
    guard let place = transforms.firstIndex(where: { !($0 is Grayscale) }) else {
      throw ReductionRefusal(reason: "no transform resizes the images", hint: resizeFirst)
    }
    guard let resize = transforms[place] as? Resize else {
      let name = type(of: transforms[place]).schema.name
      throw ReductionRefusal(reason: "'\(name)' needs whole images", hint: resizeFirst)
    }
    guard let reduction = resize.reduction else {
      throw ReductionRefusal(
        reason: "'nearest' picks single pixels of whole images",
        hint: "use interpolation: bilinear or bicubic")
    }
    guard storedCount > place else {
      throw ReductionRefusal(
        reason: "what makes the sizes of the images equal is random, so that whole images are kept",
        hint: "use resize: [height, width], or center_crop after resize")
    }
    return reducing(by: reduction)
  }
}
