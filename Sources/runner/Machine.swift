import Files
import Glibc

/// Facts about this machine for the record.
enum Machine {
  /// The processor's name.
  static var processor: String {
    // A file of /proc has no size, so it is read as a stream of lines.
    guard let file = fopen("/proc/cpuinfo", "r") else { return "unknown" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1024)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard line.hasPrefix("model name"), let colon = line.firstIndex(of: ":") else { continue }
      let name = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
      return name.joined(separator: " ")
    }
    return "unknown"
  }

  /// The folder of this program's file, links followed.
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
