import DataSchema
import Diagnostics
import ExperimentConfig

struct DigitsDataset: IDXFormat {
  static let schema = ComponentSchema(
    "digits", main: "target",
    [
      Field(
        "target",
        .oneOf([
          .choice(["class", "slant", "stroke_width", "figures"]),
          .list(of: .choice(["slant", "stroke_width"]), count: 1...2),
        ]), .defaulted("class"),
        doc: "The target: class, the digit; slant (the tangent of the angle to the upright) or "
          + "stroke_width (in pixels), as chosen for the drawing; figures, which digits are in an "
          + "image of two side by side.", isImpliedByDefault: true)
    ],
    doc: "Handwriting-like digits drawn by this program: 60,000 + 10,000 grey images of 28×28, ten "
      + "classes, the same for everyone, in MNIST's format; for pairs, 30,000 + 5,000 of 28×56. "
      + "Needs no download.")

  private let variant: DigitsVariant
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    switch arguments.word("target") {
    case "class": variant = .classes
    case "figures": variant = .pairs
    case let name?: variant = .features([Digits.Feature(rawValue: name)].compactMap(\.self))
    case nil:
      let names = try arguments.list("target").map { try $0.string() }
      guard Set(names).count == names.count else {
        throw InputError("a target is listed twice", at: arguments.range("target"))
      }
      variant = .features(names.compactMap(Digits.Feature.init))
    }
    dataSchema = variant.dataSchema
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let digits = try await DigitsCache.acquire(environment: environment, progress: progress)
    return try await variant.acquire(
      digits, in: DigitsCache.folder(environment), progress)
  }
}
