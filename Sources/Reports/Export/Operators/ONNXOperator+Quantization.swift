extension ONNXOperator {
  /// Operators between numbers and their representation by integers.
  static let quantization: [String: ONNXOperator] = [
    "QuantizeLinear": ONNXOperator(2...3, ["axis"]) { call throws(ONNXFault) in
      let (type, zero) = (try call.input(0), try call.input(2))
      try call.require(type, .float)
      try call.require(zero, .uint8, .int8)
      try scales(call, type)
      return [ONNXType(zero.element, type.shape)]
    },
    "DequantizeLinear": ONNXOperator(2...3, ["axis"]) { call throws(ONNXFault) in
      let type = try call.input(0)
      try call.require(type, .uint8, .int8, .int32)
      try scales(call, type)
      if call.inputs.count > 2, let zero = call.inputs[2], zero.element != type.element {
        throw call.fault("has a zero of \(zero) for \(type)")
      }
      return [ONNXType(.float, type.shape)]
    },
  ]

  /// Requires one scale, or one for each entry of the axis.
  private static func scales(_ call: ONNXCall, _ type: ONNXType) throws(ONNXFault) {
    let scale = try call.input(1)
    if scale.rank > 0 {
      let axis = try call.axis(call.int("axis", default: 1), rank: type.rank)
      if scale.shape != [type.shape[axis]] {
        throw call.fault("has scales of \(scale) for axis \(axis) of \(type)")
      }
    }
    try call.require(scale, .float)
    if call.inputs.count > 2, let zero = call.inputs[2], zero.shape != scale.shape {
      throw call.fault("has a zero of \(zero) for scales of \(scale)")
    }
  }
}
