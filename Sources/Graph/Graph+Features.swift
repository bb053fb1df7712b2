extension Graph {
  /// What the head of the main output is given: the value that describes an example before it is decided about.
  ///
  /// Of a head of several layers, the first one counts.
  ///
  /// - Returns: `nil` if the model has no head, such as one without parameters.
  package var featureSource: Source? {
    needed(for: [mainOutput.source]).first { index in
      nodes[index].parameters.contains { headParameters.contains(nodes[index].name(of: $0)) }
    }.flatMap { nodes[$0].inputs.first }
  }
}
