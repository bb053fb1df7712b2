/// What a worker can compute with.
package struct EngineDescription: Codable, Sendable, Equatable {
  package var libtorch: String
  /// The vector instructions in use, such as `AVX512`.
  package var cpuCapability: String
  /// `cpu`, then `cuda:0` and so on.
  package var devices: [String]
  /// What `device: auto` becomes.
  package var automaticDevice: String
  /// Why CUDA cannot be used although its library is there.
  package var cudaProblem: String?

  package init(
    libtorch: String, cpuCapability: String, devices: [String], automaticDevice: String,
    cudaProblem: String?
  ) {
    self.libtorch = libtorch
    self.cpuCapability = cpuCapability
    self.devices = devices
    self.automaticDevice = automaticDevice
    self.cudaProblem = cudaProblem
  }
}
