import DeviceChecks
import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The part of scripts/gpu-check that needs LibTorch itself.
///
///     device-check DEVICE FIXTURES [THREADS]
///
/// Prints a line per check; the exit status is 1 if one fails, 2 if there is no such device.
@main enum DeviceCheck {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard (2...3).contains(arguments.count), let device = Device(arguments[0]),
      let threads = arguments.count == 3 ? Int(arguments[2]) : 1, threads > 0
    else {
      complain("usage: device-check cpu|cuda|cuda:N FIXTURES [THREADS]\n")
      exit(64)
    }
    try Runtime.setThreadCount(threads)
    Runtime.setFlushDenormal(true)
    guard device.isAvailable else {
      let reason = Runtime.cudaLoadError.map { ": \($0)" } ?? ""
      complain("device-check: there is no device \(device)\(reason)\n")
      exit(2)
    }
    print("LibTorch \(Runtime.version) on \(device), \(Runtime.cpuCapability), \(threads) threads")
    var failures = 0
    try DeviceChecks.run(on: device, fixtures: arguments[1]) { result in
      if result.outcome == .failed { failures += 1 }
      print(result.line)
      fflush(nil)
    }
    // LibTorch's clean-up of a device takes longer than that of the system.
    _exit(failures == 0 ? 0 : 1)
  }

  private static func complain(_ text: String) {
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
