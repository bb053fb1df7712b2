import Classification
import Files
import Glibc
import PNGImage
import RunRecord
import Tasks
import TensorBoard
import TestSupport
import Testing

/// The records of an event file up to the first that is cut or damaged.
private func records(_ bytes: [UInt8]) -> [[UInt8]] {
  func number(_ slice: ArraySlice<UInt8>) -> UInt64 {
    slice.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  var result: [[UInt8]] = []
  var rest = bytes[...]
  while rest.count >= 12 {
    let head = rest.prefix(12)
    guard number(head.suffix(4)) == UInt64(CRC32C.masked(Array(head.prefix(8)))) else { break }
    let length = Int(number(head.prefix(8)))
    guard rest.count >= 16 + length else { break }
    let data = Array(rest.dropFirst(12).prefix(length))
    guard number(rest.dropFirst(12 + length).prefix(4)) == UInt64(CRC32C.masked(data)) else {
      break
    }
    result.append(data)
    rest = rest.dropFirst(16 + length)
  }
  return result
}

@Suite struct EventFileTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  @Test("the examples of RFC 3720, B.4")
  func checksum() {
    #expect(CRC32C.checksum([]) == 0)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum((0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
  }

  /// TensorBoard 2.21's own messages, framed by its own code.
  @Test func bytesAreThoseOfTensorBoard() throws {
    let version = EventMessage(wallTime: 1_700_000_000.5, step: 0, content: .fileVersion)
    #expect(
      EventFileWriter.record(try version.encoded()).hexadecimal
        == "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110")
    let scalars = EventMessage(
      wallTime: 1_700_000_001.5, step: 300,
      content: .summary([.scalar(tag: "loss/train", 0.25), .scalar(tag: "lr", 1e-3)]))
    #expect(
      EventFileWriter.record(try scalars.encoded()).hexadecimal
        == "2c00000000000000f4aecc450900006040fc54d94110ac022a1e0a110a0a6c6f73732f747261696e"
        + "150000803e0a090a026c72156f12833aac3ccda6")
  }

  @Test func fileIsNamedAsTensorBoardWantsIt() throws {
    let writer = try EventFileWriter(
      in: RootedDirectory(folder), wallTime: 1_700_000_000.9, host: "a/b ü", processIdentifier: 7)
    #expect(writer.path == "\(folder)/events.out.tfevents.1700000000.a-b--.7.0")
    #expect(throws: FileError.self) {
      try EventFileWriter(
        in: RootedDirectory(folder), wallTime: 1_700_000_000, host: "a/b ü", processIdentifier: 7)
    }
  }

  @Test func wholeRecordsSurviveEveryCut() throws {
    let writer = try EventFileWriter(in: RootedDirectory(folder), wallTime: 1, host: "h")
    for epoch in 1...3 {
      try writer.append(
        EpochRecord(fold: 0, epoch: epoch, values: ["val_loss": 0.5, "lr": 1]), wallTime: 2)
    }
    try writer.synchronize()
    let bytes = try FileReading.bytes(of: writer.path)
    let whole = records(bytes)
    #expect(whole.count == 4)
    var end = 0
    let ends = whole.map { record in
      end += record.count + 16
      return end
    }
    for cut in 0..<bytes.count {
      #expect(records(Array(bytes.prefix(cut))).count == ends.prefix { $0 <= cut }.count)
    }
  }

  @Test func continuesAFile() throws {
    let directory = RootedDirectory(folder)
    let writer = try EventFileWriter(in: directory, wallTime: 1, host: "h")
    let length = writer.length
    try writer.append(EpochRecord(fold: 0, epoch: 1, values: ["lr": 1]), wallTime: 2)
    let again = try EventFileWriter(continuing: writer.name, in: directory, at: length)
    try again.append(EpochRecord(fold: 0, epoch: 2, values: ["lr": 1]), wallTime: 2)
    #expect(try records(FileReading.bytes(of: writer.path)).count == 2)
  }

  /// Filled up with zeros, it would end there for TensorBoard.
  @Test func aFileThatWasCutIsNotFilledUp() throws {
    let directory = RootedDirectory(folder)
    let writer = try EventFileWriter(in: directory, wallTime: 1, host: "h")
    let length = writer.length
    #expect(truncate(writer.path, length - 3) == 0)
    #expect(throws: FileError.self) {
      try EventFileWriter(continuing: writer.name, in: directory, at: length)
    }
    #expect(try directory.size(of: writer.name) == length - 3)
  }

  @Test(arguments: [
    ("events.out.tfevents.1700000000.a-b--.7.0", true), ("events.out.tfevents.1.h.1.0", true),
    ("events.out.tfevents.../../../thesis.0", false), ("events.x/../thesis", false),
    ("../events.out.tfevents.1.h.1.0", false), ("events.out.tfevents.1.h.1.0\n", false),
    ("events.out.tfevents.1.h.1", false), ("metrics.jsonl", false),
  ])
  func names(_ name: String, _ isName: Bool) { #expect(EventFileWriter.isName(name) == isName) }

  @Test(arguments: [
    ("train_loss", "loss/train"), ("val_f1_macro", "f1_macro/validation"), ("lr", "lr"),
    ("train_", "/train"),
  ])
  func tags(_ key: String, _ tag: String) { #expect(EventFileWriter.tag(key) == tag) }

  @Test func confusionMatrixBecomesAPicture() throws {
    let table = Predictions(
      labels: [0, 0, 1, 2], predictions: [0, 1, 1, 0], scores: Array(repeating: 0, count: 12),
      classes: 3)
    let picture = try #require(ConfusionPicture.draw(table))
    #expect(picture.width == picture.height)
    let cell = (picture.width - 22) / 3
    // The first row is half right, the third all wrong.
    #expect(picture[14 + 1, 14 + 1] == picture[14 + cell + 1, 14 + 1])
    #expect(picture[14 + 1, 14 + 2 * cell + 1] == .init(0x08306B))
    #expect(picture[14 + 2 * cell + 1, 14 + 1] == .init(0xFFFFFF))
    #expect(ConfusionPicture.draw(Predictions(classes: 3)) == nil)
    let writer = try EventFileWriter(in: RootedDirectory(folder), wallTime: 3, host: "picture")
    try writer.append(
      picture, name: "confusion_matrix", split: "test", step: 1, wallTime: 4)
    let last = try #require(records(FileReading.bytes(of: writer.path)).last)
    let png = try picture.png()
    #expect(last.suffix(png.count) == png[...])
  }
}
