import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import RunRecord
import TaskRegistry
import Tasks

/// The images in `plots/` as `data:` addresses for `<img>`: an SVG in an `<img>` can neither run
/// scripts nor load anything.
struct EmbeddedPlots {
  struct Plot {
    var name: String
    var caption: String
    var address: String
  }

  private(set) var plots: [Plot] = []
  /// Names of known images that do not exist.
  private(set) var missing: [String] = []
  private(set) var problems: [String] = []

  /// The known images, in the page's order.
  static func known(_ task: any Task) -> [(name: String, caption: String)] {
    let name = TaskRegistry.label(task.primary)
    return [
      ("loss", "Loss"), (task.primary, TaskRegistry.heading(name)),
      ("learning_rate", "Learning rate"),
    ]
      + type(of: task).captions
      + [("mistakes", type(of: task).notableTitle), ("first_layer", "Filters of the first layer")]
  }

  /// Larger images are listed as problems instead of being shown.
  static let limit = 6 << 20
  /// The maximum number of images besides the known ones.
  static let mostOthers = 20

  /// - Parameter omitted: plots that are neither shown nor missing.
  init(_ run: RunDirectory, _ task: any Task, leavingOut omitted: Set<String> = []) {
    var others = Set(Self.names(in: run)).subtracting(omitted)
    for plot in Self.known(task) where !omitted.contains(plot.name) {
      others.remove(plot.name)
      if let address = address(of: "plots/\(plot.name)", in: run) {
        plots.append(Plot(name: plot.name, caption: plot.caption, address: address))
      }
      if !contains(plot.name) { missing.append(plot.name) }
    }
    // Images named after a target, and those of later versions of the program.
    for name in others.sorted().prefix(Self.mostOthers) {
      guard let address = address(of: "plots/\(name)", in: run) else { continue }
      let caption = Clipped.text(name.replacing("_", with: " "), 80)
      plots.append(Plot(name: name, caption: caption, address: address))
    }
  }

  /// All images of a directory that is not a run, by name.
  init(others run: RunDirectory) {
    for name in Set(Self.names(in: run)).sorted() {
      guard let address = address(of: "plots/\(name)", in: run) else { continue }
      let caption =
        name == "parallel"
        ? "All trials, key by key"
        : name == "curves"
          ? "Learning curves of all trials"
          : name == "heat_map"
            ? "Both keys together" : Clipped.text(name.replacing("_", with: " "), 80)
      plots.append(
        Plot(
          name: name, caption: caption.prefix(1).uppercased() + caption.dropFirst(),
          address: address))
    }
  }

  /// The names of the image files of a run, without extensions.
  private static func names(in run: RunDirectory) -> [String] {
    do throws(FileError) {
      return try run.folder.names(in: "plots").compactMap { file in
        [".svg", ".png"].first(where: file.hasSuffix).map { String(file.dropLast($0.count)) }
      }
    } catch {
      // A run without images has no such directory; the page lists the missing images.
      return []
    }
  }

  func contains(_ name: String) -> Bool { plots.contains { $0.name == name } }

  /// The SVG, or else the PNG; `nil` if there is neither.
  private mutating func address(of path: String, in run: RunDirectory) -> String? {
    for (ending, type) in [("svg", "image/svg+xml"), ("png", "image/png")] {
      let file = "\(path).\(ending)"
      do throws(FileError) {
        let bytes = try run.bytes(of: file, limit: Self.limit)
        if Self.isPicture(bytes, ending) {
          return "data:\(type);base64,\(Data(bytes).base64EncodedString())"
        }
        problems.append("\(file): is not a valid \(ending.uppercased()) image")
      } catch {
        if error.code != ENOENT { problems.append("\(file): \(error.reason)") }
      }
    }
    return nil
  }

  static func isPicture(_ bytes: [UInt8], _ ending: String) -> Bool {
    if ending == "png" { return bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) }
    return String(decoding: bytes.prefix(2048), as: UTF8.self).contains("<svg")
  }
}
