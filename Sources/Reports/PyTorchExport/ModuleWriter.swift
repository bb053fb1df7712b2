/// Writes one class.
struct ModuleWriter {
  private let table: ClassTable
  private let entry: ClassTable.Entry
  /// The place in ``ClassTable/Entry/roles`` of the next value.
  private var place = 0
  /// The parameters that `forward` reads.
  private var kept: Set<Int> = []

  private init(_ entry: ClassTable.Entry, _ table: ClassTable) {
    self.entry = entry
    self.table = table
  }

  /// The text of a class, with an empty line at its end.
  static func text(of entry: ClassTable.Entry, in table: ClassTable) -> String {
    var writer = ModuleWriter(entry, table)
    let lines: [String]
    switch entry.example.content {
    case .layer: lines = []
    case .sequence(let items): lines = writer.sequence(items)
    case .custom(let body): lines = writer.custom(body)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let indent = "    "

  private var signature: String {
    (["self"] + entry.parameters.map(\.name)).joined(separator: ", ")
  }

  private mutating func sequence(_ items: [ModuleUnit]) -> [String] {
    var lines = ["class \(entry.name)(nn.Sequential):", "    def __init__(\(signature)):"]
    lines.append("        super().__init__(")
    lines += self.items(items).map { "            \($0)" }
    return lines + ["        )"]
  }

  private mutating func custom(_ body: ClassBody) -> [String] {
    var made: [String] = []
    for attribute in body.attributes {
      let value =
        switch attribute.value {
        case .module(let unit): module(unit)
        case .parameter(let code): [text(code, inForward: false)]
        }
      let assignment = attribute.assignment(value.joined(separator: "\n"))
      made += assignment.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    let forward = forward(body)
    var lines = ["class \(entry.name)(nn.Module):"]
    let fields = kept.sorted().map { entry.parameters[$0].name }.map { "self.\($0) = \($0)" }
    if !(made + fields).isEmpty || !entry.parameters.isEmpty {
      lines += ["    def __init__(\(signature)):", "        super().__init__()"]
      lines += (fields + made).map { "        \($0)" }
      lines.append("")
    }
    let inputs = (["self"] + body.inputs).joined(separator: ", ")
    lines.append("    def forward(\(inputs)):")
    return lines + forward.map { "        \($0)" }
  }

  // MARK: Modules

  /// The lines that make a module.
  private mutating func module(_ unit: ModuleUnit) -> [String] {
    if let used = table.entry(of: unit) {
      let arguments = used.parameters.map { parameter in
        PythonArgument(name: parameter.name, value: "", isPositional: parameter.isPositional)
      }
      return ["\(used.name)(\(text(arguments, inForward: false).joined(separator: ", ")))"]
    }
    switch unit.content {
    case .layer(let code): return [text(code, inForward: false)]
    case .sequence(let items):
      return ["nn.Sequential("] + self.items(items).map { Self.indent + $0 } + [")"]
    case .custom: return []
    }
  }

  /// The lines of the modules in a sequence; one for several that are the same.
  private mutating func items(_ items: [ModuleUnit]) -> [String] {
    var lines: [String] = []
    var made: [[String]] = []
    for item in items { made.append(module(item)) }
    var index = 0
    while index < made.count {
      let same = made[index...].prefix { $0 == made[index] }.count
      if same > 2, made[index].count == 1 {
        lines.append("*[\(made[index][0]) for _ in range(\(same))],")
        index += same
      } else {
        lines += made[index].dropLast() + [made[index][made[index].count - 1] + ","]
        index += 1
      }
    }
    return lines
  }

  // MARK: Forward

  private mutating func forward(_ body: ClassBody) -> [String] {
    var lines: [(targets: [String], text: String)] = []
    for statement in body.statements {
      let isNext = lines.last?.targets == ["x"]
      if statement.isFoldable, isNext, let last = lines.last {
        // Written around the value before it.
        let folded = text(statement.code, inForward: true)
        let whole = folded.replacing("(x", with: "(\(last.text)", maxReplacements: 1)
        if whole.utf8.count <= 84 {
          lines[lines.count - 1] = (statement.targets, whole)
        } else {
          lines.append((statement.targets, folded))
        }
        continue
      }
      lines.append((statement.targets, text(statement.code, inForward: true)))
    }
    var written = lines.map { "\($0.targets.joined(separator: ", ")) = \($0.text)" }
    if let last = lines.last, last.targets == body.results {
      written[written.count - 1] = "return \(last.text)"
    } else {
      written.append("return \(body.results.joined(separator: ", "))")
    }
    return written
  }

  // MARK: Values

  private mutating func text(_ code: PythonCode, inForward: Bool) -> String {
    var result = ""
    for part in code.parts {
      switch part {
      case .text(let text): result += text
      case .input, .parameter: break
      case .arguments(let arguments, let afterOthers):
        let written = text(arguments, inForward: inForward)
        if afterOthers, !written.isEmpty { result += ", " }
        result += written.joined(separator: ", ")
      }
    }
    return result
  }

  private mutating func text(_ arguments: [PythonArgument], inForward: Bool) -> [String] {
    var written: [String] = []
    var usesKeywords = false
    for argument in arguments {
      var value = argument.value
      if argument.varies {
        defer { place += 1 }
        switch entry.roles[place] {
        case .omitted:
          usesKeywords = true
          continue
        case .literal(let text): value = text
        case .parameter(let index):
          value = entry.parameters[index].name
          if inForward {
            kept.insert(index)
            value = "self.\(value)"
          }
        }
      } else if value == argument.standard {
        usesKeywords = true
        continue
      }
      if argument.isPositional, !usesKeywords {
        written.append(value)
      } else {
        usesKeywords = true
        written.append("\(argument.name)=\(value)")
      }
    }
    return written
  }
}
