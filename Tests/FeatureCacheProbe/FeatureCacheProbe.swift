import FeatureCache
import Files
import Glibc

/// Another process of the tests. Says what it does line by line on standard output.
///
///     fill FOLDER KEY ROWS WIDTH MICROSECONDS   computes, and takes that long for each chunk
///     hold FOLDER KEY                           opens an entry and keeps it until its input ends
@main
struct FeatureCacheProbe {
  static func main() {
    let arguments = CommandLine.arguments
    let store = FeatureStore(folder: arguments[2], limit: CacheLimit.standard)
    let key = arguments[3]
    do {
      if arguments[1] == "hold" {
        let matrix = try store.entry(key: key)
        say(matrix == nil ? "missing" : "open")
        while read(STDIN_FILENO, UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1), 1)
          > 0
        {
        }
        withExtendedLifetime(matrix) {}
        return
      }
      let (rows, width, delay) = (Int(arguments[4])!, Int(arguments[5])!, UInt32(arguments[6])!)
      let matrix = try store.fill(
        key: key, rows: rows, width: width,
        description: FeatureDescription(dataset: "probe", model: "probe", layers: "probe"),
        waiting: { say("waiting") }, onProblem: { say("problem \($0)") }
      ) { range in
        say("computing \(range.lowerBound)")
        usleep(delay)
        return range.flatMap { row in (0..<width).map { Float(row) + Float($0) / 1024 } }
      }
      say("done \(matrix.rows)")
    } catch {
      say("error \(error)")
      exit(1)
    }
  }

  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }
}
