import ExperimentConfig
import Tasks

struct BoundaryF1: Metric {
  static let schema = ComponentSchema(
    "boundary_f1", main: "tolerance",
    [
      Field(
        "tolerance", .number(.positive), .optional,
        doc:
          "The distance in pixels within which borders match; 0.75% of the image's diagonal if left out."
      )
    ],
    aliases: ["bf_score", "bfscore", "boundary_f1_score"],
    doc:
      "How well the borders of the classes fit: of each image and class, F1 of the border pixels that have one "
      + "of the other mask within the tolerance, averaged over the classes of an image that have borders, then "
      + "over the images (the BF score of Csurka et al., 2013); higher is better.")
  static let label = "boundary F1"
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  /// In pixels; `nil` for a share of the diagonal.
  let tolerance: Double?

  init(_ arguments: Arguments) throws {
    tolerance = arguments.has("tolerance") ? try arguments.number("tolerance") : nil
  }

  func values(of sample: any ScoredSample) -> [MetricValue] {
    let sample = PixelSample.of(sample)
    let reason =
      sample.borders == nil
      ? "the borders were not recorded" : "there are no borders between classes"
    return [
      MetricValue(
        Self.schema.name, sample.borders.flatMap { sample.boundaryF1($0).mean }, else: reason)
    ]
  }

  func parts(of sample: any ScoredSample) -> [Double?]? {
    let sample = PixelSample.of(sample)
    return sample.borders.map { sample.boundaryF1($0).classes }
  }
}
