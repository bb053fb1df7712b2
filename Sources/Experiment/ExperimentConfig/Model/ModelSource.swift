/// A built-in model: its arguments, and its layers in the experiment language.
///
/// The text is a mapping with `parameters`, `layers` and optionally `blocks`, which are visible
/// only inside it, `outputs` and `head`, which have the meaning of an experiment's keys.
package struct ModelSource: Sendable {
  /// What is known of a model besides its layers.
  package struct Facts: Sendable {
    /// The shape of the images that it was published for: channels, height and width.
    package let image: [Int]
    /// The classes that it was published for.
    package let classes: Int
    /// The publication, as a URL; `nil` if there is none.
    package let publication: String?
    /// The implementation whose names and computation it has; `nil` if there is none.
    package let reference: String?

    package init(
      image: [Int], classes: Int, publication: String? = nil, reference: String? = nil
    ) {
      self.image = image
      self.classes = classes
      self.publication = publication
      self.reference = reference
    }
  }

  package let schema: ComponentSchema
  /// The YAML text, as UTF-8.
  package let text: [UInt8]
  package let facts: Facts

  package init(_ schema: ComponentSchema, text: [UInt8], facts: Facts) {
    self.schema = schema
    self.text = text
    self.facts = facts
  }
}
