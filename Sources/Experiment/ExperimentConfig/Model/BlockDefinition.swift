import Diagnostics
import YAMLSyntax

/// A reusable sub-graph:
///
///     blocks:
///       residual:
///         parameters: {channels: , stride: 1}   # without a default, it is required
///         layers:
///           - conv2d:
///               out_channels: ${channels}   # needs quotes inside {…}
///               kernel_size: 3
///               stride: ${stride}
///
/// With `inputs: [features, skip]`, the block takes as many nodes, which its layers name with `from:`.
struct BlockDefinition {
  struct Parameter {
    var name: String
    var range: SourceRange
    var fallback: YAMLNode?
  }

  var name: String
  var nameRange: SourceRange
  /// The names of its inputs; empty for a single one without a name.
  var inputs: [String]
  var parameters: [Parameter]
  var layers: YAMLNode

  /// The names of a block's parameters, for code that only has to leave `${name}` unchanged.
  static func parameterNames(_ block: YAMLNode) -> Set<String> {
    Set(block["parameters"]?.mapping?.map(\.key) ?? [])
  }

  static func read(
    _ node: YAMLNode, catalog: Catalog, diagnostics: DiagnosticCollector
  ) -> [String: BlockDefinition] {
    guard let entries = node.mapping else {
      diagnostics.error(
        "expected a mapping for 'blocks', found \(node.kindDescription)", at: node.range)
      return [:]
    }
    var blocks: [String: BlockDefinition] = [:]
    for entry in entries {
      blocks[entry.key] = read(entry, catalog: catalog, diagnostics: diagnostics)
    }
    let names = Set(entries.map(\.key))
    for entry in entries { checkNames(of: entry.value, catalog, among: names, diagnostics) }
    return blocks
  }

  /// Checks the layer names in a block, even if it is not used.
  private static func checkNames(
    of block: YAMLNode, _ catalog: Catalog, among blocks: Set<String>,
    _ diagnostics: DiagnosticCollector
  ) {
    for item in block["layers"]?.sequence ?? [] where !item.isReported {
      guard let form = try? ComponentForm.read(item, kind: "", attributes: ModelNode.attributes),
        Template(form.name) == nil, !blocks.contains(form.name),
        catalog.find(.layer, form.name) == nil
      else { continue }
      SchemaChecker.reportUnknownLayer(form, catalog, blocks, diagnostics)
    }
  }

  private static func read(
    _ entry: YAMLEntry, catalog: Catalog, diagnostics: DiagnosticCollector
  ) -> BlockDefinition? {
    if entry.value.isReported { return nil }
    if !ScalarTyping.isIdentifier(entry.key) || ModelNode.attributes.contains(entry.key) {
      diagnostics.error("'\(entry.key)' cannot name a block", at: entry.keyRange)
      return nil
    }
    if catalog.find(.layer, entry.key) != nil {
      diagnostics.error(BlockNameClash.message(entry.key), at: entry.keyRange)
      return nil
    }
    guard let parts = entry.value.mapping else {
      diagnostics.error(
        "expected a mapping for '\(entry.key)', found \(entry.value.kindDescription)",
        at: entry.value.range, hint: "write parameters: and layers: below it")
      return nil
    }
    let known = ["inputs", "parameters", "layers"]
    for part in parts where !known.contains(part.key) {
      diagnostics.error(
        "unknown key '\(part.key)' in '\(entry.key)'", at: part.keyRange,
        hint: Suggestion.hint(for: part.key, among: known) ?? SchemaChecker.listing(known))
    }
    guard let layers = entry.value["layers"] else {
      diagnostics.error("'\(entry.key)' needs 'layers'", at: entry.keyRange)
      return nil
    }
    var parameters: [Parameter] = []
    if let node = entry.value["parameters"], !node.isNull {
      guard let entries = node.mapping else {
        diagnostics.error(
          "expected a mapping for 'parameters', found \(node.kindDescription)", at: node.range)
        return nil
      }
      for parameter in entries {
        if !ScalarTyping.isIdentifier(parameter.key) {
          diagnostics.error("'\(parameter.key)' cannot name a parameter", at: parameter.keyRange)
        }
        parameters.append(
          Parameter(
            name: parameter.key, range: parameter.keyRange,
            fallback: parameter.value.isNull ? nil : parameter.value))
      }
    }
    guard let inputs = inputs(entry.value["inputs"], diagnostics) else { return nil }
    return BlockDefinition(
      name: entry.key, nameRange: entry.keyRange, inputs: inputs, parameters: parameters,
      layers: layers)
  }

  /// The names of a block's inputs; `nil` after an error, which has been reported.
  private static func inputs(
    _ node: YAMLNode?, _ diagnostics: DiagnosticCollector
  ) -> [String]? {
    guard let node, !node.isNull else { return [] }
    guard let items = node.sequence, !items.isEmpty else {
      diagnostics.error(
        "expected a list of names for 'inputs', found \(node.kindDescription)", at: node.range)
      return nil
    }
    var names: [String] = []
    for item in items {
      guard let name = item.scalar?.text, ScalarTyping.isIdentifier(name), name != "input" else {
        diagnostics.error("this cannot name an input of a block", at: item.range)
        return nil
      }
      if names.contains(name) {
        diagnostics.error("two inputs are named '\(name)'", at: item.range)
        return nil
      }
      names.append(name)
    }
    return names
  }
}
