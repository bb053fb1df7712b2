import Diagnostics

extension Arguments {
  /// The default arguments of a component given by name only.
  ///
  /// - Throws: ``InputError`` if it has a required argument.
  package init(defaultsOf schema: ComponentSchema) throws {
    let diagnostics = DiagnosticCollector()
    let source = SourceFile(name: schema.name, text: schema.name, kind: .builtIn)
    let start = Position(line: 1, column: 1)
    let place = SourceRange(file: source, start: start, end: start)
    let checker = SchemaChecker(catalog: Catalog([:]), diagnostics: diagnostics)
    let values = checker.record(
      [], schema.arguments, label: schema.name, at: place, isArguments: true)
    guard let values, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    self.init(values)
  }
}
