/// Shortens long texts.
package enum Clipped {
  /// At most `limit` Unicode scalars of `text`, the last of which is an ellipsis if it was cut.
  package static func text(_ text: String, _ limit: Int) -> String {
    text.unicodeScalars.count <= limit
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
