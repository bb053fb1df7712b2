import ExperimentConfig
import Files
import Testing

/// Test-time augmentation: predictions averaged over views of each image.
@Suite struct PredictViewsTests {
  @Test func viewsAreAveraged() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      """
      name: views
      data:
        dataset: digits
        limit: {train: 300, test: 20}
        transforms: [resize: 32, center_crop: 28, to_tensor]
        batch_size: 20
      model: [flatten, linear]
      train: {epochs: 1}

      """, to: "views.yaml")
    let run = try await program.run(["views.yaml", "-q"])
    #expect(run.code == 0, "\(run.error)")
    let directory = String(run.output.split(separator: "\n").last ?? "")
    var answers: Set<String> = []
    for views in [[], ["--views", "flip"], ["--views", "five_crop"], ["--views", "ten_crop"]] {
      let predicted = try await program.run(
        ["predict", directory, "--split", "test", "--json"] + views)
      #expect(predicted.code == 0, "\(predicted.error)")
      let object = try JSONText.decode(
        [String: JSONValue].self, from: Array(predicted.output.utf8))
      #expect(object["views"] == views.last.map(JSONValue.string) ?? .null)
      // An average of probabilities has no loss.
      guard case .object(let metrics)? = object["metrics"] else {
        Issue.record("no metrics in \(predicted.output)")
        continue
      }
      #expect((metrics["loss"] == nil) == !views.isEmpty)
      let csv = program.path("\(views.last ?? "one").csv")
      let file = try await program.run(
        ["predict", directory, "--split", "test", "--csv", csv] + views)
      #expect(file.code == 0, "\(file.error)")
      answers.insert(
        String(decoding: try FileReading.bytes(of: csv), as: UTF8.self))
    }
    #expect(answers.count == 4)
  }

  @Test func cropsNeedACrop() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
      """
      name: plain
      data: {dataset: digits, limit: {train: 300, test: 20}, batch_size: 20}
      model: [flatten, linear]
      train: {epochs: 1}

      """, to: "plain.yaml")
    let run = try await program.run(["plain.yaml", "-q"])
    #expect(run.code == 0, "\(run.error)")
    let refused = try await program.run([
      "predict", "latest", "--split", "test", "--views", "five_crop",
    ])
    #expect(refused.code == 2)
    #expect(refused.error.contains("no center_crop"), "\(refused.error)")
  }
}
