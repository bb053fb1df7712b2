import Transforms

/// Which sizes of pictures an exported model takes.
package enum PictureSizes: Sendable, Equatable {
  /// Any: a transform resamples them.
  ///
  /// - Parameters:
  ///   - rule: how it chooses the new size.
  ///   - place: the transform in the list.
  ///   - crop: the position of the `center_crop` that fixes the size after it; `nil` if none is needed.
  case any(rule: ResizingRule, place: Int, crop: Int?, channels: Int)
  /// Only this one.
  case fixed(ImageType)

  /// The type of the input: bytes [batch, height, width, channels], as libraries for pictures hand them out.
  package var inputType: ONNXType {
    switch self {
    case .any(_, _, _, let channels):
      ONNXType(.uint8, [.batch, .named("height"), .named("width"), .fixed(channels)])
    case .fixed(let type): ONNXType(.uint8, batchOf: [type.height, type.width, type.channels])
    }
  }

  /// Why a model cannot take pictures.
  package struct Problem: Error, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// - Parameters:
  ///   - transforms: the experiment's, in order.
  ///   - pipeline: their steps.
  /// - Throws: ``Problem`` if pictures of several sizes have to be taken, and cannot.
  package init(_ transforms: [any Transform], _ pipeline: TransformPipeline) throws(Problem) {
    let steps = pipeline.steps
    let types = steps.reduce(into: [pipeline.input]) { $0.append($1.output(of: $0[$0.count - 1])) }
    let fixed = PictureSizes.fixed(pipeline.input)
    guard let place = transforms.firstIndex(where: { $0.resizingRule != nil }),
      let rule = transforms[place].resizingRule
    else {
      if pipeline.takesMixedSizes {
        throw Problem(reason: "the pictures differ in size and no transform resizes them")
      }
      self = fixed
      return
    }
    // What comes before must not depend on the size.
    let isPlain = (0..<place).allSatisfy { index in
      switch steps[index].evaluation(of: types[index]) {
      case .unchanged, .grayscale: true
      default: false
      }
    }
    var crop: Int?
    if case .shorterSide = rule.size {
      crop = steps.indices.dropFirst(place + 1).first { index in
        steps[index].evaluation(of: types[index]) != .unchanged
      }
      if let found = crop, case .centerCrop = steps[found] { crop = found } else { crop = nil }
    }
    let needsCrop = if case .shorterSide = rule.size { true } else { false }
    if isPlain, !types[place].isFloat, rule.filter != .nearest, crop != nil || !needsCrop {
      self = .any(rule: rule, place: place, crop: crop, channels: pipeline.input.channels)
    } else if pipeline.takesMixedSizes {
      let what =
        types[place].isFloat
        ? "are resized as floats"
        : rule.filter == .nearest ? "are resized by nearest" : "are not resized alone"
      throw Problem(reason: "the pictures differ in size and \(what)")
    } else {
      self = fixed
    }
  }
}
