import Comparison
import Datasets
import ExperimentConfig
import FoundationEssentials
import PNGImage
import Report

/// The pictures of flipped examples, where the data files that `run.json` records can still be read.
struct ExamplePictures {
  private var images: [String: LabelledImages] = [:]
  /// Why a split has no pictures.
  private(set) var problems: [String: String] = [:]

  /// Reads the splits that are asked for.
  init(_ run: ComparedRun, splits: [String]) {
    for split in splits {
      do {
        images[split] = try Self.read(run, split)
      } catch let error as DataError {
        problems[split] =
          "There are no pictures: the data cannot be read as they were (\(error.reason))."
      } catch {
        problems[split] = "There are no pictures: run.json does not name the data's files."
      }
    }
  }

  private struct Unknown: Error {}

  private static func read(_ run: ComparedRun, _ split: String) throws -> LabelledImages {
    let files = (run.evidence.info["dataset"]?["files"] ?? .null).list.compactMap { file in
      file["path"]?.text.flatMap { path in
        file["sha256"]?.text.map { ImageFile(path: path, sha256: $0) }
      }
    }
    guard files.count == ImageFileRole.allCases.count else { throw Unknown() }
    let data = AcquiredDataset(
      name: run.evidence.info["dataset"]?["used"]?.text ?? "", target: nil, origin: .folder
    ) { files[$0.rawValue] }
    return try data.load(split == "test" ? .test : .train)
  }

  /// A `data:` address; nothing where there is no such picture.
  func address(_ flip: ChangedExample) -> String? {
    guard let images = images[flip.split], (0..<images.count).contains(flip.index) else {
      return nil
    }
    let size = images.channels * images.height * images.width
    let pixels = Array(images.pixels[(flip.index * size)..<((flip.index + 1) * size)])
    // A picture that cannot be drawn leaves its line in the table.
    guard
      let picture = PixelImage(
        planar: pixels, width: images.width, height: images.height, channels: images.channels),
      let bytes = try? picture.png()
    else { return nil }
    return "data:image/png;base64," + Data(bytes).base64EncodedString()
  }
}
