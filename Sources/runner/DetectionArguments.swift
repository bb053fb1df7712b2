import ArgumentParser
import BoxAnnotations
import DetectionScores

/// Detections, and what they are compared with.
struct DetectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Detections in COCO's format of results; a .zip with one such file, too.", valueName: "file"),
    completion: .file(extensions: ["json", "zip"]))
  var predictions: String

  @Option(
    help: ArgumentHelp(
      "COCO's instances….json, or a folder of Pascal VOC; both may lie in a .zip or .tar.",
      discussion:
        "A path may lead into an archive: annotations.zip/annotations/instances_val2017.json.",
      valueName: "path"),
    completion: .file())
  var annotations: String

  @Option(
    help: ArgumentHelp(
      "Other detections of the same images; says whether they are better.", valueName: "file"),
    completion: .file(extensions: ["json", "zip"]))
  var against: String?

  @Option(
    help: ArgumentHelp(
      "The images of a VOC folder that a file in ImageSets/Main lists, such as val.",
      valueName: "name"))
  var split: String?

  @Option(
    name: .customLong("max-detections"),
    help: ArgumentHelp(
      "How many detections count for each image and category, the surest first; the last applies to AP.",
      valueName: "n,n,…"))
  var maxDetections = "1,10,100"

  @Flag(help: "Adds Pascal VOC's mean average precision.")
  var voc = false

  func validate() throws {
    guard let numbers, !numbers.isEmpty else {
      throw ValidationError(
        "'--max-detections \(maxDetections)': expected positive numbers with commas between them, "
          + "such as 1,10,100")
    }
  }

  /// `nil` unless all are positive.
  private var numbers: [Int]? {
    let numbers = maxDetections.split(separator: ",", omittingEmptySubsequences: false)
      .map { Int($0) }
    let positive = numbers.compactMap { $0 }.filter { (1...1_000_000).contains($0) }
    return positive.count == numbers.count ? positive : nil
  }

  func readAnnotations() throws -> BoxAnnotations {
    try BoxAnnotations.read(annotations, split: split)
  }

  func report(_ path: String, _ annotations: BoxAnnotations) throws -> DetectionReport {
    let detections = try Detections.read(path, for: annotations)
    return DetectionReport(
      detections, annotations, rules: CocoRules(maxDetections: numbers ?? []), withVOC: voc)
  }
}
