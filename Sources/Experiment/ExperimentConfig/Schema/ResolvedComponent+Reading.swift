import Diagnostics
import YAMLSyntax

extension ResolvedComponent {
  /// Reads a component that is written as in an experiment, such as `image_folder: pets`.
  ///
  /// - Parameter source: the text; paths in it are relative to its name.
  /// - Throws: ``InputError`` with everything that is wrong with it.
  package static func read(
    _ source: SourceFile, as kind: ComponentKind, catalog: Catalog
  ) throws -> ResolvedComponent {
    let components = try readAll(source, as: kind, catalog: catalog)
    guard components.count == 1 else {
      throw InputError("expected \(kind.withArticle), found \(components.count)")
    }
    return components[0]
  }

  /// Reads a component, or a list of them where the kind allows several.
  ///
  /// - Throws: ``InputError`` with everything that is wrong with them.
  package static func readAll(
    _ source: SourceFile, as kind: ComponentKind, catalog: Catalog
  ) throws -> [ResolvedComponent] {
    let diagnostics = DiagnosticCollector()
    let value = YAMLParser.parse(source, into: diagnostics).flatMap {
      SchemaChecker(catalog: catalog, diagnostics: diagnostics)
        .check($0, as: .component(kind), label: kind.description)
    }
    guard let value, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return try oneOrMore(value)
  }
}
