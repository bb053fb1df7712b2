import Files

/// A state dict in a file, be it of `.safetensors` or of `torch.save`. What it holds is read and
/// checked when it is opened, its values one tensor at a time when they are asked for.
package final class StateDictFile {
  package let path: String
  /// What the file holds, in its order.
  package let tensors: [Tensor]
  private let file: OpenedFile
  private let format: Format
  private let places: [String: Int]

  /// A tensor without its values.
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let shape: [Int]
    /// As `.safetensors` names it: F64, F32, F16, BF16, I64, I32, …
    package let type: String
  }

  private enum Format {
    case safeTensors(SafeTensors.Header)
    case pyTorch(PyTorchFile)
  }

  /// Opens the file. Its first bytes say what it is; its name says nothing.
  ///
  /// - Throws: ``FileError`` with what is wrong.
  package convenience init(reading path: String) throws(FileError) {
    try self.init(OpenedFile(path))
  }

  /// The same for a file that is open already.
  package init(_ file: OpenedFile) throws(FileError) {
    self.file = file
    path = file.path
    let start = try file.bytes(at: 0..<min(file.size, 9))
    // A .safetensors file begins with any eight bytes, and '{'. In the other forms the ninth byte is
    // a zip's compression or part of a magic number.
    if start.count < 9 || start[8] == UInt8(ascii: "{") {
      let header = try SafeTensors.Header(file)
      format = .safeTensors(header)
      tensors = header.tensors.map { Tensor(name: $0.name, shape: $0.shape, type: $0.type) }
    } else {
      let opened = try Self.open(file, start)
      format = .pyTorch(opened)
      tensors = opened.tensors.map {
        Tensor(name: $0.name, shape: $0.tensor.shape, type: $0.tensor.storage.type)
      }
    }
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func open(
    _ file: OpenedFile, _ start: [UInt8]
  ) throws(FileError) -> PyTorchFile {
    if start.starts(with: [0x50, 0x4B, 3, 4]) { return try PyTorchFile(zip: file) }
    if start[0] == 0x80, (2...5).contains(start[1]) { return try PyTorchFile(pickles: file) }
    if file.size >= 262, try file.bytes(at: 257..<262) == Array("ustar".utf8) {
      throw file.fault(
        "is a tar file, as PyTorch wrote before 0.2; load it there and save it anew")
    }
    throw file.fault("is neither a .safetensors file nor one that torch.save wrote")
  }

  /// SHA-256 of the whole file, in hexadecimal; reads it through.
  package func sha256() throws(FileError) -> String { try Digest.hex(of: file) }

  /// The values of the tensors named, in this order: 32-bit floats and 64-bit whole numbers, whatever
  /// the file has them in (``SafeTensors/ElementType/init(converting:)``).
  ///
  /// - Throws: ``FileError`` where one is not there, damaged or of a type without such a conversion.
  package func entries(named names: [String]) throws(FileError) -> [SafeTensors.Entry] {
    var entries: [SafeTensors.Entry] = []
    for name in names { entries.append(try entry(name)) }
    return entries
  }

  private func entry(_ name: String) throws(FileError) -> SafeTensors.Entry {
    guard let place = places[name] else {
      throw file.fault("has no tensor \(HeaderFault.shown(name))")
    }
    let tensor = tensors[place]
    guard let type = SafeTensors.ElementType(converting: tensor.type) else {
      throw file.fault(
        "the tensor \(HeaderFault.shown(name)) has the type \(tensor.type), which cannot be "
          + "computed with")
    }
    return SafeTensors.Entry(
      name: name, type: type, shape: tensor.shape,
      bytes: type.convert(try bytes(place), from: tensor.type))
  }

  private func bytes(_ place: Int) throws(FileError) -> [UInt8] {
    switch format {
    case .safeTensors(let header):
      let (start, offsets) = (header.bytes.count, header.tensors[place].offsets)
      return try file.bytes(at: (start + offsets.lowerBound)..<(start + offsets.upperBound))
    case .pyTorch(let opened): return try opened.bytes(of: opened.tensors[place].tensor)
    }
  }
}

@available(*, unavailable)
extension StateDictFile: Sendable {}
