/// A hash that is the same in every process, unlike Swift's own.
package enum StableHash {
  /// FNV-1a with 64 bits; it turns the path of a parameter or layer into the unit of a stream.
  package static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
