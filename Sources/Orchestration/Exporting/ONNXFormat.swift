/// One graph from pictures or tensors to probabilities.
struct ONNXFormat: ExportFormat {
  static let name = "onnx"
  static let doc =
    "One ONNX graph from the bytes of pictures, or from tensors, to probabilities, with a certificate of what was checked."
  static let ending = "onnx"
  static let options: Set<String> = ["--input", "--opset", "--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    try await ONNXWriter(request).write()
  }
}

/// Integers of 8 bits instead of floats, in the same graph.
struct INT8Format: ExportFormat {
  static let name = "int8"
  static let doc =
    "The same ONNX graph with weights and values of 8 bits, whose ranges are measured on training examples; the certificate says what that costs."
  static let ending = "int8.onnx"
  static let options = ONNXFormat.options

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    try await ONNXWriter(request).write(
      Calibration(models: request.models, environment: request.environment))
  }
}
