import Files

/// The names of types in `.npy` headers, such as `<f4`.
enum NPYType {
  /// The type of numbers and whether their first byte is the highest.
  ///
  /// - Throws: ``ArrayFault`` for types that hold no numbers to learn from, with what to do.
  static func decode(
    _ type: NPYLiteral.TypeName
  ) throws(ArrayFault) -> (type: NumericType, isBigEndian: Bool) {
    guard case .name(let name) = type else {
      throw ArrayFault(
        "holds records with named fields; save each field as an array of its own: "
          + "numpy.savez(file, x=a['x'], y=a['y'])")
    }
    guard let order = name.unicodeScalars.first, "<>|=".unicodeScalars.contains(order) else {
      throw unknown(name)
    }
    let rest = String(name.unicodeScalars.dropFirst())
    if let type = types[rest] {
      guard order == "<" || order == ">" || order == "|" && type.size == 1 else {
        throw unknown(name)
      }
      return (type, order == ">")
    }
    guard let kind = rest.unicodeScalars.first else { throw unknown(name) }
    let shown = "'\(FileError.printable(name))'"
    switch kind {
    case "O": throw ArrayFault("holds Python objects; pickle is not read: \(objectHint)")
    case "c":
      throw ArrayFault(
        "holds complex numbers (\(shown)); save their parts: numpy.stack([a.real, a.imag], axis=-1)"
      )
    case "S", "U", "a":
      throw ArrayFault(
        "holds strings (\(shown)); save class numbers: "
          + "names, numbers = numpy.unique(a, return_inverse=True)")
    case "M", "m":
      throw ArrayFault("holds times (\(shown)); save numbers: a.astype('int64')")
    case "V":
      throw ArrayFault(
        "holds raw bytes (\(shown)), as NumPy writes bfloat16; save numbers: a.astype('float32')")
    case "f":
      throw ArrayFault("holds floats of a type that is not portable (\(shown)); save float64")
    default: throw unknown(name)
    }
  }

  private static let objectHint =
    "save an array of numbers, all examples of one shape (numpy.stack), or a folder of images"

  private static let types: [String: NumericType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
    "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  private static func unknown(_ name: String) -> ArrayFault {
    ArrayFault("has the unknown type '\(FileError.printable(name))'")
  }
}
