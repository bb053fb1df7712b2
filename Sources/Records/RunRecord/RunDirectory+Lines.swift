import ExperimentConfig
import Files

extension RunDirectory {
  /// The lines of `metrics.jsonl`. An incomplete last line, which was still being written, is left
  /// out.
  package func readEpochs() throws -> [EpochRecord] {
    try readLines("metrics.jsonl", as: EpochRecord.self)
  }

  /// The lines of `timings.jsonl`.
  package func readTimings() throws -> [EpochTiming] {
    try readLines("timings.jsonl", as: EpochTiming.self)
  }

  private func readLines<Line: CheckedRecord>(_ name: String, as type: Line.Type) throws -> [Line] {
    let path = file(name)
    let bytes = try bytes(of: name)
    let newline = UInt8(ascii: "\n")
    let whole = bytes.lastIndex(of: newline).map { bytes[...$0] } ?? []
    return try whole.split(separator: newline).enumerated().map { number, line in
      try RecordFile.decode(type, from: Array(line), path: "\(path):\(number + 1)")
    }
  }
}
