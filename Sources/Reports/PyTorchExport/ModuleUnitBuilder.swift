import Diagnostics
import Graph

/// Makes the modules of a model from its tree.
struct ModuleUnitBuilder {
  private let graph: Graph
  private let root: ModuleTree
  private let tree: ModuleTreeBuilder
  /// The names of blocks, by their paths.
  private let blocks: [String: String]
  private var forms = FormNumbers()
  /// The classes that the modules need and `torch.nn` does not have.
  private(set) var helpers: Set<PythonHelper> = []

  init(_ graph: Graph, blocks: [String: String]) {
    self.graph = graph
    self.blocks = blocks
    tree = ModuleTreeBuilder(graph)
    root = tree.tree()
  }

  /// The whole model, a class of the name `Model`.
  ///
  /// - Throws: `InputError` at a layer without a counterpart.
  mutating func model() throws -> ModuleUnit {
    try unit(root, className: "Model", inputs: graph.inputs.map(\.name))
  }

  // MARK: Modules

  private mutating func unit(
    _ tree: ModuleTree, className: String? = nil, inputs: [String] = []
  ) throws -> ModuleUnit {
    if let node = tree.node {
      let layer = try layer(node)
      if let module = layer.module {
        return ModuleUnit(
          .layer(module), className: "", form: forms.number(of: "layer " + module.form))
      }
      // A sequence needs a module where others need an expression.
      return try custom(
        [tree], inputs: tree.inputs, results: tree.results,
        className: Python.className(graph.nodes[node].layer))
    }
    let name = className ?? Python.className(blocks[tree.path] ?? tree.name)
    if try isSequence(tree) {
      let items = try tree.children.map { child in try unit(child) }
      let text = "sequence \(name) \(items.map(\.form))"
      return ModuleUnit(.sequence(items), className: name, form: forms.number(of: text))
    }
    return try custom(
      tree.children, inputs: tree.inputs, results: tree.results, className: name,
      path: tree.path, inputNames: inputs)
  }

  private mutating func layer(_ index: Int) throws -> PythonLayer {
    let node = graph.nodes[index]
    let layer = try PythonLayer(node, node.inputs.map { graph.shape(of: $0) })
    if let helper = layer.helper { helpers.insert(helper) }
    return layer
  }

  /// Whether each module takes the result of the one before it, and they are numbered.
  private mutating func isSequence(_ tree: ModuleTree) throws -> Bool {
    guard tree.inputs.count == 1, tree.results.count == 1 else { return false }
    var value = tree.inputs[0]
    for (place, child) in tree.children.enumerated() {
      guard child.name == String(place), child.inputs == [value], child.results.count == 1,
        child.owner == nil
      else { return false }
      if let index = child.node {
        // A parameter that belongs to the sequence itself, or a value that is read twice.
        if try layer(index).parameter != nil || graph.nodes[index].inputs.count > 1 {
          return false
        }
      }
      value = child.results[0]
    }
    return value == tree.results[0]
  }

  /// Whether a block does nothing but check its input.
  private mutating func isIdentity(_ tree: ModuleTree) throws -> Bool {
    guard tree.inputs.count == 1, tree.results.count == 1 else { return false }
    for leaf in tree.leaves {
      if let index = leaf.node, try !layer(index).isIdentity { return false }
    }
    return true
  }

  private mutating func custom(
    _ children: [ModuleTree], inputs: [Graph.Source], results: [Graph.Source], className: String,
    path: String = "", inputNames: [String] = []
  ) throws -> ModuleUnit {
    var body = ForwardBuilder(
      graph, children, inputs: inputs, results: results, names: inputNames)
    for child in children {
      if let owner = child.owner {
        body.call(child, access: try shared(owner, by: child, in: path))
        continue
      }
      guard let index = child.node else {
        if try isIdentity(child) {
          body.pass(child)
          continue
        }
        let module = try unit(child)
        body.add(child, .module(module), base: Python.className(blocks[child.path] ?? child.name))
        continue
      }
      let layer = try layer(index)
      let node = graph.nodes[index]
      let isNamed = Python.isIdentifier(child.name)
      if layer.isIdentity {
        body.pass(child)
      } else if let parameter = layer.parameter, let expression = layer.expression {
        body.add(child, .parameter(parameter), expression: expression, base: node.layer)
      } else if let expression = layer.expression, !isNamed || layer.module == nil {
        body.compute(child, expression, base: node.layer, isFoldable: layer.isFoldable)
      } else if let module = layer.module {
        let form = forms.number(of: "layer " + module.form)
        body.add(
          child, .module(ModuleUnit(.layer(module), className: "", form: form)), base: node.layer)
      }
    }
    let made = body.body
    let text = "class \(className) " + form(of: made)
    return ModuleUnit(.custom(made), className: className, form: forms.number(of: text))
  }

  /// The form of a class, in which its modules are numbers.
  private func form(of body: ClassBody) -> String {
    let attributes = body.attributes.map { attribute in
      switch attribute.value {
      case .module(let unit): "\(attribute.name) \(unit.form)"
      case .parameter(let code): "\(attribute.name) \(code.form)"
      }
    }
    let statements = body.statements.map { "\($0.targets) \($0.code.form)" }
    return "\(attributes) \(body.inputs) \(statements) \(body.results)"
  }

  // MARK: Sharing

  /// How a class calls the module that another layer or block uses, too.
  private mutating func shared(
    _ owner: String, by child: ModuleTree, in path: String
  ) throws -> String {
    let prefix = path.isEmpty ? "" : path + "."
    guard owner.hasPrefix(prefix), let found = root.find(owner), tree.areAlike(found, child) else {
      let node = child.leaves.first?.node.map { graph.nodes[$0] }
      throw InputError([
        Diagnostic(
          .error,
          "'\(child.path)' uses the parameters of '\(owner)' and computes something else with them, "
            + "which cannot be written in Python yet", at: node?.range ?? graph.nodes[0].range)
      ])
    }
    let words = owner.dropFirst(prefix.count).split(separator: ".").map(String.init)
    var isParameter = false
    if let index = found.node, try layer(index).parameter != nil { isParameter = true }
    return ClassBody.Attribute.access(path: words, isParameter: isParameter)
  }
}
