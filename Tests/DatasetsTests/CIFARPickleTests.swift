import DataSchema
import Foundation
import Testing

@testable import Datasets

struct CIFARPickleTests {
  /// `Tests/Fixtures/cifar/make.py` wrote it.
  struct Golden: Decodable {
    let pixels: Data
    let fine: [UInt8]
    let coarse: [UInt8]
    let files: [String: Data]

    static func load() throws -> Golden {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/cifar/batches.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
  }

  private static let kinds = CIFARRelease.cifar100.kinds

  private func error(_ bytes: [UInt8]) -> DataError? {
    do throws(DataError) {
      _ = try CIFARBatch(pickle: bytes, kinds: Self.kinds, path: "train")
      return nil
    } catch { return error }
  }

  private func reason(_ text: String) -> String { error(Array(text.utf8))?.reason ?? "none" }

  @Test func readsWhatBothPythonsWrite() throws {
    let golden = try Golden.load()
    #expect(golden.files.count == 6)
    for (name, file) in golden.files {
      let batch = try CIFARBatch(pickle: Array(file), kinds: Self.kinds, path: name)
      #expect(batch.pixels == Array(golden.pixels), "\(name)")
      #expect(batch.labels == [golden.coarse, golden.fine], "\(name)")
    }
  }

  /// Wherever a file breaks off, and whatever a byte is changed to, there is a batch or an error.
  @Test func damagedFilesAreErrors() throws {
    let file = Array(try #require(try Golden.load().files["python2"]))
    for end in stride(from: 0, to: file.count, by: 7) {
      #expect(error(Array(file[..<end]))?.path == "train")
    }
    // The instructions are at both ends of the file, the pixels between them.
    for place in Array(0..<400) + Array((file.count - 200)..<file.count) {
      for change: UInt8 in [1, 0x20, 0x80, 0xFF] {
        var damaged = file
        damaged[place] ^= change
        _ = error(damaged)
      }
    }
  }

  @Test func nothingIsCalled() {
    #expect(
      reason("cos\nsystem\n(U\u{7}echo hitR.").contains(
        "would call \"os.system\", which is refused"))
    #expect(reason("cos\nsystem\n(U\u{7}echo hib.") != "none")
    #expect(reason("(cos\nsystem\nU\u{2}hio.").contains("instruction 0x6f"))
  }

  @Test func otherPicklesAreErrors() {
    #expect(reason("") == "is truncated: the pickle is incomplete (at byte 0)")
    #expect(reason("K\u{1}.").hasPrefix("is not a pickled dictionary"))
    #expect(reason("}.") == "has no array 'data'")
    #expect(reason("}U\u{4}dataK\u{1}s.") == "has no array 'data'")
    #expect(reason("].").hasPrefix("is not a pickled dictionary"))
    #expect(reason("e.").contains("ends a list that was not started"))
    #expect(reason("s.").contains("takes a value from an empty stack"))
    #expect(reason("(N(.").hasPrefix("is not a pickled dictionary"))
    #expect(reason("h\u{1}.").contains("refers to a value"))
    // A length of 2⁶³ and more, and one beyond the file.
    #expect(error([0x8E] + [UInt8](repeating: 0xFF, count: 8))?.reason.contains("length") == true)
    #expect(error(Array("T".utf8) + [255, 255, 255, 127])?.reason.contains("is truncated") == true)
  }

  /// Values in values in values would overflow the stack when they are freed.
  @Test func deepNestingIsAnError() {
    let many = 300_000
    let byOne = Array("N".utf8) + [UInt8](repeating: 0x85, count: many)
    let byMarks =
      [UInt8](repeating: UInt8(ascii: "("), count: many)
      + [UInt8](repeating: UInt8(ascii: "t"), count: many)
    for deep in [byOne, byMarks] { #expect(error(deep)?.reason.contains("nests values") == true) }
    #expect(reason("}U\u{1}a}s.").contains("nests values"))
    #expect(reason("]]a.").contains("a list of things other"))
    #expect(reason("](lt.") != "none")
  }

  /// A few bytes that ask for the same large array again and again.
  @Test func copiesCannotMultiply() {
    let content = [UInt8](repeating: 0, count: 1 << 20)
    var file: [UInt8] = Array("}T".utf8) + [0, 0, 0x10, 0] + content + Array("q\u{1}".utf8)
    for _ in 0..<2000 {
      file +=
        Array("cnumpy.core.multiarray\n_reconstruct\n)R".utf8) + Array("(K\u{1}J".utf8) + [
          0, 0, 0x10, 0, 0x85,
        ]
      file += Array("cnumpy\ndtype\n(U\u{2}u1tR".utf8) + [0x89] + Array("h\u{1}tb".utf8)
    }
    #expect(error(file)?.reason.contains("would need more memory") == true)
  }
}
