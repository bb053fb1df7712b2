extension ONNXOperator {
  /// Operators that rearrange values.
  static let shapes: [String: ONNXOperator] = [
    "Reshape": ONNXOperator(2...2) { call throws(ONNXFault) in
      let type = try call.input(0)
      var shape: [ONNXType.Dimension] = []
      let wanted = try call.constant(1)
      for (place, size) in wanted.enumerated() {
        switch size {
        case 0 where place < type.rank: shape.append(type.shape[place])
        case 1...: shape.append(.fixed(size))
        case -1: shape.append(try rest(of: type, wanted, place, call))
        default: throw call.fault("cannot give \(type) the shape \(wanted)")
        }
      }
      // What is not fixed has to stay as it is.
      let named = { (shape: [ONNXType.Dimension]) in shape.filter { $0.size == nil } }
      let count = { (shape: [ONNXType.Dimension]) in shape.compactMap(\.size).reduce(1, *) }
      if named(type.shape) == named(shape), count(type.shape) != count(shape) {
        throw call.fault("cannot give \(type) the shape \(wanted)")
      }
      return [ONNXType(type.element, shape)]
    },
    "Transpose": ONNXOperator(1...1, ["perm"]) { call throws(ONNXFault) in
      let type = try call.input(0)
      let order = try call.ints("perm")
      guard order.sorted() == Array(0..<type.rank) else {
        throw call.fault("cannot order \(type) as \(order)")
      }
      return [ONNXType(type.element, order.map { type.shape[$0] })]
    },
    "Concat": ONNXOperator(1...Int.max, ["axis"]) { call throws(ONNXFault) in
      var type = try call.input(0)
      let axis = try call.axis(call.int("axis"), rank: type.rank)
      for place in 1..<max(call.inputs.count, 1) {
        let other = try call.input(place)
        guard other.element == type.element, other.rank == type.rank,
          type.shape.indices.allSatisfy({ $0 == axis || type.shape[$0] == other.shape[$0] })
        else { throw call.fault("cannot join \(type) and \(other)") }
        guard let size = type.shape[axis].size, let more = other.shape[axis].size else {
          type.shape[axis] = call.unknown(axis)
          continue
        }
        type.shape[axis] = .fixed(size + more)
      }
      return [type]
    },
    "Slice": ONNXOperator(3...5) { call throws(ONNXFault) in
      var type = try call.input(0)
      let (starts, ends, axes) = (try call.constant(1), try call.constant(2), try call.constant(3))
      let steps = call.inputs.count > 4 ? try call.constant(4) : axes.map { _ in 1 }
      for (place, axis) in axes.enumerated() {
        let axis = try call.axis(axis, rank: type.rank)
        guard let size = type.shape[axis].size else {
          throw call.fault("cannot cut \(type) along axis \(axis)")
        }
        let (start, end, step) = (starts[place], ends[place], steps[place])
        guard start >= 0, start <= end, end <= size, step > 0 else {
          throw call.fault("cannot cut \(start) to \(end) out of \(type)")
        }
        type.shape[axis] = .fixed((end - start + step - 1) / step)
      }
      return [type]
    },
    "Pad": ONNXOperator(2...3, ["mode"]) { call throws(ONNXFault) in
      var type = try call.input(0)
      let pads = try call.constant(1)
      guard pads.count == 2 * type.rank, pads.allSatisfy({ $0 >= 0 }) else {
        throw call.fault("cannot pad \(type) by \(pads)")
      }
      for axis in 0..<type.rank {
        let more = pads[axis] + pads[type.rank + axis]
        if more == 0 { continue }
        type.shape[axis] = type.shape[axis].size.map { .fixed($0 + more) } ?? call.unknown(axis)
      }
      return [type]
    },
    "Gather": ONNXOperator(2...2, ["axis"]) { call throws(ONNXFault) in
      let (type, indices) = (try call.input(0), try call.input(1))
      try call.require(indices, .int64, .int32)
      let axis = try call.axis(call.int("axis", default: 0), rank: type.rank)
      return [
        ONNXType(
          type.element,
          Array(type.shape[..<axis]) + indices.shape + Array(type.shape[(axis + 1)...]))
      ]
    },
    "Expand": ONNXOperator(2...2) { call throws(ONNXFault) in
      let (type, shape) = (try call.input(0), try call.input(1))
      try call.require(shape, .int64)
      guard let rank = shape.sizes?.first, shape.rank == 1, rank == type.rank else {
        throw call.fault("cannot give \(type) a shape of \(shape)")
      }
      // A size of 1 is repeated, all others stay.
      return [
        ONNXType(
          type.element, type.shape.enumerated().map { $1 == .fixed(1) && $0 == 0 ? .batch : $1 })
      ]
    },
    "Shape": ONNXOperator(since: 15, 1...1, ["end", "start"]) { call throws(ONNXFault) in
      let rank = try call.input(0).rank
      let (start, end) = (try call.int("start", default: 0), try call.int("end", default: rank))
      guard start >= 0, start <= end, end <= rank else { throw call.fault("has no such axes") }
      return [ONNXType(.int64, fixed: [end - start])]
    },
    "Range": ONNXOperator(since: 11, 3...3) { call throws(ONNXFault) in
      let type = try call.input(0)
      if type.rank != 0 { throw call.fault("cannot begin with \(type)") }
      return [ONNXType(type.element, [call.unknown()])]
    },
    "If": ONNXOperator(since: 16, 1...1, ["then_branch", "else_branch"]) { call throws(ONNXFault) in
      let condition = try call.input(0)
      try call.require(condition, .bool)
      guard case .graph(let yes)? = call.attributes["then_branch"],
        case .graph(let no)? = call.attributes["else_branch"]
      else { throw call.fault("needs two graphs") }
      var types: [ONNXType] = []
      for output in yes.output { types.append(try ONNXType(output)) }
      for (output, type) in zip(no.output, types) where try ONNXType(output) != type {
        throw call.fault("its graphs give different types")
      }
      if yes.output.count != no.output.count { throw call.fault("its graphs differ in outputs") }
      return types
    },
  ]

  /// The size that `-1` stands for.
  private static func rest(
    of type: ONNXType, _ wanted: [Int], _ place: Int, _ call: ONNXCall
  ) throws(ONNXFault) -> ONNXType.Dimension {
    // Dimensions that are taken over do not count on either side.
    let kept = wanted.indices.filter { wanted[$0] == 0 }
    let others = type.shape.indices.filter { !kept.contains($0) }.map { type.shape[$0].size }
    let known = wanted.filter { $0 > 0 }.reduce(1, *)
    let sizes = others.compactMap(\.self)
    guard sizes.count == others.count else { return call.unknown(place) }
    let count = sizes.reduce(1, *)
    guard count % known == 0 else { throw call.fault("cannot give \(type) the shape \(wanted)") }
    return .fixed(count / known)
  }
}

extension ONNXType {
  /// The type that a model declares.
  ///
  /// - Throws: ``ONNXFault`` for a type that this program does not write.
  init(_ info: Onnx_ValueInfoProto) throws(ONNXFault) {
    guard let element = Element(rawValue: Int(info.type.tensorType.elemType)) else {
      throw ONNXFault("'\(info.name)' has a type that is not supported")
    }
    self.init(
      element,
      info.type.tensorType.shape.dim.map {
        switch $0.value {
        case .dimValue(let size)?: .fixed(Int(size))
        case .dimParam(let name)?: .named(name)
        case nil: .named("?")
        }
      })
  }
}
