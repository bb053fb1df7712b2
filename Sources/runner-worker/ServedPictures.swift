import DataSchema
import Datasets
import Dispatch
import ExperimentConfig
import Files
import ImageColor
import ImageFormats
import Planning
import Prediction
import Synchronization
import Tasks
import Transforms
import WorkerProtocol

/// Reads the pictures of a batch on several threads.
struct ServedPictures: Sendable {
  /// A picture that could be read.
  struct Picture: Sendable {
    let index: Int
    let images: ImagesInMemory
    let warnings: [String]
    let notes: [String]
  }

  /// Why a picture is not answered.
  struct Refused: Error {
    let index: Int
    let outcome: ServingReply.Outcome
    let message: String
  }

  let plan: Plan
  let background: Background
  let isInverted: Bool
  /// Compares pictures with the run's own; `nil` if those are missing.
  let watch: IntensityWatch?
  /// 1 (grey) or 3 (colour).
  let channels: Int
  let threads: Int

  /// Inputs whose pictures are in memory at once: by what their headers say of their sizes, at most
  /// ``PredictionJob/chunk`` bytes, or one.
  func groups(_ places: [Int], of batch: [ServingInput]) -> [[Int]] {
    var groups: [[Int]] = []
    var size = 0
    for place in places {
      let header = try? ImageHeader(decoding: batch[place].bytes, path: "")
      let count = header.map { bytes(of: $0) } ?? 0
      if groups.isEmpty || size + count > PredictionJob.chunk {
        groups.append([])
        size = 0
      }
      groups[groups.count - 1].append(place)
      size += count
    }
    return groups
  }

  /// The bytes of a picture, at most one more than ``PredictionJob/chunk``: what a header says may be any number.
  private func bytes(of header: ImageHeader) -> Int {
    let count =
      Double(header.height) * Double(header.width) * Double(max(channels, header.channels))
    return Int(min(count, Double(PredictionJob.chunk + 1)))
  }

  /// Reads the pictures of some inputs.
  func read(_ places: [Int], of batch: [ServingInput]) -> [Result<Picture, Refused>] {
    let pieces = min(threads, places.count)
    if pieces < 2 { return places.map { read($0, batch[$0]) } }
    let results = Mutex([Int: Result<Picture, Refused>]())
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      for place in stride(from: piece, to: places.count, by: pieces) {
        let result = read(places[place], batch[places[place]])
        results.withLock { $0[place] = result }
      }
    }
    let found = results.withLock { $0 }
    return places.indices.compactMap { found[$0] }
  }

  private func read(_ index: Int, _ input: ServingInput) -> Result<Picture, Refused> {
    let file: ImageFileContents
    do throws(FileError) {
      file = try ImageFileContents(
        decoding: input.bytes, name: "the image", channels: channels, background: background,
        reduction: { plan.reduction(for: $0) })
    } catch {
      return .failure(
        Refused(
          index: index, outcome: isUnknown(input.bytes) ? .unsupported : .unsuitable,
          message: "the image \(error.reason)"))
    }
    var warnings = ImageNote.notes(on: file.images, isNumbered: false, file.traits).map(\.text)
    let images = isInverted ? file.images.inverted() : file.images
    var watch = watch
    watch?.look(at: images)
    let (height, width) = (images.size.height, images.size.width)
    do {
      if try plan.images(height: height, width: width).isResizedFirst,
        let own = plan.transforms?.input
      {
        var resized = ResizedImages(own)
        warnings.append(resized.add(images))
      }
    } catch {
      return .failure(
        Refused(
          index: index, outcome: .unsuitable,
          message: "an image of \(width)×\(height) pixels cannot be prepared: \(error)"))
    }
    return .success(
      Picture(
        index: index, images: images, warnings: warnings,
        notes: watch?.hint.map { [$0] } ?? []))
  }

  /// Whether a file is in no format that can be read; an empty one is in none.
  private func isUnknown(_ bytes: [UInt8]) -> Bool {
    switch ImageFormat(beginning: bytes.prefix(16)) {
    case .other, nil: !bytes.isEmpty
    default: false
    }
  }
}
