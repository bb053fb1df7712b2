extension ONNXOperator {
  /// Operators that choose among values, such as the boxes of a detector.
  static let selection: [String: ONNXOperator] = [
    "TopK": ONNXOperator(since: 11, 2...2, ["axis", "largest", "sorted"]) {
      call throws(ONNXFault) in
      var type = try call.input(0)
      let axis = try call.axis(call.int("axis", default: -1), rank: type.rank)
      let count = try call.constant(1)
      guard count.count == 1, let wanted = count.first, wanted > 0,
        type.shape[axis].size.map({ wanted <= $0 }) ?? true
      else { throw call.fault("cannot take the largest \(count) of \(type)") }
      type.shape[axis] = .fixed(wanted)
      return [type, ONNXType(.int64, type.shape)]
    },
    "GatherND": ONNXOperator(2...2, ["batch_dims"]) { call throws(ONNXFault) in
      let (type, indices) = (try call.input(0), try call.input(1))
      try call.require(indices, .int64)
      let batch = try call.int("batch_dims", default: 0)
      guard let depth = indices.shape.last?.size, batch < indices.rank,
        batch + depth <= type.rank, depth > 0
      else { throw call.fault("cannot index \(type) by \(indices)") }
      return [
        ONNXType(type.element, Array(indices.shape.dropLast()) + type.shape[(batch + depth)...])
      ]
    },
    "ScatterND": ONNXOperator(3...3) { call throws(ONNXFault) in
      let (type, indices, values) = (try call.input(0), try call.input(1), try call.input(2))
      try call.require(indices, .int64)
      guard let depth = indices.shape.last?.size, depth <= type.rank,
        values.element == type.element,
        values.shape == Array(indices.shape.dropLast()) + type.shape[depth...]
      else { throw call.fault("cannot write \(values) into \(type) at \(indices)") }
      return [type]
    },
    "NonZero": ONNXOperator(1...1) { call throws(ONNXFault) in
      [ONNXType(.int64, [.fixed(try call.input(0).rank), call.unknown()])]
    },
    "NonMaxSuppression": ONNXOperator(since: 11, 2...5, ["center_point_box"]) {
      call throws(ONNXFault) in
      let (boxes, scores) = (try call.input(0), try call.input(1))
      guard boxes.element == .float, scores.element == .float, boxes.rank == 3, scores.rank == 3,
        boxes.shape[2] == .fixed(4), boxes.shape[0] == scores.shape[0],
        boxes.shape[1] == scores.shape[2]
      else { throw call.fault("cannot choose among boxes \(boxes) with scores \(scores)") }
      return [ONNXType(.int64, [call.unknown(), .fixed(3)])]
    },
  ]
}
