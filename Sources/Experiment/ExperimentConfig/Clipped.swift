/// Long texts for places that have little room.
package enum Clipped {
  /// At most `limit` Unicode scalars, the last of which is an ellipsis if there were more.
  package static func text(_ text: String, _ limit: Int) -> String {
    text.unicodeScalars.count <= limit
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
