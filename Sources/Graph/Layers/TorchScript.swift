import ExperimentConfig

/// A program that `torch.jit.save` wrote, as a layer. Its shapes are those of one run.
struct TorchScript: InspectedLayer {
  static let schema = ComponentSchema(
    "torchscript", main: "file",
    [
      Field(
        "file", .path, .required,
        doc: "What torch.jit.script(model).save(\"net.pt\") writes; relative to this file.")
    ], aliases: ["jit", "script_module", "scripted", "traced"],
    doc: "A module of PyTorch that was saved as TorchScript, with its parameters and initial "
      + "values. The file is a program that is run with your rights, by 'runner check' too: name "
      + "only files that you trust.")

  private let path: String

  init(_ arguments: Arguments) throws { path = try arguments.string("file") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try plan(inputs, node: "", by: NoModules())
  }

  func plan(
    _ inputs: [Shape], node: String, by inspector: any ModuleInspector
  ) throws(ShapeMismatch) -> LayerPlan {
    let (file, facts) = try inspector.inspect(path, node: node, input: inputs[0])
    let parameters = facts.tensors.map { tensor in
      let role: ParameterSpec.Role =
        switch tensor.role {
        case .parameter: .parameter
        case .buffer: .buffer
        case .counter: .counter
        }
      return ParameterSpec(tensor.name, tensor.shape, .file, role: role)
    }
    return LayerPlan(Shape(facts.output), .torchScript(file), parameters: parameters)
  }
}
