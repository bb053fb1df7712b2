/// The devices and instruction sets available to a worker.
package struct EngineDescription: Codable, Sendable, Equatable {
  package var libtorch: String
  /// The vector instructions in use, such as `AVX512`.
  package var cpuCapability: String
  /// `cpu`, then `cuda:0` and so on.
  package var devices: [String]
  /// The device selected by `device: auto`.
  package var automaticDevice: String
  /// Why CUDA is unavailable although its library is installed.
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
