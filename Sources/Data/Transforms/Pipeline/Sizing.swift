import DataSchema
import Synchronization

/// The first transforms of images of several sizes, up to the one after which all have the same type. They
/// are planned for each size on its own.
package final class Sizing: Sendable {
  /// The type of the largest images.
  package let input: ImageType
  /// The type of all images afterwards.
  package let output: ImageType
  /// The steps for the largest images.
  package let steps: [TransformStep]
  private let transforms: [any Transform]
  /// Where the last `center_crop` lies.
  private let anchor: CropAnchor
  /// The channels of the images that the transforms are planned for.
  private let channels: Int
  /// Whether the steps are those for the masks of the images.
  private let isForMasks: Bool
  private let prepared = Mutex<[Key: TransformPipeline]>([:])

  private struct Key: Hashable {
    let original: ImageSize
    let decoded: ImageSize
  }

  /// More sizes than these are prepared again when they occur again: tables take memory.
  private static let preparedSizes = 512

  private init(
    _ transforms: [any Transform], input: ImageType, output: ImageType, steps: [TransformStep],
    anchor: CropAnchor = .center, channels: Int? = nil, isForMasks: Bool = false
  ) {
    self.transforms = transforms
    self.anchor = anchor
    self.channels = channels ?? input.channels
    self.isForMasks = isForMasks
    self.input = input
    self.output = output
    self.steps = steps
  }

  /// Why transforms do not suit images of several sizes.
  package enum Problem: Error, Sendable {
    /// One of them does not fit images of this size.
    case mismatch(place: Int, TransformMismatch, size: ImageSize)
    /// None of them makes the sizes equal.
    case staysMixed
  }

  /// Finds the transforms that make the sizes equal.
  ///
  /// - Parameter transforms: all of the experiment.
  /// - Throws: ``Problem`` if there are none, or one does not fit some size.
  package static func plan(
    _ transforms: [any Transform], for sizes: MixedSizes
  ) throws(Problem) -> Sizing {
    var current = Set(sizes.images.map { ImageType($0) })
    // Where each type came from, for messages: any size that gives it.
    var origins = Dictionary(sizes.images.map { (ImageType($0), $0) }) { first, _ in first }
    for (place, transform) in transforms.enumerated() {
      var next: [ImageType: ImageSize] = [:]
      for type in current.sorted(by: { ($0.height, $0.width) < ($1.height, $1.width) }) {
        let origin = origins[type] ?? type.size
        do throws(TransformMismatch) {
          let output = try transform.plan(type).output
          if next[output] == nil { next[output] = origin }
        } catch {
          throw .mismatch(place: place, error, size: origin)
        }
      }
      (current, origins) = (Set(next.keys), next)
      guard current.count == 1, let output = current.first else { continue }
      let leading = Array(transforms.prefix(place + 1))
      let input = ImageType(sizes.largest)
      do throws(TransformMismatch) {
        return Sizing(
          leading, input: input, output: output, steps: try Self.steps(leading, from: input))
      } catch {
        throw .mismatch(place: place, error, size: sizes.largest)
      }
    }
    throw .staysMixed
  }

  /// The same with the last `center_crop` at another place.
  ///
  /// - Throws: ``TransformMismatch`` if the largest images are smaller than the crop.
  func anchored(at anchor: CropAnchor) throws(TransformMismatch) -> Sizing {
    Sizing(
      transforms, input: input, output: output,
      steps: try Self.steps(transforms, from: input, anchor), anchor: anchor)
  }

  /// The same for the masks of the images.
  var forMasks: Sizing {
    Sizing(
      transforms, input: input.mask, output: output.mask, steps: steps.map(\.forMask),
      anchor: anchor, channels: channels, isForMasks: true)
  }

  /// The steps for each of these images.
  ///
  /// - Throws: ``TransformMismatch`` if they do not fit a size, or do not give ``output``.
  func pipelines(
    for pictures: Pictures
  ) throws(TransformMismatch) -> [TransformPipeline] {
    var pipelines: [TransformPipeline] = []
    pipelines.reserveCapacity(pictures.count)
    for (original, decoded) in zip(pictures.originals, pictures.sizes) {
      pipelines.append(try pipeline(for: original, decodedTo: decoded))
    }
    return pipelines
  }

  /// The steps for images of one size.
  ///
  /// - Parameter decoded: the size that the images were decoded to; `nil` if that is `size`.
  /// - Throws: ``TransformMismatch`` if they do not fit the size, or do not give ``output``.
  func pipeline(
    for size: ImageSize, decodedTo decoded: ImageSize? = nil
  ) throws(TransformMismatch) -> TransformPipeline {
    let key = Key(original: size, decoded: decoded ?? size)
    if let found = prepared.withLock({ $0[key] }) { return found }
    let image = ImageType(
      channels: channels, height: size.height, width: size.width, isFloat: false)
    let steps = try Self.steps(transforms, from: image, anchor)
    let made =
      isForMasks
      ? TransformPipeline(input: image.mask, steps: steps.map(\.forMask))
      : try TransformPipeline(input: ImageType(size), steps: steps).decoded(to: key.decoded)
    guard made.output == output else {
      throw TransformMismatch("images of \(size) become \(made.output.size), not \(output.size)")
    }
    prepared.withLock {
      if $0.count >= Self.preparedSizes { $0.removeAll() }
      $0[key] = made
    }
    return made
  }

  /// Stable text of what the transforms do with images of any size: the steps for the largest ones do not tell a
  /// size of the shorter side from that of both.
  var fingerprintText: String {
    let sizes = [(997, 1409), (1409, 997)].map { height, width in
      ImageType(channels: channels, height: height, width: width, isFloat: false)
    }
    return sizes.map { size in
      do throws(TransformMismatch) {
        let steps = try Self.steps(transforms, from: size, anchor)
        return steps.map(\.implementation.fingerprint).joined(separator: ", ")
      } catch {
        return error.message
      }
    }.joined(separator: "; ")
  }

  private static func steps(
    _ transforms: [any Transform], from input: ImageType, _ anchor: CropAnchor = .center
  ) throws(TransformMismatch) -> [TransformStep] {
    let crop = transforms.lastIndex { $0 is CenterCrop }
    var type = input
    var steps: [TransformStep] = []
    for (place, transform) in transforms.enumerated() {
      var planned = try transform.plan(type)
      if anchor != .center, place == crop, case .centerCrop(var step) = planned.step {
        try step.move(to: anchor, in: type)
        planned.step = .centerCrop(step)
      }
      type = planned.output
      steps.append(planned.step)
    }
    return steps
  }
}
