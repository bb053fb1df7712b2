extension ONNXOperator {
  /// Operators that work value by value, and sums and the like over axes.
  static let elementwise: [String: ONNXOperator] = {
    var table: [String: ONNXOperator] = [:]
    for name in [
      "Abs", "Ceil", "Erf", "Exp", "Floor", "HardSwish", "Identity", "Log", "Neg", "Relu", "Round",
      "Sigmoid", "Sign", "Softplus", "Sqrt", "Tanh",
    ] {
      table[name] = ONNXOperator(since: name == "HardSwish" ? 14 : 1, 1...1) {
        call throws(ONNXFault) in
        [try call.input(0)]
      }
    }
    for (name, attributes) in [
      ("Elu", ["alpha"]), ("LeakyRelu", ["alpha"]), ("HardSigmoid", ["alpha", "beta"]),
      ("Selu", ["alpha", "gamma"]),
    ] {
      table[name] = ONNXOperator(since: 6, 1...1, Set(attributes)) { call throws(ONNXFault) in
        let type = try call.input(0)
        try call.require(type, .float, .double)
        return [type]
      }
    }
    for name in ["Add", "Sub", "Mul", "Div", "Mod", "Pow", "PRelu", "Max", "Min"] {
      table[name] = ONNXOperator(2...2) { call throws(ONNXFault) in
        let (a, b) = (try call.input(0), try call.input(1))
        if a.element != b.element { throw call.fault("\(a) and \(b) differ in type") }
        return [ONNXType(a.element, try call.broadcast(a.shape, b.shape))]
      }
    }
    for name in ["Less", "Greater", "GreaterOrEqual", "LessOrEqual", "Equal", "And", "Or"] {
      let isLogical = name == "And" || name == "Or"
      table[name] = ONNXOperator(since: 7, 2...2) { call throws(ONNXFault) in
        let (a, b) = (try call.input(0), try call.input(1))
        if a.element != b.element || isLogical != (a.element == .bool) {
          throw call.fault("cannot compare \(a) and \(b)")
        }
        return [ONNXType(.bool, try call.broadcast(a.shape, b.shape))]
      }
    }
    table["Where"] = ONNXOperator(since: 9, 3...3) { call throws(ONNXFault) in
      let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
      try call.require(condition, .bool)
      if a.element != b.element { throw call.fault("\(a) and \(b) differ in type") }
      let shape = try call.broadcast(a.shape, b.shape)
      return [ONNXType(a.element, try call.broadcast(condition.shape, shape))]
    }
    table["Clip"] = ONNXOperator(1...3) { call throws(ONNXFault) in
      let type = try call.input(0)
      for limit in call.inputs.dropFirst().compactMap(\.self)
      where limit.element != type.element || limit.rank != 0 {
        throw call.fault("has a limit of \(limit) for \(type)")
      }
      return [type]
    }
    table["Cast"] = ONNXOperator(1...1, ["to"]) { call throws(ONNXFault) in
      guard let element = ONNXType.Element(rawValue: try call.int("to")) else {
        throw call.fault("has an unknown type")
      }
      return [ONNXType(element, try call.input(0).shape)]
    }
    for name in ["Softmax", "LogSoftmax"] {
      table[name] = ONNXOperator(1...1, ["axis"]) { call throws(ONNXFault) in
        let type = try call.input(0)
        try call.require(type, .float, .double)
        _ = try call.axis(call.int("axis", default: -1), rank: type.rank)
        return [type]
      }
    }
    table["CumSum"] = ONNXOperator(since: 14, 2...2, ["exclusive", "reverse"]) {
      call throws(ONNXFault) in
      [try call.input(0)]
    }
    for name in ["ReduceMean", "ReduceMax", "ReduceSum", "ReduceLogSumExp"] {
      table[name] = ONNXOperator(1...2, ["axes", "keepdims"]) { call throws(ONNXFault) in
        try reduced(call)
      }
    }
    table["ArgMax"] = ONNXOperator(1...1, ["axis", "keepdims", "select_last_index"]) {
      call throws(ONNXFault) in
      let type = try call.input(0)
      let axis = try call.axis(call.int("axis", default: 0), rank: type.rank)
      return [ONNXType(.int64, try dropping([axis], of: type, call))]
    }
    return table
  }()

  /// The first operator set in which the axes of a reduction are an input.
  static func axesAreInput(_ operation: String) -> Int { operation == "ReduceSum" ? 13 : 18 }

  private static func reduced(_ call: ONNXCall) throws(ONNXFault) -> [ONNXType] {
    let type = try call.input(0)
    let hasInput = call.opset >= axesAreInput(call.operation)
    if hasInput == (call.attributes["axes"] != nil) {
      throw call.fault(
        "operator set \(call.opset) takes axes as an \(hasInput ? "input" : "attribute")")
    }
    let axes = hasInput ? try call.constant(1) : try call.ints("axes")
    var places: [Int] = []
    for axis in axes { places.append(try call.axis(axis, rank: type.rank)) }
    return [ONNXType(type.element, try dropping(places, of: type, call))]
  }

  /// The shape without some axes, or with a size of 1 in their place.
  private static func dropping(
    _ axes: [Int], of type: ONNXType, _ call: ONNXCall
  ) throws(ONNXFault) -> [ONNXType.Dimension] {
    let keeps = try call.int("keepdims", default: 1) == 1
    var shape: [ONNXType.Dimension] = []
    for (place, dimension) in type.shape.enumerated() {
      if !axes.contains(place) {
        shape.append(dimension)
      } else if keeps {
        shape.append(.fixed(1))
      }
    }
    return shape
  }
}
