import DataSchema

/// What the names of files below a folder say of their split and their class.
struct FolderLayout: Sendable {
  /// A split that a folder is named after.
  enum Part: UInt8, Sendable, CaseIterable {
    case train
    case validation
    case test

    /// Names of its folder, in lower case.
    fileprivate var names: [String] {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["val", "valid", "validation", "dev"]
      case .test: ["test", "testing"]
      }
    }
  }

  struct Image: Sendable {
    var file: ListedFile
    var part: Part
    var label: String
  }

  /// By split, then by the bytes of their paths.
  let images: [Image]
  /// Files that are left out, in the order of their paths, each with the reason.
  let skipped: [(path: String, reason: String)]
  /// Whether the folder has `train/`, and maybe others, above its class folders.
  let hasSplits: Bool

  /// The endings of torchvision's ImageFolder, and Netpbm's others.
  private static let endings: Set = [
    ".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".pbm", ".bmp", ".tif", ".tiff", ".webp",
  ]

  /// - Parameter files: in any order.
  init(_ files: [ListedFile]) {
    let sorted = files.sorted { ListedFile.precedes($0.path, $1.path) }
    let images = sorted.filter { Self.endings.contains($0.ending) }
    var skipped: [(path: String, reason: String)] = sorted.filter {
      !Self.endings.contains($0.ending)
    }.map { ($0.path, $0.problem ?? "is not an image by its name") }
    let depth = Self.sharedDepth(images)
    let tops = Set(images.compactMap { $0.parts.dropFirst(depth).first?.lowercased() })
    hasSplits = tops.contains { Part.train.names.contains($0) }
    var found: [Image] = []
    found.reserveCapacity(images.count)
    for file in images {
      var parts = file.parts.dropFirst(depth)
      var part = Part.train
      if hasSplits {
        let name = parts.popFirst()?.lowercased() ?? ""
        guard let known = Part.allCases.first(where: { $0.names.contains(name) }) else {
          skipped.append((file.path, "is beside the folder train, not in it"))
          continue
        }
        part = known
      }
      guard parts.count >= 2, let label = parts.first else {
        skipped.append((file.path, "is in no class folder"))
        continue
      }
      found.append(Image(file: file, part: part, label: String(label)))
    }
    self.images =
      found.filter { $0.part == .train } + found.filter { $0.part == .validation }
      + found.filter { $0.part == .test }
    self.skipped = skipped.sorted { ListedFile.precedes($0.path, $1.path) }
  }

  /// The number of folders that hold everything, as archives often have one.
  private static func sharedDepth(_ files: [ListedFile]) -> Int {
    guard let first = files.first else { return 0 }
    var depth = 0
    let folders = first.parts.dropLast()
    for name in folders {
      let isSplit = Part.allCases.contains { $0.names.contains(name.lowercased()) }
      let isShared = files.allSatisfy { file in
        let parts = file.parts
        return parts.count > depth + 2 && parts[depth] == name
      }
      if isSplit || !isShared { break }
      depth += 1
    }
    return depth
  }
}
