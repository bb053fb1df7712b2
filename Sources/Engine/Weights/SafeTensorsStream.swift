import Files
import SafeTensorsFormat

extension SafeTensors {
  /// An open file whose values are read in pieces. For the weights of a run whose frozen tensors are stored
  /// apart (``FrozenTensors``), the file of those is open as well, and the tensors are those of both.
  package final class Stream {
    /// The frozen tensors first, then the file's own; each in the order of its file.
    package let tensors: [Description]
    package let path: String
    private let own: Part
    private let frozen: Part?
    /// The places in ``tensors``, by name.
    private let places: [String: Int]

    private struct Part {
      let file: OpenedFile
      let header: Header

      init(_ file: OpenedFile) throws(FileError) {
        self.file = file
        header = try Header(file)
      }

      func bytes(_ offsets: Range<Int>) throws(FileError) -> [UInt8] {
        let start = header.bytes.count
        return try file.bytes(at: (start + offsets.lowerBound)..<(start + offsets.upperBound))
      }
    }

    /// Opens a file in the directory of a run.
    ///
    /// - Throws: ``FileError`` if the file, or that of its frozen tensors, is missing or invalid.
    package convenience init(_ name: String, in folder: RootedDirectory) throws(FileError) {
      try self.init(folder.open(name)) { () throws(FileError) in
        try folder.open(FrozenTensors.name(beside: name))
      }
    }

    /// - Parameter sibling: opens the file with the frozen tensors.
    init(
      _ file: OpenedFile, sibling: () throws(FileError) -> OpenedFile
    ) throws(FileError) {
      path = file.path
      own = try Part(file)
      frozen =
        try FrozenTensors.hash(in: own.header) == nil ? nil : Self.frozen(of: file, sibling)
      tensors = (frozen?.header.tensors ?? []) + own.header.tensors
      var places: [String: Int] = [:]
      for (place, tensor) in tensors.enumerated() {
        guard places.updateValue(place, forKey: tensor.name) == nil else {
          throw file.fault(
            "has the tensor \(FileError.quoted(tensor.name)), which \(FrozenTensors.fileName) holds, too"
          )
        }
      }
      self.places = places
    }

    private static func frozen(
      of file: OpenedFile, _ sibling: () throws(FileError) -> OpenedFile
    ) throws(FileError) -> Part {
      do throws(FileError) {
        return try Part(sibling())
      } catch {
        throw FileError(
          path: error.path,
          reason: "\(error.reason) (it holds the frozen tensors of \(file.path))")
      }
    }

    /// A range of the bytes of the tensor at `place` in ``tensors``, row-major, little endian.
    package func bytes(of place: Int, _ range: Range<Int>) throws(FileError) -> [UInt8] {
      let offsets = tensors[place].offsets
      precondition(range.upperBound <= offsets.count)
      let start = offsets.lowerBound
      let part = frozen.flatMap { place < $0.header.tensors.count ? $0 : nil } ?? own
      return try part.bytes((start + range.lowerBound)..<(start + range.upperBound))
    }

    /// The SHA-256 of the whole file, in hexadecimal; reads the whole file. Since the file records the hash of
    /// the one with its frozen tensors, it stands for the contents of both.
    ///
    /// - Throws: ``FileError``, also if the frozen tensors are not those that the file was written with.
    package func sha256() throws(FileError) -> String {
      if let frozen, try Digest.hex(of: frozen.file) != FrozenTensors.hash(in: own.header) {
        throw frozen.file.fault(
          "was edited or damaged: it does not match the hash in \(own.file.path)")
      }
      return try Digest.hex(of: own.file)
    }

    /// The values of all tensors.
    ///
    /// - Throws: ``FileError``, also for a type that this program does not support.
    package func entries() throws(FileError) -> [Entry] {
      var result: [Entry] = []
      for tensor in tensors { result.append(try entry(named: tensor.name)) }
      return result
    }

    /// The values of a tensor.
    ///
    /// - Throws: ``FileError``, also if there is no such tensor, or for a type that this program does not support.
    package func entry(named name: String) throws(FileError) -> Entry {
      guard let place = places[name] else {
        throw own.file.fault("lacks the tensor \(FileError.quoted(name))")
      }
      let tensor = tensors[place]
      guard let type = ElementType(rawValue: tensor.type) else {
        throw own.file.fault(
          "the tensor \(FileError.quoted(name)) has the type \(tensor.type), which is not supported"
        )
      }
      return Entry(
        name: name, type: type, shape: tensor.shape,
        bytes: try bytes(of: place, 0..<tensor.offsets.count))
    }
  }
}

@available(*, unavailable)
extension SafeTensors.Stream: Sendable {}
