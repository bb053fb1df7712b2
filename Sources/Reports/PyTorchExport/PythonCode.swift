/// An argument of a call in Python.
struct PythonArgument {
  /// Its keyword, and what a class calls it that passes it on.
  let name: String
  /// As Python writes it.
  let value: String
  /// Whether it is written without its keyword.
  var isPositional = false
  /// The value that it has if it is left out; `nil` if it cannot be.
  var standard: String?
  /// Whether classes of the same form may differ in it.
  var varies = true
}

extension PythonArgument {
  static func place(_ name: String, _ value: String) -> PythonArgument {
    PythonArgument(name: name, value: value, isPositional: true)
  }

  static func place(_ name: String, _ value: Int) -> PythonArgument {
    place(name, String(value))
  }

  static func option(_ name: String, _ value: String, _ standard: String) -> PythonArgument {
    PythonArgument(name: name, value: value, standard: standard)
  }

  static func option(_ name: String, _ value: Int, _ standard: Int) -> PythonArgument {
    option(name, String(value), String(standard))
  }

  static func option(_ name: String, _ value: Double, _ standard: Double) -> PythonArgument {
    option(name, Python.number(value), Python.number(standard))
  }

  static func flag(_ name: String, _ value: Bool, _ standard: Bool) -> PythonArgument {
    PythonArgument(
      name: name, value: Python.bool(value), standard: Python.bool(standard), varies: false)
  }

  /// A text that is always written.
  static func word(_ name: String, _ value: String) -> PythonArgument {
    PythonArgument(name: name, value: value, varies: false)
  }
}

/// A piece of Python in which arguments can still be replaced by names.
struct PythonCode {
  enum Part {
    case text(String)
    /// One of the layer's inputs.
    case input(Int)
    /// The layer's own parameter.
    case parameter
    /// Arguments of a call, separated by commas; with a comma before them if others came first.
    case arguments([PythonArgument], afterOthers: Bool)
  }

  var parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  /// A call without inputs, such as the constructor of a module.
  static func call(_ name: String, _ arguments: [PythonArgument]) -> PythonCode {
    PythonCode([.text("\(name)("), .arguments(arguments, afterOthers: false), .text(")")])
  }

  /// A call of a function with the layer's first input.
  static func function(_ name: String, _ arguments: [PythonArgument]) -> PythonCode {
    PythonCode([
      .text("\(name)("), .input(0), .arguments(arguments, afterOthers: true), .text(")"),
    ])
  }

  /// The arguments that may differ between classes of the same form, in order.
  var varying: [PythonArgument] {
    parts.flatMap { part -> [PythonArgument] in
      if case .arguments(let arguments, _) = part { return arguments.filter(\.varies) }
      return []
    }
  }

  /// The code without the values that may differ.
  var form: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .input(let index): "\u{1}\(index)"
      case .parameter: "\u{2}"
      case .arguments(let arguments, _):
        arguments.map { "\($0.name)\u{3}\($0.varies ? "" : $0.value)" }.joined(separator: "\u{4}")
      }
    }.joined()
  }

  /// The code with variables for its inputs.
  func with(inputs: [String], parameter: String = "") -> PythonCode {
    PythonCode(
      parts.map { part in
        switch part {
        case .input(let index): .text(inputs[min(index, inputs.count - 1)])
        case .parameter: .text(parameter)
        default: part
        }
      })
  }
}

/// Values and names as Python writes them.
enum Python {
  static func number(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-math.inf" : "math.inf" }
    return value.isNaN ? "math.nan" : "\(value)"
  }

  static func bool(_ value: Bool) -> String { value ? "True" : "False" }

  /// `(1, 2)`; `(1,)` of one.
  static func tuple(_ values: [Int]) -> String {
    values.count == 1 ? "(\(values[0]),)" : "(\(values.map(String.init).joined(separator: ", ")))"
  }

  /// One number if all are the same.
  static func sizes(_ values: [Int]) -> String {
    Set(values).count == 1 ? String(values[0]) : tuple(values)
  }

  /// A text in double quotes.
  static func text(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Whether a name can follow `self.` in a module without hiding what every module has.
  static func isAttribute(_ name: String) -> Bool { isIdentifier(name) && !taken.contains(name) }

  static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else {
      return false
    }
    return name.utf8.allSatisfy {
      isLetter($0) || $0 == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    } && !keywords.contains(name)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// `ConvolutionBatch` of `convolution_batch`.
  static func className(_ name: String) -> String {
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    return joined.first?.isLetter == true ? joined : "Block\(joined)"
  }

  static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
  ]

  /// What every `nn.Module` and `nn.Sequential` has.
  private static let taken: Set<String> = [
    "T_destination", "add_module", "append", "apply", "bfloat16", "buffers", "call_super_init",
    "children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extend", "extra_repr",
    "float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half",
    "insert", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
    "named_modules", "named_parameters", "parameters", "pop", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "register_full_backward_pre_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook", "register_module",
    "register_parameter", "register_state_dict_post_hook", "register_state_dict_pre_hook",
    "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to",
    "to_empty", "train", "training", "type", "xpu", "zero_grad",
  ]
}
