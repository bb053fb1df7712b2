import Torch
import WorkerProtocol

/// Describes the computing capabilities of this machine.
enum Engine {
  static func describe() -> EngineDescription {
    let cudaDevices = (0..<Runtime.cudaDeviceCount).map { Device.cuda($0).description }
    let mps = Runtime.isMPSAvailable ? ["mps"] : []
    return EngineDescription(
      libtorch: Runtime.version, cpuCapability: Runtime.cpuCapability,
      devices: ["cpu"] + cudaDevices + mps,
      automaticDevice: cudaDevices.first ?? mps.first ?? "cpu",
      cudaProblem: Runtime.cudaLoadError)
  }
}
