import Comparison
import DataSchema
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import PNGImage
import Planning
import Report
import RunRecord

/// The images of examples for which two runs predict something different, if the data recorded in
/// `run.json` can still be read.
struct ExamplePictures {
  private var sources: [String: any ExampleSource] = [:]
  /// Why a split has no images, by split.
  private(set) var problems: [String: String] = [:]

  /// Opens the given splits.
  init(_ run: ComparedRun, splits: [String]) {
    func fail(_ reason: String) {
      for split in splits { problems[split] = "There are no images: \(reason)." }
    }
    let unnamed = "run.json does not name the data's files"
    do {
      let record = try run.run.readInfo().dataset
      if record.files.isEmpty {
        fail(unnamed)
        return
      }
      let plan = Plan.make(
        of: run.run, processors: 1, needsWeights: false, diagnostics: DiagnosticCollector())
      guard let plan else {
        fail("resolved.yaml cannot be read")
        return
      }
      for split in splits {
        do {
          let source = try plan.open(split == "test" ? .test : .train, of: record, in: run.run)
          try source.prepare()
          sources[split] = source
        } catch let error as DataError {
          problems[split] =
            "There are no images: the original data cannot be read (\(error.reason))."
        }
      }
    } catch {
      fail(unnamed)
    }
  }

  /// The image as a `data:` address; `nil` if there is none.
  func address(_ flip: ChangedExample) -> String? {
    guard let source = sources[flip.split], source.schema.largestImage != nil,
      (0..<source.count).contains(flip.index)
    else { return nil }
    // A picture that cannot be read or drawn leaves its line in the table.
    guard let found = try? source.pictures([flip.index]), let size = found.sizes.first,
      let picture = PixelImage(
        planar: found.bytes, width: size.width, height: size.height, channels: size.channels),
      let bytes = try? picture.png()
    else { return nil }
    return "data:image/png;base64," + Data(bytes).base64EncodedString()
  }
}
