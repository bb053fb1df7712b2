/// A built-in model: its arguments, and its layers in the experiment language.
///
/// The text is a mapping with `parameters`, `layers` and optionally `blocks`, which are visible
/// only inside it.
package struct ModelSource: Sendable {
  package let schema: ComponentSchema
  /// The YAML text, as UTF-8.
  package let text: [UInt8]

  package init(_ schema: ComponentSchema, text: [UInt8]) {
    self.schema = schema
    self.text = text
  }
}
