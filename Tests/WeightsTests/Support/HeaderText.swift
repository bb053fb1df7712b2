/// A .safetensors file of a header in words and some values, whether they fit each other or not.
func file(_ header: String, values: Int = 0, claim: UInt64? = nil) -> [UInt8] {
  file(header: Array(header.utf8), values: values, claim: claim)
}

func file(header: [UInt8], values: Int = 0, claim: UInt64? = nil) -> [UInt8] {
  let size = claim ?? UInt64(header.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * UInt64($0))) } + header
    + [UInt8](repeating: 0, count: values)
}

/// The header's words for one tensor.
func tensor(
  _ name: String, _ shape: String = "[1]", _ offsets: String = "[0,4]", type: String = "F32"
) -> String {
  "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}
