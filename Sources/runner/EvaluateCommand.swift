import ArgumentParser
import BoxAnnotations
import DetectionScores
import DetectionViews
import FoundationEssentials
import Reporting

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Scores a file of detections by COCO's and Pascal VOC's metrics.",
    discussion: """
      The detections are a file in COCO's format of results, whichever program wrote it: \
      [{"image_id", "category_id", "bbox": [x, y, width, height], "score"}, …].

      EXAMPLES
        runner evaluate --predictions a.json --annotations instances.json
        runner evaluate --predictions a.json --annotations VOC2007.zip --voc
        runner evaluate --predictions a.json --against b.json --annotations i.json
      """)

  @OptionGroup var detection: DetectionArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let text = DetectionText(StandardOutput.terminal(environment: environment))
    let annotations = try detection.readAnnotations()
    let report = try detection.report(detection.predictions, annotations)
    if !json { terminal.write(DetectionWords.warnings(report)) }
    guard let path = detection.against else {
      return json
        ? try StandardOutput.write(json: DetectionJSON.object(report))
        : try StandardOutput.write(text.render(report))
    }
    let other = try detection.report(path, annotations)
    if !json { terminal.write(DetectionWords.warnings(of: other.detections)) }
    let difference = report.difference(from: other)
    if json {
      try StandardOutput.write(json: DetectionJSON.object(report, other, difference))
    } else {
      try StandardOutput.write(text.render(report, other, difference))
    }
  }
}
