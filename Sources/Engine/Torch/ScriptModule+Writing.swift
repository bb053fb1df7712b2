internal import CTorch

extension ScriptModule {
  /// Writes a module to a new file, in the form of `torch.jit.save`.
  ///
  /// - Parameters:
  ///   - source: the definition of its method `forward` in TorchScript.
  ///   - tensors: its parameters and buffers; dots in their names separate modules.
  ///   - metadata: stored in the file as `extra/metadata.json`.
  /// - Throws: if `source` is not valid, or the file cannot be written.
  package static func write(
    _ source: String, tensors: [Named], metadata: String, to path: String
  ) throws(TorchError) {
    let names = tensors.map { $0.name + "\n" }.joined()
    let areParameters = tensors.map(\.isParameter)
    try withHandles(tensors.map(\.tensor)) { handles in
      areParameters.withUnsafeBufferPointer {
        ct_module_write(source, names, $0.baseAddress, handles, metadata, path)
      }
    }.check("torchscript")
  }
}

extension ScriptModule.Named {
  /// - Parameter name: its path in the module.
  package init(_ name: String, _ tensor: Tensor, isParameter: Bool) {
    self.init(name: name, isParameter: isParameter, tensor: tensor)
  }
}
