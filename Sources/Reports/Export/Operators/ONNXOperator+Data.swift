extension ONNXOperator {
  /// Operators that turn texts into numbers.
  static let data: [String: ONNXOperator] = [
    "LabelEncoder": ONNXOperator(
      domain: dataDomain, since: 1, 1...1,
      ["default_float", "default_int64", "keys_strings", "values_floats", "values_int64s"]
    ) { call throws(ONNXFault) in
      let type = try call.input(0)
      try call.require(type, .string)
      guard case .strings(let keys)? = call.attributes["keys_strings"] else {
        throw call.fault("has no texts")
      }
      switch (call.attributes["values_floats"], call.attributes["values_int64s"]) {
      case (.floats(let values)?, nil) where values.count == keys.count:
        return [ONNXType(.float, type.shape)]
      case (nil, .ints(let values)?) where values.count == keys.count:
        return [ONNXType(.int64, type.shape)]
      default: throw call.fault("has no number for each text")
      }
    },
    "IsNaN": ONNXOperator(1...1) { call throws(ONNXFault) in
      let type = try call.input(0)
      try call.require(type, .float, .double)
      return [ONNXType(.bool, type.shape)]
    },
  ]
}
