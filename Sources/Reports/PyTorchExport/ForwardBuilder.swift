import Graph

/// Writes the `forward` of a class: a variable for each value, `x` for those that the next statement reads.
struct ForwardBuilder {
  private let graph: Graph
  private let children: [ModuleTree]
  private(set) var body = ClassBody()
  /// The variables that hold values.
  private var variables: [Graph.Source: String] = [:]
  /// The places of the children that read each value; after the last for a result.
  private var readers: [Graph.Source: [Int]] = [:]
  private var taken: Set<String>
  private var place = 0
  private let results: [Graph.Source]

  init(
    _ graph: Graph, _ children: [ModuleTree], inputs: [Graph.Source], results: [Graph.Source],
    names: [String]
  ) {
    self.graph = graph
    self.children = children
    self.results = results
    taken = Python.keywords.union(["self", "x", "inputs", "torch", "nn", "F", "math"])
    for (place, child) in children.enumerated() {
      for source in child.inputs { readers[source, default: []].append(place) }
    }
    for source in results { readers[source, default: []].append(children.count) }
    if inputs.count == 1 {
      let isShort = readers[inputs[0]] == [0]
      variables[inputs[0]] = isShort ? "x" : "inputs"
    } else {
      for (place, source) in inputs.enumerated() {
        var name = "x\(place + 1)"
        if case .input(let index) = source, index < names.count { name = names[index] }
        variables[source] = unique(name)
      }
    }
    body.inputs = inputs.compactMap { variables[$0] }
    body.results = results.compactMap { variables[$0] }
  }

  private mutating func unique(_ base: String) -> String {
    let letters = base.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    let stem = letters.first?.isNumber == false ? String(letters) : "value_" + String(letters)
    var name = stem
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(stem)\(number)"
      number += 1
    }
    return name
  }

  // MARK: Statements

  /// A layer that does nothing.
  mutating func pass(_ child: ModuleTree) {
    let (from, to) = (child.inputs[0], child.results[0])
    variables[to] = variables[from]
    // `x` may have been overwritten only if nothing read it afterwards.
    if variables[from] == "x", readers[to] != [place + 1] {
      let name = unique("value")
      body.statements.append(ClassBody.Statement(targets: [name], code: PythonCode([.text("x")])))
      variables[to] = name
    }
    finish(child)
  }

  /// A layer that needs no module.
  mutating func compute(
    _ child: ModuleTree, _ code: PythonCode, base: String, isFoldable: Bool = false
  ) {
    append(
      child, code.with(inputs: inputs(of: child)), base: base, isFoldable: isFoldable)
  }

  /// A module or a parameter, and what is computed with it.
  ///
  /// - Parameter expression: with the parameter; `nil` for a call of the module.
  mutating func add(
    _ child: ModuleTree, _ value: ClassBody.Attribute.Value, expression: PythonCode? = nil,
    base: String
  ) {
    let attribute = ClassBody.Attribute(name: child.name, value: value)
    body.attributes.append(attribute)
    if let expression {
      let code = expression.with(inputs: inputs(of: child), parameter: attribute.access)
      append(child, code, base: base)
    } else {
      append(child, call(child, attribute.access), base: base)
    }
  }

  /// A call of a module that belongs to another child.
  mutating func call(_ child: ModuleTree, access: String) {
    append(child, call(child, access), base: child.name)
  }

  private func call(_ child: ModuleTree, _ access: String) -> PythonCode {
    PythonCode([.text("\(access)(\(inputs(of: child).joined(separator: ", ")))")])
  }

  /// The variables that a child reads: for a layer as often as it reads them.
  private func inputs(of child: ModuleTree) -> [String] {
    let sources = child.node.map { graph.nodes[$0].inputs } ?? child.inputs
    return sources.compactMap { variables[$0] }
  }

  private mutating func append(
    _ child: ModuleTree, _ code: PythonCode, base: String, isFoldable: Bool = false
  ) {
    var targets: [String] = []
    for source in child.results {
      let isShort = child.results.count == 1 && readers[source] == [place + 1]
      let name: String
      if isShort {
        name = "x"
      } else if child.results.count == 1 {
        name = unique(Python.isIdentifier(child.name) ? child.name : base.lowercased())
      } else {
        name = unique(graph.name(of: source).split(separator: ".").last.map(String.init) ?? base)
      }
      variables[source] = name
      targets.append(name)
    }
    body.statements.append(
      ClassBody.Statement(targets: targets, code: code, isFoldable: isFoldable))
    finish(child)
  }

  private mutating func finish(_ child: ModuleTree) {
    place += 1
    body.results = results.compactMap { variables[$0] }
  }
}
