import Archives
import Files

/// The zip file that `torch.save` writes: entries one after the other in one folder. PyTorch stores them
/// uncompressed; programs that repacked them may have used deflate. Whatever such files never have is refused.
struct PyTorchArchive {
  let zip: ZipArchive
  /// The common folder of all names, without the slash; empty if they share none.
  private let root: String
  /// The unpacked size of all contents in bytes.
  let unpackedSize: Int

  /// Reads the directory and the header of every entry, but no contents.
  ///
  /// - Throws: ``FileError``, also if it holds code.
  init(_ file: OpenedFile) throws(FileError) {
    zip = try ZipArchive(file, strictly: true)
    let limit = Self.unpackedLimit(file.size)
    var unpacked = 0
    for member in zip.members {
      if member.method != .stored, member.name.contains("/code/") {
        throw file.fault(Self.holdsCode)
      }
      guard member.size <= limit - unpacked else {
        throw file.fault("its entries unpack to more than \(limit) bytes")
      }
      unpacked += member.size
    }
    unpackedSize = unpacked
    let names = zip.members.lazy.filter { !$0.isDirectory }.map(\.name)
    let roots = Set(names.map { $0.prefix { $0 != "/" } })
    if roots.count == 1, let only = roots.first,
      names.allSatisfy({ $0.utf8.count > only.utf8.count })
    {
      root = String(only)
    } else {
      root = ""
    }
    if self["constants.pkl"] != nil || names.contains(where: { $0.hasPrefix(root + "/code/") }) {
      throw file.fault(Self.holdsCode)
    }
  }

  private static let holdsCode =
    "is a TorchScript archive, which holds code; save model.state_dict()"

  /// Weights hardly compress; a higher ratio indicates a zip bomb.
  private static func unpackedLimit(_ size: Int) -> Int {
    max(64 << 20, size.multipliedReportingOverflow(by: 64).partialValue)
  }

  /// The file `name` in the common folder; `nil` if there is no such file or folder.
  subscript(_ name: String) -> ArchiveMember? {
    guard !root.isEmpty, let member = zip["\(root)/\(name)"], !member.isDirectory else {
      return nil
    }
    return member
  }

  /// Describes a zip file that `torch.save` did not write.
  var description: String {
    let names = zip.members.filter { !$0.isDirectory }.map(\.name).sorted()
    if names.contains(where: { $0.hasSuffix("/archive_format") }) {
      return "is a torch.export program, not a state dict; save model.state_dict()"
    }
    let weights = names.first { name in
      [".pth", ".pt", ".bin", ".ckpt", ".safetensors"].contains { name.hasSuffix($0) }
    }
    if let weights {
      return "is a zip archive that holds \(FileError.quoted(weights)); unpack it first"
    }
    if names.contains(where: { $0.hasSuffix(".npy") }) {
      return "is a NumPy archive (.npz), not a state dict; save it with torch.save or safetensors"
    }
    if names.contains("model.weights.h5") {
      return "is a Keras model, not a PyTorch state dict"
    }
    if names.contains("data.pkl") {
      return
        "is a zip file whose data.pkl is not in a folder, unlike in files written by torch.save"
    }
    let inside = names.prefix(3).map { FileError.quoted($0) }.joined(separator: ", ")
    return "is a zip file, but not one written by torch.save: it has no data.pkl"
      + (names.isEmpty ? "" : "; it holds \(inside)\(names.count > 3 ? ", …" : "")")
  }
}
