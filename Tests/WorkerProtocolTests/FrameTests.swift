import Files
import Glibc
import Testing
import WorkerProtocol

/// The frames between a service and its worker.
@Suite struct FrameTests {
  private static let batch = [
    ServingInput(.picture, name: "ä.png", explained: "cat", [0, 255, 10]),
    ServingInput(.json, []),
    ServingInput(.picture, Array(repeating: 7, count: 70_000)),
  ]

  @Test func batchesAndRepliesComeBack() throws {
    #expect(try ServingInput.batch(ServingInput.frame(Self.batch)) == Self.batch)
    #expect(try ServingInput.batch(ServingInput.frame([])).isEmpty)
    for outcome in [ServingReply.Outcome.answered, .malformed, .unsuitable, .unsupported, .failed] {
      let reply = ServingReply(300, outcome, Array("{}".utf8))
      #expect(try ServingReply(reply.frame) == reply)
    }
  }

  @Test func damagedFramesAreRefused() {
    let frame = ServingInput.frame(Array(Self.batch.prefix(2)))
    for count in 0..<frame.count {
      #expect(throws: FrameProblem.self) { try ServingInput.batch(Array(frame.prefix(count))) }
    }
    var damaged = frame
    damaged[4] = 9
    #expect(throws: FrameProblem.self) { try ServingInput.batch(damaged) }
    #expect(throws: FrameProblem.self) { try ServingReply([0, 0, 0]) }
    #expect(throws: FrameProblem.self) { try ServingReply([0, 0, 0, 0, 99]) }
  }

  @Test func channelsKeepFramesApart() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let channel = FrameChannel(input: ends[0], output: ends[1])
    try channel.send(line: Array("hello".utf8))
    try channel.send([1, 2, 3])
    try channel.send([])
    #expect(try channel.receiveLine() == Array("hello".utf8))
    #expect(try channel.receive() == [1, 2, 3])
    #expect(try channel.receive() == [])
    // Less than the frame announces.
    _ = [UInt8]([9, 0, 0, 0, 1]).withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
    close(ends[1])
    #expect(throws: FileError.self) { try channel.receive() }
    #expect(try channel.receive() == nil)
    close(ends[0])
  }
}
