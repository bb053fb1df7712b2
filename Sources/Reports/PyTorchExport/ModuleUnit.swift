import Graph

/// A module of the model as Python has it: a layer, a sequence of modules, or a class with a `forward` of its own.
final class ModuleUnit {
  enum Content {
    case layer(PythonCode)
    case sequence([ModuleUnit])
    case custom(ClassBody)
  }

  let content: Content
  /// What a class of it is called.
  let className: String
  /// The same for modules that differ at most in values that can be arguments.
  let form: Int

  init(_ content: Content, className: String, form: Int) {
    self.content = content
    self.className = className
    self.form = form
  }
}

/// What a class holds: its modules and parameters, and the statements of its `forward`.
struct ClassBody {
  struct Attribute {
    enum Value {
      case module(ModuleUnit)
      case parameter(PythonCode)
    }

    let name: String
    let value: Value
  }

  struct Statement {
    let targets: [String]
    var code: PythonCode
    /// Whether the expression may be written around the one before it.
    var isFoldable = false
  }

  var attributes: [Attribute] = []
  var inputs: [String] = []
  var statements: [Statement] = []
  var results: [String] = []
}

/// Numbers for texts, the same number for the same text.
struct FormNumbers {
  private var numbers: [String: Int] = [:]

  mutating func number(of text: String) -> Int {
    if let number = numbers[text] { return number }
    numbers[text] = numbers.count
    return numbers.count - 1
  }
}

extension ClassBody.Attribute {
  /// How `forward` reads the attribute.
  var access: String { Self.access(name, isParameter: isParameter) }

  private var isParameter: Bool { if case .parameter = value { true } else { false } }

  static func access(_ name: String, isParameter: Bool) -> String {
    if Python.isAttribute(name) { return "self.\(name)" }
    if isHidden(name) { return "self._\(isParameter ? "parameters" : "modules")[\"\(name)\"]" }
    return "self.get_\(isParameter ? "parameter" : "submodule")(\"\(name)\")"
  }

  /// The access to a module of a module.
  static func access(path: [String], isParameter: Bool) -> String {
    guard path.count > 1 else { return access(path[0], isParameter: isParameter) }
    if path.allSatisfy(Python.isAttribute) { return "self." + path.joined(separator: ".") }
    return "self.get_\(isParameter ? "parameter" : "submodule")(\"\(path.joined(separator: "."))\")"
  }

  /// The statement that sets it.
  func assignment(_ value: String) -> String {
    if Python.isAttribute(name) { return "self.\(name) = \(value)" }
    if Self.isHidden(name) {
      return "self._\(isParameter ? "parameters" : "modules")[\"\(name)\"] = \(value)"
    }
    return isParameter
      ? "self.register_parameter(\"\(name)\", \(value))" : "self.add_module(\"\(name)\", \(value))"
  }

  /// Whether every module has something else of this name.
  private static func isHidden(_ name: String) -> Bool {
    Python.isIdentifier(name) && !Python.isAttribute(name)
  }
}
