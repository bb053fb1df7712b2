extension SchemaChecker {
  /// The valid parts of an invalid experiment, if there is enough to continue with.
  var partial: PartialExperiment? {
    func component(_ path: String) -> ResolvedComponent? { try? found[path]?.component() }
    guard let dataset = component("data.dataset") else { return nil }
    let transforms = try? found["data.transforms"]?.list().map { try $0.component() }
    return PartialExperiment(
      dataset: dataset, transforms: transforms,
      losses: (try? found["loss"].map(ResolvedComponent.oneOrMore)) ?? [],
      model: found["model"] == nil ? [] : model,
      outputs: try? ModelNode.Reference.all(found["outputs"]))
  }
}
