import Files
import TestSupport
import Weights

extension FuzzedReaders {
  private static let pickleWords =
    words(
      "}", "(", ")", "]", "u", "s", "t", "R", "Q", "b", ".", "N", "0", "1", "2", "q\0", "h\0",
      "K\0",
      "ctorch\nFloatStorage\n", "cbuiltins\neval\n", "ccollections\nOrderedDict\n",
      "ctorch._utils\n_rebuild_tensor_v2\n", "X\u{5}\0\0\0state")
    + [
      [0x80, 2], [0x85], [0x86], [0x87], [0x88], [0x8A, 8], [0x8B], [0x94], [0x93], [0x81], [0x95],
    ]

  /// Zip files of `torch.save`.
  static let pyTorch = FuzzedReader("pth", words: pickleWords + zipWords, repair: repairZip) {
    try ["checkpoint", "types", "views", "protocol4", "protocol5", "parameters"].map {
      try fixture("weights/\($0).pth")
    }
  } read: { bytes, path in
    try readWeights(bytes, path)
  }

  /// Pickles of `torch.save` before PyTorch 1.6.
  static let oldPyTorch = FuzzedReader("legacy.pth", words: pickleWords) {
    try ["legacy", "views-legacy", "python2"].map { try fixture("weights/\($0).pth") }
  } read: { bytes, path in
    try readWeights(bytes, path)
  }

  /// Reads every tensor of the preferred state dict; tensors of a kind that cannot be computed with are refused
  /// one by one.
  static func readWeights(_ bytes: [UInt8], _ path: String) throws {
    let file = try StateDictFile(reading: path)
    try FuzzViolation.require(!file.dicts.isEmpty, "no state dict")
    for key in file.keys.prefix(20) { _ = Result { try file.dict(underKey: key) } }
    var refusal: FileError?
    for tensor in file.tensors {
      var entry: SafeTensors.Entry?
      do throws(FileError) {
        entry = try file.entries(named: [tensor.name]).first
      } catch {
        refusal = error
      }
      guard let entry else { continue }
      try FuzzViolation.require(
        entry.shape == tensor.shape
          && entry.bytes.count == entry.shape.reduce(entry.type.size, *),
        "the shape \(entry.shape) with \(entry.bytes.count) bytes")
    }
    if let refusal, file.tensors.count == 1 { throw refusal }
  }
}
