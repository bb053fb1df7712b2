import Files
import Testing

/// A user's own images in arrays.
@Suite struct ArraysDataTests {
  @Test func arraysAreTrainedOnAndPredicted() async throws {
    let program = try Program()
    defer { program.remove() }
    let fixture = Program.repository + "/Tests/Fixtures/arrays/keras.npz"
    try AtomicFile.write(
      try FileReading.bytes(of: fixture), to: program.path("drawings.npz"))
    try program.write(
      """
      name: drawings
      data:
        dataset: {arrays: drawings.npz}
        transforms: [to_tensor]
        batch_size: 4
      model:
        - flatten
        - linear: 2
      optimizer: {adam: 5e-2}
      train: {epochs: 2}

      """, to: "drawings.yaml")
    let check = try await program.run(["check", "drawings.yaml"])
    #expect(check.code == 0, "\(check.error)")
    let run = try await program.run(["drawings.yaml", "-q"])
    #expect(run.code == 0, "\(run.error)")
    let directory = String(run.output.split(separator: "\n").last ?? "")
    let test = try await program.run(["predict", directory, "--split", "test"])
    #expect(test.code == 0, "\(test.error)")
    let list = try await program.run(["predict", directory, "drawings.npz", "--csv", "a.csv"])
    #expect(list.code == 0, "\(list.error)")
    let rows = String(decoding: try FileReading.bytes(of: program.path("a.csv")), as: UTF8.self)
      .split(separator: "\n")
    #expect(rows.count == 21 && rows[20].hasPrefix("drawings.npz,19,"), "\(rows)")
  }
}
