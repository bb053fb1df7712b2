/// An input or a target of every example.
package struct DataField: Hashable, Sendable {
  package var name: String
  package var kind: FieldKind

  package init(_ name: String, _ kind: FieldKind) {
    self.name = name
    self.kind = kind
  }
}
