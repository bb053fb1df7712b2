import Files
import TestSupport
import Testing
import Weights

/// What is said where weights do not fit: the likely cause first, then both sides next to each other.
struct MismatchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(
    _ tensors: [(String, [Int])], type: SafeTensors.ElementType = .float32,
    to name: String = "file.safetensors"
  ) throws -> StateDictFile {
    let entries = tensors.map { tensor, shape in
      SafeTensors.Entry(
        name: tensor, type: type, shape: shape,
        bytes: Array(repeating: 0, count: shape.reduce(type.size, *)))
    }
    return try StateDictFile(
      reading: folder.write(SafeTensors.encode(entries).flatMap { $0 }, name))
  }

  private func mismatch(
    _ tensors: [(String, [Int])], _ expected: [ExpectedTensor] = HabitTests.network,
    head: Set<String> = HabitTests.head, name: String = "file.safetensors"
  ) throws -> WeightsMismatch? {
    let file = try write(tensors, to: name)
    return #expect(throws: WeightsMismatch.self) { try file.match(expected, head: head) }
  }

  @Test func otherNamesInTheSameOrder() throws {
    let error = try mismatch([
      ("fc1.weight", [4, 3]), ("fc1.bias", [4]), ("fc2.weight", [2, 4]), ("fc2.bias", [2]),
    ])
    #expect(
      error?.reason
        == "does not match the model: the shapes are the same in the same order, only the "
        + "names differ"
    )
    #expect(error?.hint == "give the layers the file's names: name: fc1")
    #expect(
      error?.details == [
        "the model has 1.weight [4, 3], the file fc1.weight [4, 3]",
        "the model has 1.bias [4], the file fc1.bias [4]",
        "the model has 3.weight [2, 4], the file fc2.weight [2, 4]",
        "the model has 3.bias [2], the file fc2.bias [2]",
      ])
  }

  /// The layers' other names are the cause although the rest agrees; counters do not count.
  @Test func someLayersAreCalledOtherwise() throws {
    let expected =
      HabitTests.network + [
        ExpectedTensor(name: "4.down.weight", shape: [2], type: .float32),
        ExpectedTensor(name: "4.down.num_batches_tracked", shape: [], type: .int64),
      ]
    let error = try mismatch(
      [
        ("1.weight", [4, 3]), ("1.bias", [4]), ("3.weight", [2, 4]), ("3.bias", [2]),
        ("4.shortcut.weight", [2]), ("4.shortcut.num_batches_tracked", []),
      ], expected)
    #expect(
      error?.reason
        == "does not match the model: the shapes are the same in the same order, only the "
        + "names differ"
    )
    #expect(
      error?.details.first == "the model has 4.down.weight [2], the file 4.shortcut.weight [2]")
  }

  /// Authors call the last layer what they like; that it is the head shows by everything else.
  @Test(arguments: ["", "module."])
  func theHeadMayHaveAnotherName(_ prefix: String) throws {
    let layers: [(String, [Int])] = [("1.weight", [4, 3]), ("1.bias", [4])]
    func match(_ head: [(String, [Int])]) throws -> WeightsMatch {
      let file = try write((layers + head).map { (prefix + $0.0, $0.1) })
      return try file.match(HabitTests.network, head: HabitTests.head)
    }
    let found = try match([("linear.weight", [2, 4]), ("linear.bias", [2])])
    #expect(found.loaded.map(\.name) == HabitTests.network.map(\.name))
    #expect(found.loaded.last?.found.name == prefix + "linear.bias")
    #expect(found.notes.last == "the head '3' is 'linear' in the file")
    // Other shapes, a tensor too many, or two layers that could be the head.
    for head: [(String, [Int])] in [
      [("linear.weight", [3, 4]), ("linear.bias", [3])],
      [("linear.weight", [2, 4]), ("linear.bias", [2]), ("linear.scale", [2])],
      [("a.weight", [2, 4]), ("a.bias", [2]), ("b.weight", [2, 4]), ("b.bias", [2])],
    ] {
      #expect(throws: WeightsMismatch.self) { try match(head) }
    }
  }

  /// A model that is the only layer of a list has names such as `0.1.weight`; the file need not know.
  @Test(arguments: ["", "module."])
  func theModelMayBeABlockOfAList(_ prefix: String) throws {
    let network = HabitTests.network.map {
      ExpectedTensor(name: "0." + $0.name, shape: $0.shape, type: $0.type)
    }
    let layers: [(String, [Int])] = [
      ("1.weight", [4, 3]), ("1.bias", [4]), ("linear.weight", [2, 4]), ("linear.bias", [2]),
    ]
    let found = try write(layers.map { (prefix + $0.0, $0.1) })
      .match(network, head: Set(HabitTests.head.map { "0." + $0 }))
    #expect(found.loaded.map(\.name) == network.map(\.name))
    #expect(found.loaded.first?.found.name == prefix + "1.weight")
    #expect(found.notes.last == "the head '0.3' is 'linear' in the file")
    #expect(throws: WeightsMismatch.self) {
      try write([(prefix + "1.weight", [4, 3])]).match(network)
    }
  }

  @Test func theLikeliestPairsComeFirst() throws {
    let error = try mismatch([
      ("1.weight", [4, 3]), ("1.bias", [4]), ("out.bias", [2]), ("out.kernel", [4, 2]),
      ("aux", [7, 7, 7]),
    ])
    #expect(
      error?.reason
        == "does not match the model: it has a different architecture: 2 of 4 tensors match"
    )
    #expect(
      error?.details == [
        "the model has 3.bias [2], the file out.bias [2]",
        "missing in the file: 3.weight [2, 4]",
        "not in the model: out.kernel [4, 2]", "not in the model: aux [7, 7, 7]",
      ])
  }

  @Test(arguments: [
    (
      [("1.weight", [5, 3]), ("1.bias", [5]), ("3.weight", [2, 5]), ("3.bias", [2])],
      "the layer '1' has a different size"
    ),
    (
      [("conv.weight", [8, 1, 3, 3]), ("norm.gamma", [8])],
      "it has a different architecture: no tensor matches"
    ),
    (
      [("1.weight", [4, 3]), ("1.bias", [4])],
      "it has no head: the tensors of the last layer are missing"
    ),
    (
      [
        ("1.weight", [4, 3]), ("1.bias", [4]), ("3.weight", [2, 4]), ("3.bias", [2]),
        ("5.weight", [9, 2]),
      ], "it has one tensor that the model lacks"
    ),
  ])
  func theCauseComesFirst(_ tensors: [(String, [Int])], _ cause: String) throws {
    #expect(try mismatch(tensors)?.reason == "does not match the model: \(cause)")
  }

  @Test func aPrefixOfTheModelIsTheCause() throws {
    let expected = HabitTests.network.map {
      ExpectedTensor(name: "body.\($0.name)", shape: $0.shape, type: $0.type)
    }
    let error = try mismatch(
      [("1.weight", [4, 3]), ("1.bias", [4]), ("3.weight", [2, 4]), ("3.bias", [2]), ("x", [1])],
      expected)
    #expect(
      error?.reason
        == "does not match the model: the model's names begin with 'body.', those of the file "
        + "do not"
    )
  }

  @Test func oneOfSeveralFilesIsNamedAsThat() throws {
    let error = try mismatch(
      [("1.weight", [4, 3]), ("1.bias", [4])], name: "model-00001-of-00002.safetensors")
    #expect(error?.hint == "give their index, such as model.safetensors.index.json")
  }

  @Test func aPrefixIsRemovedFromAHeadOfAnotherSizeToo() throws {
    let file = try write([
      ("module.1.weight", [4, 3]), ("module.1.bias", [4]), ("module.3.weight", [7, 4]),
      ("module.3.bias", [7]),
    ])
    let match = try file.match(HabitTests.network, head: HabitTests.head)
    #expect(match.prefixes == ["module."])
    #expect(match.loaded.map(\.name) == ["1.weight", "1.bias"])
    #expect(
      match.notes == [
        "removed the prefix 'module.' from the names",
        "the head starts from random values: 3.weight and 1 more has a different shape in the file "
          + "([7, 4], not [2, 4])",
      ])
  }

  @Test func aMismatchIsShownWithoutThePrefix() throws {
    let error = try mismatch([
      ("net.1.weight", [4, 3]), ("net.1.bias", [9]), ("net.3.weight", [2, 4]), ("net.3.bias", [2]),
    ])
    #expect(error?.details.first == "1.bias: shape [9] in the file, [4] in the model")
    #expect(error?.details.last == "compared without the prefix 'net.'")
  }

  @Test(arguments: [(Float.nan, "NaN"), (.infinity, "infinity"), (-.infinity, "infinity")])
  func valuesThatAreNotFiniteAreNamed(_ value: Float, _ word: String) throws {
    var bytes = [UInt8](repeating: 0, count: 8)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.replaceSubrange(4..<8, with: $0) }
    let entry = SafeTensors.Entry(name: "a", type: .float32, shape: [2], bytes: bytes)
    let path = try folder.write(SafeTensors.encode([entry]).flatMap { $0 }, "nan.safetensors")
    let file = try StateDictFile(reading: path)
    let match = try file.match([ExpectedTensor(name: "a", shape: [2], type: .float32)])
    let reason =
      "the tensor 'a' holds \(word) (1 of 2 values); such weights cannot be trained or used"
    #expect(throws: FileError(path: path, reason: reason)) { try file.entry(match.loaded[0]) }
  }

  /// A state dict that was converted to half precision as a whole has its counters in it too, and early
  /// versions of PyTorch had no tensors without dimensions.
  @Test func countersAreTakenAsTheyAre() throws {
    let name = "bn.num_batches_tracked"
    let expected = [ExpectedTensor(name: name, shape: [], type: .int64)]
    let bytes = withUnsafeBytes(of: Float(300).bitPattern.littleEndian) { Array($0) }
    let entry = SafeTensors.Entry(name: name, type: .float32, shape: [1], bytes: bytes)
    let file = try StateDictFile(
      reading: folder.write(SafeTensors.encode([entry]).flatMap { $0 }, "counter.safetensors"))
    let loaded = try #require(file.match(expected).loaded.first)
    let value = try file.entry(loaded)
    #expect(value.type == .int64)
    #expect(value.shape == [])
    #expect(value.bytes == withUnsafeBytes(of: Int64(300).littleEndian) { Array($0) })
  }
}
