internal import CTorch

extension ScriptModule {
  /// Makes a module that computes what a program says, in the form of `torch.jit.save`.
  ///
  /// - Parameters:
  ///   - source: the definition of its method `forward` in TorchScript.
  ///   - tensors: its parameters and buffers; dots in their names separate modules.
  ///   - metadata: stored in the file as `extra/metadata.json`.
  /// - Returns: the file, in pieces that follow one another.
  /// - Throws: if `source` is not valid.
  package static func serialize(
    _ source: String, tensors: [Named], metadata: String
  ) throws(TorchError) -> [[UInt8]] {
    let names = tensors.map { $0.name + "\n" }.joined()
    let areParameters = tensors.map(\.isParameter)
    var pieces: [[UInt8]] = []
    try withUnsafeMutablePointer(to: &pieces) { pieces in
      withHandles(tensors.map(\.tensor)) { handles in
        areParameters.withUnsafeBufferPointer {
          ct_module_serialize(
            source, names, $0.baseAddress, handles, metadata,
            { context, bytes, count in
              context.assumingMemoryBound(to: [[UInt8]].self).pointee
                .append(Array(UnsafeBufferPointer(start: bytes, count: count)))
            }, pieces)
        }
      }
    }.check("torchscript")
    return pieces
  }
}

extension ScriptModule.Named {
  /// - Parameter name: its path in the module.
  package init(_ name: String, _ tensor: Tensor, isParameter: Bool) {
    self.init(name: name, isParameter: isParameter, tensor: tensor)
  }
}
