import ArgumentParser
import BoxAnnotations
import DetectionScores
import DetectionViews
import FoundationEssentials
import Reporting

/// Detections, and what they are compared with.
struct DetectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Detections in COCO's format of results; a .zip with one such file, too.", valueName: "file"),
    completion: .file(extensions: ["json", "zip"]))
  var predictions: String?

  @Option(
    help: ArgumentHelp(
      "COCO's instances….json, or a folder of Pascal VOC; both may lie in a .zip or .tar.",
      discussion:
        "A path may lead into an archive: annotations.zip/annotations/instances_val2017.json.",
      valueName: "path"),
    completion: .file())
  var annotations: String?

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
      "How many detections count for each image and category, the surest first; the last applies to AP. Default: 1,10,100.",
      valueName: "n,n,…"))
  var maxDetections: String?

  @Flag(help: "Adds Pascal VOC's mean average precision.")
  var voc = false

  func validate() throws {
    guard let numbers, !numbers.isEmpty else {
      throw ValidationError(
        "'--max-detections \(maxDetections ?? "")': expected positive numbers with commas between them, "
          + "such as 1,10,100")
    }
  }

  /// `nil` unless all are positive.
  private var numbers: [Int]? {
    let numbers = (maxDetections ?? "1,10,100").split(
      separator: ",", omittingEmptySubsequences: false
    )
    .map { Int($0) }
    let positive = numbers.compactMap { $0 }.filter { (1...1_000_000).contains($0) }
    return positive.count == numbers.count ? positive : nil
  }

  /// The first option that is given; `nil` if none is.
  var firstOption: String? {
    let given = [
      (predictions != nil, "--predictions"), (annotations != nil, "--annotations"),
      (against != nil, "--against"), (split != nil, "--split"),
      (maxDetections != nil, "--max-detections"), (voc, "--voc"),
    ]
    return given.first { $0.0 }?.1
  }

  /// Scores the detections and prints the result.
  ///
  /// - Precondition: predictions and annotations are given.
  func run(asJSON: Bool) throws {
    guard let predictions, let path = annotations else { return }
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let text = DetectionText(StandardOutput.terminal(environment: environment))
    let annotations = try BoxAnnotations.read(path, split: split)
    let first = try report(predictions, annotations)
    if !asJSON { terminal.write(DetectionWords.warnings(first)) }
    guard let against else {
      return asJSON
        ? try StandardOutput.write(json: DetectionJSON.object(first))
        : try StandardOutput.write(text.render(first))
    }
    let second = try report(against, annotations)
    if !asJSON { terminal.write(DetectionWords.warnings(of: second.detections)) }
    let difference = first.difference(from: second)
    if asJSON {
      try StandardOutput.write(json: DetectionJSON.object(first, second, difference))
    } else {
      try StandardOutput.write(text.render(first, second, difference))
    }
  }

  private func report(_ path: String, _ annotations: BoxAnnotations) throws -> DetectionReport {
    let detections = try Detections.read(path, for: annotations)
    return DetectionReport(
      detections, annotations, rules: CocoRules(maxDetections: numbers ?? []), withVOC: voc)
  }
}
