/// A hash that is the same in every process, unlike Swift's `Hasher`.
package enum StableHash {
  /// 64-bit FNV-1a; used to derive the unit of a random stream from the path of a parameter or
  /// layer.
  package static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
