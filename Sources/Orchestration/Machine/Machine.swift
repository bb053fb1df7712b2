import Files
import FoundationEssentials
import Glibc

/// Facts about this machine to record.
enum Machine {
  /// The number of jobs with `threads` threads each that the processors can run concurrently.
  static func jobs(threads: Int) -> Int {
    max(1, ProcessInfo.processInfo.activeProcessorCount / max(threads, 1))
  }

  /// The name of the processor.
  static var processor: String {
    do throws(FileError) {
      let text = String(decoding: try FileReading.bytes(of: "/proc/cpuinfo"), as: UTF8.self)
      guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }),
        let colon = line.firstIndex(of: ":")
      else { return "unknown" }
      let name = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
      return name.joined(separator: " ")
    } catch {
      return "unknown"
    }
  }

  /// The directory of this program's executable, with links resolved.
  static var programFolder: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path =
      count > 0
      ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      : CommandLine.arguments[0]
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
