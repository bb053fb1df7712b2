import Arrays
import DataSchema
import Files
import Testing

/// Files of NumPy and safetensors against what those say they hold.
struct NumPyTests {
  private func floats(_ hexadecimal: String) -> [UInt32] {
    stride(from: 0, to: hexadecimal.utf8.count, by: 8).map { start in
      let digits = Array(hexadecimal.utf8)[start..<(start + 8)]
      return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)?.byteSwapped ?? 0
    }
  }

  @Test(arguments: [
    ("types.npz", 24), ("compressed.npz", 24), ("types.safetensors", 14), ("version1.npy", 1),
    ("version2.npy", 1), ("version3.npy", 1), ("fortran.npy", 1), ("scalar.npy", 1),
    ("empty.npy", 1), ("medmnist.npz", 6),
  ])
  func areReadWithEqualValues(_ name: String, count: Int) throws {
    let file = try Fixtures.open(name)
    let arrays = try #require(try Fixtures.expected()[name])
    #expect(arrays.count == count)
    #expect(Set(file.names) == Set(arrays.keys))
    #expect(file.names.count == count)
    #expect(name.hasSuffix(file.format.rawValue))
    for (key, expected) in arrays {
      let array = try file[key]
      #expect(array.shape == expected.shape, "\(key)")
      #expect("\(array.elementType)" == expected.type, "\(key)")
      let bytes = try array.bytes(0..<array.rowCount)
      #expect(bytes.hexadecimal == expected.bytes, "\(key)")
      let values = bytes.withUnsafeBytes { array.elementType.numbers(in: $0, as: Float.self) }
      #expect(values.map(\.bitPattern) == floats(expected.floats), "\(key)")
    }
  }

  /// Every range of rows is a part of the whole, in either order.
  @Test(arguments: ["types.npz", "fortran.npy"])
  func areReadByRows(_ name: String) throws {
    let file = try Fixtures.open(name)
    for key in file.names {
      let array = try file[key]
      let whole = try array.bytes(0..<array.rowCount)
      for start in stride(from: 0, through: array.rowCount, by: max(1, array.rowCount / 7)) {
        for end in [start, start + 1, array.rowCount] where start...array.rowCount ~= end {
          let part = whole[(start * array.rowSize)..<(end * array.rowSize)]
          #expect(try array.bytes(start..<end) == Array(part), "\(key) \(start)..<\(end)")
        }
      }
    }
  }

  @Test func knowTheirOrder() throws {
    #expect(try Fixtures.open("fortran.npy")["fortran"].isFortranOrder)
    #expect(try !Fixtures.open("version1.npy")["version1"].isFortranOrder)
  }

  @Test(arguments: [
    ("objects", "holds Python objects; pickle is not read: save an array of numbers"),
    ("complex", "holds complex numbers ('<c16'); save their parts"),
    ("strings", "holds strings ('<U3'); save class numbers"),
    ("bytes", "holds strings ('|S3'); save class numbers"),
    ("records", "holds records with named fields; save each field as an array of its own"),
    ("times", "holds times ('<M8[D]'); save numbers: a.astype('int64')"),
    ("raw", "holds raw bytes ('|V2'), as NumPy writes bfloat16"),
    ("long", "holds floats of a type that is not portable ('<f16'); save float64"),
  ])
  func ofOtherThingsAreRefusedByName(_ name: String, reason: String) throws {
    let file = try Fixtures.open("refused.npz")
    let error = #expect(throws: DataError.self) { try file[name] }
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.path == Fixtures.path("refused.npz") + ": \(name).npy")
    #expect(try file["good"].bytes(0..<3) == [0, 1, 2])
  }

  @Test(arguments: ["small": "F8_E4M3", "complex": "C64"])
  func tensorsOfOtherTypesAreRefusedByName(_ name: String, type: String) throws {
    let file = try Fixtures.open("refused.safetensors")
    let error = #expect(throws: DataError.self) { try file[name] }
    #expect(
      error?.reason
        == "the tensor '\(name)' has the type \(type), which is not supported; save tensor.float()"
    )
    #expect(try file["good"].bytes(0..<2) == [2, 3])
  }
}
