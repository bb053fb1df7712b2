import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import ImageFormats
import RunRecord
import TestSupport
import Testing

/// `runner serve`.
@Suite struct ServeTests {
  /// Answers that were computed alone and in a batch.
  private static let tolerance = 1e-6

  /// Writes PNG files of 8×8 pixels, and their names.
  private func pictures(_ program: Program, _ count: Int) throws -> [String] {
    try (0..<count).map { number in
      let pixels = (0..<64).map { UInt8((number * 37 + $0 * ($0 + number) * 13) % 256) }
      let name = "picture\(number).png"
      try FinishedRun.writePNG(pixels[...], to: program.path(name))
      return name
    }
  }

  /// What `runner predict --json` says of files, by line.
  private func predicted(
    _ program: Program, _ files: [String]
  ) async throws -> [[String: JSONValue]] {
    let outcome = try await program.run(["predict", "latest", "--json"] + files)
    #expect(outcome.code == 0, "\(outcome.error)")
    return try outcome.output.split(separator: "\n").map {
      guard case .object(let object) = try JSONText.decode(JSONValue.self, from: Array($0.utf8))
      else {
        throw TestFailure(outcome.output)
      }
      return object
    }
  }

  private func numbers(_ value: JSONValue?) -> [Double] {
    guard case .array(let values)? = value else { return [] }
    return values.compactMap(\.asDouble)
  }

  private func expectSame(
    _ found: [String: JSONValue], _ expected: [String: JSONValue],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found["class"] == expected["class"], sourceLocation: sourceLocation)
    #expect(found["predicted"] == expected["predicted"], sourceLocation: sourceLocation)
    let (left, right) = (numbers(found["probabilities"]), numbers(expected["probabilities"]))
    #expect(left.count == right.count && !left.isEmpty, sourceLocation: sourceLocation)
    for (a, b) in zip(left, right) {
      #expect(abs(a - b) <= Self.tolerance, sourceLocation: sourceLocation)
    }
  }

  @Test func picturesGetTheAnswersOfPredict() async throws {
    try await FinishedRun.with { program, _ in
      let files = try pictures(program, 12)
      let expected = try await predicted(program, files)
      let outcome = try await RunningService.with(program, ["latest", "--max-batch", "4"]) {
        service in
        let bytes = try files.map { try FileReading.bytes(of: program.path($0)) }
        // One after the other, and then at once.
        for (place, file) in bytes.enumerated() {
          let answer = try service.post(file, type: "image/png")
          #expect(answer.status == 200, "\(answer.text)")
          #expect(answer.headers["content-type"] == "application/json")
          expectSame(try #require(try answer.predictions.first), expected[place])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<96 {
            group.addTask {
              let place = number % bytes.count
              let answer = try service.post(bytes[place], type: number % 2 == 0 ? "image/png" : nil)
              expectSame(try #require(try answer.predictions.first), expected[place])
            }
          }
          try await group.waitForAll()
        }
        // Several in a form, one of them broken.
        var form: [UInt8] = []
        for (name, file) in zip(files, bytes) + [("broken.png", Array(bytes[0].prefix(60)))] {
          form +=
            "--abc\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
            .utf8
          form += file + Array("\r\n".utf8)
        }
        form += "--abc--\r\n".utf8
        let answer = try service.post(form, type: "multipart/form-data; boundary=abc")
        let all = try answer.predictions
        #expect(all.count == 13)
        for (found, wanted) in zip(all, expected) {
          expectSame(found, wanted)
          #expect(found["image"] == wanted["image"])
        }
        guard case .object(let error)? = all.last?["error"] else { throw TestFailure(answer.text) }
        #expect(error["message"] != nil)
        #expect(all.last?["image"] == "broken.png")

        // The same as numbers.
        let image = try DecodedImage(decoding: bytes[3], path: "").convert(channels: 1)
        let rows = (0..<8).map { y in
          "[" + (0..<8).map { "\(image.bytes[8 * y + $0])" }.joined(separator: ",") + "]"
        }
        let text = #"{"instances": [["# + rows.joined(separator: ",") + "]]}"
        let values = try service.post(Array(text.utf8), type: "application/json")
        #expect(values.status == 200, "\(values.text)")
        expectSame(try #require(try values.predictions.first), expected[3])

        let metrics = try service.get("/metrics").text
        #expect(metrics.contains("runner_requests_total{path=\"/predict\",status=\"200\"} 110\n"))
        #expect(metrics.contains("runner_batch_inputs_sum 122.0\n"))
        #expect(metrics.contains("runner_ready 1\n"))
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func whatIsWrongIsSaidWithItsStatus() async throws {
    try await FinishedRun.with { program, _ in
      let file = try FileReading.bytes(of: program.path(try pictures(program, 1)[0]))
      let outcome = try await RunningService.with(
        program, ["latest", "--max-body", "1"], ending: SIGINT
      ) { service in
        func expect(
          _ response: RunningService.Response, _ status: Int,
          sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
          #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
          guard case .object(let object) = try response.json,
            case .string(let message)? = object["message"]
          else { throw TestFailure(response.text) }
          #expect(!message.isEmpty, sourceLocation: sourceLocation)
          #expect(object["hint"] != nil, sourceLocation: sourceLocation)
        }
        try expect(service.get("/nothing"), 404)
        let wrong = try service.get("/predict")
        try expect(wrong, 405)
        #expect(wrong.headers["allow"] == "POST")
        try expect(service.send("POST /predict HTTP/1.1", []), 411)
        try expect(service.send("POST /predict HTTP/1.1", ["Content-Length: 2000000"]), 413)
        try expect(service.post([], type: "image/png"), 400)
        try expect(service.post(file, type: "text/plain"), 415)
        try expect(service.post(Array("GIF89a and more".utf8), type: "image/gif"), 415)
        try expect(service.post(Array(file.prefix(50)), type: "image/png"), 422)
        try expect(service.post(Array("{".utf8), type: "application/json"), 400)
        try expect(service.post(Array("{}".utf8), type: "application/json"), 422)
        try expect(
          service.post(Array(#"{"rows": [{"a": 1}]}"#.utf8), type: "application/json"), 422)
        for values in [
          "[]", "[[1, 2], [3]]", "[[[256]]]", "[[[0.5]]]", "[1]", "[\"a\"]",
        ] {
          try expect(
            service.post(Array("{\"instances\": \(values)}".utf8), type: "application/json"), 422)
        }
        try expect(service.post(file, type: "multipart/form-data"), 400)
        try expect(service.post(file, type: "multipart/form-data; boundary=x"), 400)
        try expect(service.exchange(Array("nonsense\r\n\r\n".utf8)), 400)
        try expect(service.send("GET /model HTTP/1.1", [], host: "evil.example"), 421)
        // A body in chunks that never ends is cut off.
        let chunk = "80000\r\n" + String(repeating: "x", count: 0x80000) + "\r\n"
        let head = "POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = Array((head + chunk + chunk + chunk).utf8)
        #expect(try service.exchange(chunks).status == 413)
        #expect(try service.post(file, type: "image/png").status == 200)
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func theServiceDescribesItself() async throws {
    try await FinishedRun.with { program, run in
      let outcome = try await RunningService.with(program, ["latest"]) { service in
        let page = try service.get("/")
        #expect(page.text.contains("Drop a picture"))
        #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        guard case .object(let model) = try service.get("/model").json,
          case .object(let target)? = model["target"], case .object(let input)? = model["input"]
        else { throw TestFailure("no model") }
        #expect(model["identity"] == .string(try run.readInfo().identity))
        #expect(target["classes"] == ["0", "1", "2", "3"])
        #expect(input == ["kind": "image", "channels": 1, "height": 8, "width": 8])
        guard case .object(let document) = try service.get("/openapi.json").json,
          case .object(let paths)? = document["paths"]
        else { throw TestFailure("no document") }
        #expect(paths["/predict"] != nil)
        let health = try service.get("/health")
        #expect(health.status == 200)
        #expect(try health.json == ["live": true, "ready": true, "state": "ready"])
        let head = try service.send("HEAD /model HTTP/1.1", [])
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func aTokenIsAsked() async throws {
    try await FinishedRun.with { program, _ in
      let missing = try await program.run(["serve", "latest", "--host", "0.0.0.0", "--port", "0"])
      #expect(missing.code == 2)
      #expect(missing.error.contains("--token-file"))
      try program.write("short\n", to: "short")
      let short = try await program.run(["serve", "latest", "--token-file", "short", "--port", "0"])
      #expect(short.code == 2)
      try program.write("0123456789abcdef\n", to: "token")
      let arguments = ["latest", "--host", "0.0.0.0", "--token-file", "token"]
      let outcome = try await RunningService.with(program, arguments) { service in
        #expect(try service.get("/health").status == 200)
        #expect(try service.get("/").status == 200)
        for header in [
          [], ["Authorization: Bearer 0123456789abcdeX"], ["Authorization: Basic abc"],
        ] {
          let answer = try service.get("/model", header)
          #expect(answer.status == 401)
          #expect(answer.headers["www-authenticate"] == "Bearer")
        }
        let right = try service.send(
          "GET /model HTTP/1.1", ["Authorization: Bearer 0123456789abcdef"], host: "any.example")
        #expect(right.status == 200)
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func aKilledWorkerIsReplacedAndATakenPortIsSaid() async throws {
    try await FinishedRun.with { program, _ in
      let file = try FileReading.bytes(of: program.path(try pictures(program, 1)[0]))
      let outcome = try await RunningService.with(program, ["latest"]) { service in
        let taken = try await program.run(["serve", "latest", "--port", "\(service.port)"])
        #expect(taken.code == 2)
        #expect(taken.error.contains("port \(service.port)"))
        let worker = try #require(service.worker)
        kill(worker, SIGKILL)
        // It may be noticed by a request only, which is then refused.
        var statuses: [Int] = []
        for _ in 0..<600 where statuses.last != 200 {
          let answer = try service.post(file, type: "image/png")
          statuses.append(answer.status)
          if answer.status == 503 { #expect(answer.headers["retry-after"] != nil) }
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(Set(statuses) == [200, 503])
        #expect(try service.get("/metrics").text.contains("runner_worker_restarts_total 1\n"))
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func rowsOfATableGetTheAnswersOfPredict() async throws {
    let program = try Program()
    defer { program.remove() }
    var csv = "size,island,weight,kind\n"
    for number in 0..<60 {
      let kind = number % 3
      let island = ["A", "\"B, b\"", "C"][(number / 2) % 3]
      // A missing value, so that the model takes others.
      let weight = number == 9 ? "" : "\(number % 7)"
      csv += "\(10 + kind * 5 + number % 4),\(island),\(weight),k\(kind)\n"
    }
    try program.write(csv, to: "table.csv")
    try program.write(
      """
      seed: 1
      data:
        dataset: {table: {file: table.csv, target: kind, impute: {numbers: mean}}}
      model: [linear: 8, relu, linear: 3]
      optimizer: {adam: {lr: 1e-2}}
      train: {epochs: 3}
      """, to: "table.yaml")
    let trained = try await program.run(["table.yaml", "-q"])
    #expect(trained.code == 0, "\(trained.error)")
    try program.write("island,size,weight\n\"B, b\",12.5,3\nA,20,\nZ,11,1\n", to: "rows.csv")
    let expected = try await predicted(program, ["rows.csv"])
    let outcome = try await RunningService.with(program, ["latest"]) { service in
      func post(_ text: String) throws -> RunningService.Response {
        try service.post(Array(text.utf8), type: "application/json")
      }
      let rows = """
        {"rows": [{"size": 12.5, "island": "B, b", "weight": 3, "other": [1]},
         {"size": 20, "island": "A", "weight": null}, {"weight": 1, "island": "Z", "size": "11"}]}
        """
      // A name that is no column may hold anything but lists and objects.
      #expect(try post(rows).status == 422)
      let answer = try post(rows.replacing(", \"other\": [1]", with: ", \"other\": true"))
      #expect(answer.status == 200, "\(answer.text)")
      let found = try answer.predictions
      #expect(found.count == 3)
      for (one, other) in zip(found, expected) { expectSame(one, other) }
      let lists = try post(#"{"instances": [[12.5, "B, b", 3]]}"#)
      #expect(lists.status == 200, "\(lists.text)")
      expectSame(try #require(try lists.predictions.first), expected[0])
      let lacking = try post(#"{"rows": [{"size": 1, "island": "A"}]}"#)
      #expect(lacking.status == 422)
      #expect(lacking.text.contains("row 0 has no 'weight'"))
      #expect(try post(#"{"rows": [{"size": "large", "island": "A", "weight": 1}]}"#).status == 422)
      #expect(try post(#"{"instances": [[1, "A"]]}"#).status == 422)
      #expect(try service.post([1, 2, 3], type: "image/png").status == 422)
      // Bad requests do not spoil the good ones of their batch.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<40 {
          group.addTask {
            let size = number % 4 == 0 ? "\"large\"" : "12.5"
            let answer = try service.post(
              Array("{\"rows\": [{\"size\": \(size), \"island\": \"B, b\", \"weight\": 3}]}".utf8),
              type: "application/json")
            if number % 4 == 0 {
              #expect(answer.status == 422)
            } else {
              expectSame(try #require(try answer.predictions.first), expected[0])
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try service.get("/openapi.json").text.contains("\"weight\""))
    }
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test func aRunningRequestIsAnsweredBeforeTheEnd() async throws {
    try await FinishedRun.with { program, _ in
      let file = try FileReading.bytes(of: program.path(try pictures(program, 1)[0]))
      let outcome = try await RunningService.with(program, ["latest"], ending: 0) { service in
        // The head has arrived when the signal does, the body has not.
        let connection = try service.connect()
        let head =
          "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
          + "Content-Length: \(file.count)\r\n\r\n"
        _ = Glibc.send(connection, head, head.utf8.count, 0)
        try await Task.sleep(for: .milliseconds(300))
        kill(service.process, SIGTERM)
        try await Task.sleep(for: .milliseconds(300))
        #expect(throws: TestFailure.self) { try service.connect() }
        _ = file.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, 0) }
        let text = String(decoding: RunningService.read(connection), as: UTF8.self)
        #expect(text.contains("200 OK"))
        #expect(text.contains("predictions"))
        close(connection)
      }
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }
}
