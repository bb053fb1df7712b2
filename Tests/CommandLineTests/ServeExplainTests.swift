import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import RunRecord
import TestSupport
import Testing

/// `POST /explain` of `runner serve`.
@Suite struct ServeExplainTests {
  /// A finished run of a small convolutional network, and a picture.
  private func withConvolutions(_ body: (Program, [UInt8]) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let yaml = SmallExperiment.yaml.replacing(
      "- flatten\n",
      with: "- conv2d: {out_channels: 6, kernel_size: 3, padding: 1}\n  - relu\n  - flatten\n")
    try program.write(yaml, to: "small.yaml")
    let trained = try await program.run(["small.yaml", "-q"])
    #expect(trained.code == 0, "\(trained.error)")
    let pixels = try FinishedRun.pixels(program)
    try FinishedRun.writePNG(pixels[0..<64], to: program.path("digit.png"))
    try await body(program, FileReading.bytes(of: program.path("digit.png")))
  }

  private func object(_ response: RunningService.Response) throws -> [String: JSONValue] {
    guard case .object(let object) = try response.json else { throw TestFailure(response.text) }
    return object
  }

  private func expect(
    _ response: RunningService.Response, _ status: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
    let message = try object(response)["message"]?.asString
    #expect(message?.isEmpty == false, sourceLocation: sourceLocation)
  }

  @Test func answersAreExplainedByAWorkerOfItsOwn() async throws {
    try await withConvolutions { program, file in
      let outcome = try await RunningService.with(program, ["latest"]) { service in
        #expect(try object(service.get("/model"))["explains"] == true)
        guard case .object(let paths)? = try object(service.get("/openapi.json"))["paths"] else {
          throw TestFailure("no paths")
        }
        #expect(paths["/explain"] != nil)
        let predicted = try #require(
          try service.post(file, type: "image/png").predictions.first?["class"])
        #expect(service.workers.count == 1)

        let answer = try service.post(file, type: "image/png", to: "/explain")
        #expect(answer.status == 200, "\(answer.text)")
        let found = try object(answer)
        #expect(found["explained"] == predicted)
        #expect(found["method"] == "grad_cam" && found["layer"] == "1")
        #expect(found["height"] == 8 && found["width"] == 8)
        let png = try #require(found["map"]?.asString.flatMap { Data(base64Encoded: $0) })
        #expect(Array(png).starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(service.workers.count == 2)
        // The same in a form, and another class.
        let form =
          Array(
            "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.png\"\r\n\r\n".utf8)
          + file + Array("\r\n--x--\r\n".utf8)
        let same = try service.post(form, type: "multipart/form-data; boundary=x", to: "/explain")
        #expect(same.body == answer.body)
        let other = predicted == "3" ? "2" : "3"
        let chosen = try object(service.post(file, type: nil, to: "/explain?class=\(other)"))
        #expect(chosen["explained"] == .string(other) && chosen["map"] != found["map"])
        // Predictions are what they were.
        #expect(
          try service.post(file, type: "image/png").predictions.first?["class"] == predicted)

        try expect(service.post(file, type: nil, to: "/explain?class=9"), 422)
        try expect(service.post([], type: nil, to: "/explain"), 400)
        try expect(service.post(file, type: "text/plain", to: "/explain"), 415)
        try expect(service.post(Array("{}".utf8), type: "application/json", to: "/explain"), 415)
        try expect(service.post(Array(file.prefix(50)), type: nil, to: "/explain"), 422)
        try expect(service.post(Array("GIF89a".utf8), type: nil, to: "/explain"), 415)
        try expect(service.get("/explain"), 405)
        let metrics = try service.get("/metrics").text
        #expect(metrics.contains("runner_requests_total{path=\"/explain\",status=\"200\"} 3\n"))
        #expect(metrics.contains("runner_explain_seconds_count 10\n"))
        #expect(metrics.contains("runner_batch_inputs_sum 2.0\n"))
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func aKilledExplainerDisturbsNoPredictions() async throws {
    try await withConvolutions { program, file in
      let outcome = try await RunningService.with(program, ["latest"]) { service in
        let worker = try #require(service.worker)
        #expect(try service.post(file, type: nil, to: "/explain").status == 200)
        let explainer = try #require(service.workers.first { $0 != worker })
        kill(explainer, SIGKILL)
        var statuses: [Int] = []
        for _ in 0..<600 where statuses.last != 200 {
          statuses.append(try service.post(file, type: nil, to: "/explain").status)
          #expect(try service.post(file, type: nil).status == 200)
          if statuses.last != 200 { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(statuses.last == 200 && statuses.dropLast().allSatisfy { $0 == 503 })
        #expect(service.workers.contains(worker))
        #expect(try service.get("/metrics").text.contains("runner_worker_restarts_total 0\n"))
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func aModelWithoutConvolutionsExplainsNothing() async throws {
    try await FinishedRun.with { program, _ in
      let pixels = try FinishedRun.pixels(program)
      try FinishedRun.writePNG(pixels[0..<64], to: program.path("digit.png"))
      let file = try FileReading.bytes(of: program.path("digit.png"))
      let outcome = try await RunningService.with(program, ["latest"]) { service in
        #expect(try object(service.get("/model"))["explains"] == false)
        let answer = try service.post(file, type: "image/png", to: "/explain")
        try expect(answer, 404)
        #expect(answer.text.contains("height and a width"))
        guard case .object(let paths)? = try object(service.get("/openapi.json"))["paths"] else {
          throw TestFailure("no paths")
        }
        #expect(paths["/explain"] == nil && paths["/predict"] != nil)
        #expect(service.workers.count == 1)
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }
}

extension JSONValue {
  fileprivate var asString: String? { if case .string(let text) = self { text } else { nil } }
}
