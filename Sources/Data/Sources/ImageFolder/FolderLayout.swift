import DataSchema

/// What the names of files below a folder say of their split and their class.
struct FolderLayout: Sendable {
  /// A split that a folder is named after.
  enum Part: UInt8, Sendable, CaseIterable {
    case train
    case validation
    case test

    /// Names of its folder, in lower case.
    private var names: [String] {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["val", "valid", "validation", "dev"]
      case .test: ["test", "testing"]
      }
    }

    /// The split of a folder of this name; `nil` if it is that of none.
    init?(folder name: some StringProtocol) {
      let name = name.lowercased()
      guard let part = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
      self = part
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
  static let endings: Set = [
    ".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".pbm", ".bmp", ".tif", ".tiff", ".webp",
  ]

  /// - Parameter files: in any order.
  init(_ files: [ListedFile]) {
    var images: [(file: ListedFile, parts: [Substring])] = []
    var skipped: [(path: String, reason: String)] = []
    for file in files.sorted(by: { ListedFile.precedes($0.path, $1.path) }) {
      if Self.endings.contains(file.ending) {
        images.append((file, file.parts))
      } else {
        skipped.append((file.path, file.problem ?? "is not an image, judging by its name"))
      }
    }
    let depth = Self.sharedDepth(images.map(\.parts))
    let tops = Set(images.compactMap { $0.parts.dropFirst(depth).first })
    hasSplits = tops.contains { Part(folder: $0) == .train }
    var found: [Image] = []
    found.reserveCapacity(images.count)
    for (file, parts) in images {
      var parts = parts.dropFirst(depth)
      var part = Part.train
      if hasSplits {
        guard let known = Part(folder: parts.popFirst() ?? "") else {
          skipped.append((file.path, "is next to the folder train, not in it"))
          continue
        }
        part = known
      }
      guard parts.count >= 2, let label = parts.first else {
        skipped.append((file.path, "is not in a class folder"))
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
  ///
  /// - Parameter paths: the parts of each.
  private static func sharedDepth(_ paths: [[Substring]]) -> Int {
    guard let first = paths.first else { return 0 }
    var depth = 0
    for name in first.dropLast() {
      let isSplit = Part(folder: name) != nil
      let isShared = paths.allSatisfy { $0.count > depth + 2 && $0[depth] == name }
      if isSplit || !isShared { break }
      depth += 1
    }
    return depth
  }
}
