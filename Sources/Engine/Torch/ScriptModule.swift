internal import CTorch

/// A TorchScript module, loaded from a file that `torch.jit.save` wrote.
///
/// It is a program: running it does whatever it says, with the rights of this process.
package final class ScriptModule {
  /// A parameter or buffer.
  package struct Named {
    /// Its path in the module, such as `layer1.0.conv1.weight`.
    package let name: String
    package let isParameter: Bool
    /// The module's own tensor: in-place operations change it in the module.
    package let tensor: Tensor
  }

  /// Like `Tensor.handle`, only to be read under `withExtendedLifetime`.
  private let handle: OpaquePointer
  /// All parameters and buffers, in the order of a state dict.
  package let tensors: [Named]

  /// - Parameter bytes: the contents of the file.
  /// - Throws: if they are not a module, or parameters share memory.
  package init(_ bytes: [UInt8], device: Device = .cpu) throws(TorchError) {
    guard !bytes.isEmpty else {
      throw TorchError(operation: "torchscript", message: "the file is empty")
    }
    var loaded: OpaquePointer?
    try bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { ct_module_load($0, buffer.count, device.code, &loaded) } ?? CT_FAILED
    }.check("torchscript")
    guard let loaded else {
      throw TorchError(operation: "torchscript", message: "no module was returned")
    }
    var found: [Named] = []
    do throws(TorchError) {
      for index in 0..<ct_module_tensor_count(loaded) {
        found.append(try Self.tensor(loaded, index))
      }
    } catch {
      // The deinitialiser does not run for an object that was never complete.
      ct_free_module(loaded)
      throw error
    }
    handle = loaded
    tensors = found
  }

  deinit { ct_free_module(handle) }

  private static func tensor(_ handle: OpaquePointer, _ index: Int) throws(TorchError) -> Named {
    var name: UnsafePointer<CChar>?
    var isParameter = false
    let tensor = try produce("torchscript", from: ()) {
      ct_module_tensor(handle, index, &name, &isParameter, $0)
    }
    return Named(
      name: name.map { String(cString: $0) } ?? "", isParameter: isParameter, tensor: tensor)
  }

  /// Switches between training and evaluation mode.
  ///
  /// - Parameter fixed: the paths of modules that stay in evaluation mode, without the modules in them; an empty
  ///   path means the module itself.
  package func setTraining(_ isTraining: Bool, besides fixed: [String] = []) throws(TorchError) {
    // One text after the other, each with its end.
    var characters: [CChar] = []
    var starts: [Int] = []
    for path in fixed {
      starts.append(characters.count)
      characters += path.utf8CString
    }
    try withExtendedLifetime(self) {
      characters.withUnsafeBufferPointer { buffer -> ct_status in
        let pointers = buffer.baseAddress.map { base in starts.map { base + $0 } } ?? []
        return pointers.withUnsafeBufferPointer {
          ct_module_train(handle, isTraining, $0.baseAddress, $0.count)
        }
      }
    }.check("torchscript")
  }

  /// The output of the module's `forward` for one tensor.
  package func callAsFunction(_ input: Tensor) throws(TorchError) -> Tensor {
    try produce("torchscript", from: (self, input)) {
      ct_module_forward(handle, input.handle, $0)
    }
  }
}

@available(*, unavailable) extension ScriptModule: Sendable {}

extension Runtime {
  /// Seeds LibTorch's own random generators, which only operations inside a ``ScriptModule`` draw from.
  package static func seed(_ seed: UInt64) throws(TorchError) { try ct_seed(seed).check("seed") }
}
