import DataSchema
import Diagnostics
import ExperimentConfig
import Graph
import Transforms

/// What the examples of a data set become on their way to the model. What does not fit is reported with its
/// place.
struct PlannedInputs {
  /// What is done to images; `nil` if the inputs are vectors, or the transforms do not fit them.
  private(set) var pipeline: TransformPipeline?
  /// Of one example as the model is given it, as far as that is known; `nil` if it is not.
  private(set) var shape: Shape?

  /// - Parameters:
  ///   - list: the place of the list of transforms.
  ///   - isPartial: whether the transforms are unknown, because of errors that are reported elsewhere.
  init(
    _ transforms: [NamedTransform], listedAt list: SourceRange?, for schema: DataSchema,
    isPartial: Bool = false, _ diagnostics: DiagnosticCollector
  ) {
    defer {
      if schema.target.kind.isMask, !isPartial { checkMasks(transforms, diagnostics) }
      if schema.target.kind.areBoxes, !isPartial { checkBoxes(transforms, diagnostics) }
    }
    switch schema.input.kind {
    case .image(let size):
      plan(transforms, listedAt: list, from: ImageType(size), isPartial, diagnostics)
    case .mixedImages(let sizes):
      if !isPartial { plan(transforms, listedAt: list, for: sizes, diagnostics) }
    case .vector(let size):
      shape = [size]
      if let first = transforms.first {
        diagnostics.error(
          "'\(first.component.name)' is an image transform, but the inputs are "
            + "\(schema.input.kind)", at: first.component.origin.range,
          hint: "remove the transforms")
      }
    default:
      diagnostics.error("\(schema.input.kind) cannot be the input of a model", at: list)
    }
  }

  /// Even if a transform does not fit, the size of the images is known, and the model can be checked.
  private mutating func plan(
    _ transforms: [NamedTransform], listedAt list: SourceRange?, from input: ImageType,
    _ isPartial: Bool, _ diagnostics: DiagnosticCollector
  ) {
    let planned = Plan.steps(transforms, from: input)
    shape = planned.image.shape
    if isPartial { return }
    if let (component, error) = planned.mismatch {
      Self.report(error, of: component, diagnostics)
      return
    }
    checkFloats(planned.image, transforms, list, diagnostics)
    pipeline = TransformPipeline(input: input, steps: planned.steps)
  }

  /// Images of several sizes, which a transform must make equal.
  private mutating func plan(
    _ transforms: [NamedTransform], listedAt list: SourceRange?, for sizes: MixedSizes,
    _ diagnostics: DiagnosticCollector
  ) {
    do throws(Sizing.Problem) {
      let sizing = try Sizing.plan(transforms.map(\.transform), for: sizes)
      let count = sizing.steps.count
      if let place = sizing.steps.firstIndex(of: .normalizeByTraining) {
        let component = transforms[place].component
        diagnostics.error(
          "'\(component.name)' with values of the training examples needs images of equal size",
          at: component.origin.range, hint: "put it after the transform that makes the sizes equal")
      }
      let planned = Plan.steps(Array(transforms.dropFirst(count)), from: sizing.output)
      shape = planned.image.shape
      if let (component, error) = planned.mismatch {
        Self.report(error, of: component, diagnostics)
        return
      }
      checkFloats(planned.image, transforms, list, diagnostics)
      pipeline = TransformPipeline(sizing, steps: planned.steps)
    } catch {
      switch error {
      case .mismatch(let place, let mismatch, let size):
        let note = Diagnostic.note("for images of \(size.height)×\(size.width)", at: nil)
        Self.report(mismatch, of: transforms[place].component, notes: [note], diagnostics)
      case .staysMixed:
        diagnostics.error(
          "the images have \(sizes.sizes.count) sizes, but no transform makes them equal",
          at: list, hint: "add resize: [height, width], or a crop")
      }
    }
  }

  /// Reports transforms that would move images without their masks.
  private func checkMasks(_ transforms: [NamedTransform], _ diagnostics: DiagnosticCollector) {
    for (named, step) in zip(transforms, pipeline?.steps ?? []) where step.refusesMasks {
      diagnostics.error(
        "'\(named.component.name)' may move an image, and its mask cannot follow",
        at: named.component.origin.range,
        hint: "random_affine and color_jitter do what it chooses among, and move masks along")
    }
  }

  /// Reports transforms that would move images without their boxes.
  private func checkBoxes(_ transforms: [NamedTransform], _ diagnostics: DiagnosticCollector) {
    for (named, step) in zip(transforms, pipeline?.steps ?? []) {
      let component = named.component
      switch step.boxRefusal {
      case .policy?:
        diagnostics.error(
          "'\(component.name)' may move an image, and its boxes cannot follow",
          at: component.origin.range,
          hint: "random_affine and color_jitter do what it chooses among, and move boxes along")
      case .mirroredBorder?:
        diagnostics.error(
          "'\(component.name)' repeats objects at the border, around which there are no boxes",
          at: component.arguments.range("padding_mode") ?? component.origin.range,
          hint: "use padding_mode: constant or edge")
      case nil: break
      }
    }
  }

  private func checkFloats(
    _ image: ImageType, _ transforms: [NamedTransform], _ list: SourceRange?,
    _ diagnostics: DiagnosticCollector
  ) {
    if image.isFloat { return }
    diagnostics.error(
      "the transforms produce bytes, but a model needs floats",
      at: transforms.last?.component.origin.range ?? list, hint: "add to_tensor")
  }

  private static func report(
    _ error: TransformMismatch, of component: ResolvedComponent, notes: [Diagnostic] = [],
    _ diagnostics: DiagnosticCollector
  ) {
    let place = error.argument.flatMap { component.arguments.range($0) }
    diagnostics.report(
      Diagnostic(
        .error, error.message, at: place ?? component.origin.range, hint: error.hint, notes: notes))
  }
}

extension Plan {
  /// The output of transforms for an image, up to the first that does not fit its input.
  static func steps(
    _ transforms: [NamedTransform], from input: ImageType
  ) -> (
    image: ImageType, steps: [TransformStep], mismatch: (ResolvedComponent, TransformMismatch)?
  ) {
    var type = input
    var steps: [TransformStep] = []
    for item in transforms {
      do throws(TransformMismatch) {
        let (output, step) = try item.transform.plan(type)
        type = output
        steps.append(step)
      } catch {
        return (type, steps, (item.component, error))
      }
    }
    return (type, steps, nil)
  }
}
