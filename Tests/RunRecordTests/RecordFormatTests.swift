import ExperimentConfig
import RunRecord
import Testing

struct RecordFormatTests {
  private func round<Value: Codable>(_ value: Value) throws -> Value {
    let bytes = try JSONText.encode(value)
    #expect(!bytes.contains(UInt8(ascii: "\n")))
    let back = try JSONText.decode(Value.self, from: bytes)
    #expect(try JSONText.encode(back) == bytes)
    return back
  }

  private static let timing = EpochTiming(
    fold: 1, epoch: 2, trainSeconds: 1.5, evaluationSeconds: 0, examplesPerSecond: .infinity)

  @Test func epochsKeepEveryBit() throws {
    let values = [
      "train_loss": 0.1 + 0.2, "val_loss": .leastNonzeroMagnitude, "lr": 1e-3, "zero": 0,
      "huge": 1e300,
      "infinite": .infinity, "minus": -.infinity, "whole": 3,
    ]
    let record = EpochRecord(fold: 3, epoch: 1_000_000, values: values)
    #expect(try round(record) == record)
    #expect(
      try round(EpochRecord(fold: 0, epoch: 1, values: ["x": .nan])).values["x"]?.isNaN == true)
  }

  @Test func anEpochIsOneFlatObject() throws {
    let record = EpochRecord(fold: 0, epoch: 2, values: ["val_loss": .nan, "lr": 0.5, "acc": 1])
    #expect(
      String(decoding: try JSONText.encode(record), as: UTF8.self)
        == #"{"acc":1,"epoch":2,"fold":0,"lr":0.5,"val_loss":"nan"}"#)
    #expect(
      String(decoding: try JSONText.encode(Self.timing), as: UTF8.self)
        == #"{"epoch":2,"evaluation_seconds":0,"examples_per_second":"inf","fold":1,"#
        + #""train_seconds":1.5}"#)
  }

  @Test func anEpochKeepsWhyAValueIsMissing() throws {
    let record = EpochRecord(
      fold: 0, epoch: 1, values: ["val_loss": 0.5], undefined: ["val_cohen_kappa": "one class"])
    #expect(
      String(decoding: try JSONText.encode(record), as: UTF8.self)
        == #"{"epoch":1,"fold":0,"undefined":{"val_cohen_kappa":"one class"},"val_loss":0.5}"#)
    #expect(try round(record) == record)
  }

  @Test(arguments: [
    #"{"fold":0,"epoch":1,"undefined":{"x":1}}"#, #"{"fold":0,"epoch":1,"undefined":"x"}"#,
    "{}", "[]", #"{"fold":0}"#, #"{"epoch":1}"#, #"{"fold":0,"epoch":1.5}"#,
    #"{"fold":0,"epoch":1e300}"#, #"{"fold":"nan","epoch":1}"#, #"{"fold":0,"epoch":1,"x":"y"}"#,
    #"{"fold":0,"epoch":1,"x":null}"#, #"{"fold":0,"epoch":1"#,
  ])
  func damagedEpochsAreErrors(_ line: String) {
    #expect(throws: (any Error).self) {
      try JSONText.decode(EpochRecord.self, from: Array(line.utf8))
    }
  }

  @Test func summariesReadBack() throws {
    let back = try round(sampleSummary)
    #expect(back.validation["accuracy"] == 0.1 + 0.2)
    #expect(back.validation["loss"]?.isNaN == true)
    #expect(back.test == ["loss": .infinity])
    var whole = sampleSummary
    whole.validation["loss"] = 0.25
    #expect(try round(whole) == whole)
    let text = String(decoding: try JSONText.encode(whole), as: UTF8.self)
    #expect(text.contains(#""best_epoch":3"#))
    #expect(text.contains(#""parameters":{"total":109386,"trainable":109000}"#))
  }

  @Test func infoReadsBack() throws {
    let back = try round(sampleInfo)
    #expect(back.ended == nil && back.failure == nil)
    #expect(back.dataset.files.first?.path == "/data/ü\n")
    #expect(back.command == sampleInfo.command)
    let text = String(decoding: try JSONText.encode(sampleInfo), as: UTF8.self)
    for part in [#""status":"running""#, #""dirty":true"#, #""cpu_capability":"AVX512""#] {
      #expect(text.contains(part))
    }
  }
}
