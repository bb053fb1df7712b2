import Files
import FoundationEssentials
import PNGImage
import Testing

/// What `docs/own-data.md` tells new users to type, as it stands there.
@Suite struct FirstMinuteTests {
  /// The commands of the first block, without the word `runner` and without comments.
  private func commands() throws -> [[String]] {
    let page = String(
      decoding: try FileReading.bytes(of: Program.repository + "/docs/own-data.md"), as: UTF8.self)
    let block = try #require(page.split(separator: "```sh\n").dropFirst().first)
    let lines = try #require(block.split(separator: "```").first).split(separator: "\n")
    return lines.map { line in
      line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
    }
  }

  /// White and yellow squares on green, of one size.
  private func writeFlowers(into program: Program) throws {
    for (label, blue) in [("daisy", 230), ("tulip", 20)] {
      try AtomicFile.createFolder(program.path("flowers/\(label)"))
      for number in 0..<20 {
        let side = 24
        var pixels = [UInt8](repeating: 0, count: 3 * side * side)
        for row in 0..<side {
          for column in 0..<side {
            let isFlower = abs(row - 8 - number % 7) < 6 && abs(column - 8 - number % 5) < 6
            let place = row * side + column
            let grain = (place * 7 + number * 13) % 23
            pixels[place] = UInt8(isFlower ? 220 + grain : 30 + grain)
            pixels[side * side + place] = UInt8(isFlower ? 215 + grain : 110 + grain)
            pixels[2 * side * side + place] = UInt8(isFlower ? blue + grain : 40 + grain)
          }
        }
        let image = try #require(
          PixelImage(planar: pixels, width: side, height: side, channels: 3))
        try AtomicFile.write(
          try image.png(), to: program.path("flowers/\(label)/\(number).jpg"))
      }
    }
  }

  /// The program without arguments names what there is in the folder.
  @Test func nextSteps() async throws {
    let program = try Program()
    defer { program.remove() }
    let empty = try await program.run([])
    #expect(empty.code == 0 && empty.error == "")
    #expect(empty.output.contains("  runner init --data FOLDER_OR_CSV  "))
    try writeFlowers(into: program)
    try AtomicFile.write(Array("a,b\n1,2\n".utf8), to: program.path("rows.csv"))
    try AtomicFile.write(
      Array(
        "name: tiny\ndata: {dataset: digits, limit: {train: 400, test: 20}}\nmodel: [flatten, linear: 10]\ntrain: {epochs: 1}\n"
          .utf8), to: program.path("tiny.yaml"))
    try AtomicFile.write(Array("a: 1\n".utf8), to: program.path("other.yaml"))
    let full = try await program.run([]).output
    #expect(full.contains("  runner tiny.yaml ") && full.contains("  runner check tiny.yaml "))
    #expect(full.contains("--data flowers ") && full.contains("--data rows.csv "))
    #expect(!full.contains("other.yaml") && !full.contains("FOLDER_OR_CSV"))
    #expect(full.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(try await program.run(["tiny.yaml", "--quiet"]).code == 0)
    #expect(try await program.run([]).output.contains("  runner show latest "))
    let typo = try await program.run(["tinny.yaml"])
    #expect(typo.code == 2)
    #expect(typo.error.contains("no such file: 'tinny.yaml'"))
    #expect(typo.error.contains("did you mean 'tiny.yaml'?"))
    let nothing = try await program.run(["check", "experiments/nothing-like-it.yaml"])
    #expect(nothing.code == 2 && nothing.error.contains("runner init --data"))
  }

  @Test func everyCommandWorks() async throws {
    let program = try Program()
    defer { program.remove() }
    try writeFlowers(into: program)
    let commands = try commands()
    #expect(commands.count == 6 && commands.allSatisfy { $0.first == "runner" })
    var outputs: [String: String] = [:]
    for command in commands {
      let outcome = try await program.run(Array(command.dropFirst()))
      #expect(outcome.code == 0, "\(command.joined(separator: " ")): \(outcome.text)")
      outputs[command[1]] = outcome.output
    }
    #expect(outputs["init"]?.contains("wrote flowers.yaml") == true)
    #expect(outputs["init"]?.contains("daisy, tulip") == true)
    #expect(outputs["data"]?.contains("daisy") == true)
    let page = outputs["report"]?.split(separator: "\n").last.map(String.init) ?? ""
    #expect(page.hasSuffix("report.html"))
    #expect(outputs["predict"]?.contains("tulip") == true, "\(outputs["predict"] ?? "")")
  }

  @Test func aSecondTimeNothingIsOverwritten() async throws {
    let program = try Program()
    defer { program.remove() }
    try writeFlowers(into: program)
    let first = try await program.run(["init", "--data", "flowers"])
    #expect(first.code == 0, "\(first.text)")
    let second = try await program.run(["init", "--data", "flowers"])
    #expect(second.code == 2)
    #expect(second.error.contains("'flowers.yaml' already exists and is not overwritten"))
  }

  @Test func aTableAsksForItsTarget() async throws {
    let program = try Program()
    defer { program.remove() }
    let rows = (0..<60).map { "\($0 % 2 * 40 + $0 % 7),\($0 % 2 == 0 ? "small" : "large")\n" }
    try program.write("size,label\n" + rows.joined(), to: "things.csv")
    let question = try await program.run(["init", "--data", "things.csv"])
    #expect(question.code == 2)
    #expect(question.error.contains("--target label") && question.error.contains("size: number"))
    let answer = try await program.run(["init", "--data", "things.csv", "--target", "label"])
    #expect(answer.code == 0, "\(answer.text)")
    let run = try await program.run(["things.yaml", "-q", "epochs=3"])
    #expect(run.code == 0, "\(run.text)")
    let help = try await program.run(["init"])
    #expect(help.code == 0 && help.output.contains("runner init --data flowers"))
  }
}
