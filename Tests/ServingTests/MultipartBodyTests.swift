import Testing

@testable import Serving

/// Forms with files.
@Suite struct MultipartBodyTests {
  private func parse(_ text: String, boundary: String = "X") throws -> [MultipartBody.Part] {
    try MultipartBody(Array(text.utf8), boundary: boundary, mostParts: 3).parts
  }

  private static let one =
    "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\";c.png\"\r\n"
    + "Content-Type: image/png\r\n\r\nab\r\n-X\r\n--X--\r\n"

  @Test func aFileIsFound() throws {
    let parts = try parse(Self.one)
    #expect(
      parts == [
        MultipartBody.Part(
          name: "file", fileName: "a \"b\";c.png", type: ContentType("image/png"),
          bytes: Array("ab\r\n-X".utf8))
      ])
  }

  @Test func preambleEpilogueAndEmptyPartsAreFine() throws {
    let parts = try parse(
      "before\r\n--X \t\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
        + "--X\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n--X--behind")
    #expect(parts.map(\.name) == ["a", "b"])
    #expect(parts.map(\.bytes) == [[], [0x31]])
    #expect(parts.map(\.fileName) == [nil, nil])
  }

  @Test(arguments: [
    "", "--X", "--X\r\n", "--Y--", "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nab",
    "--X\r\nContent-Disposition: form-data; name=a\r\n", "--X\r\nfoo\r\n\r\n\r\n--X--",
    "--X\r\nContent-Disposition: form-data\r\n\r\n\r\n--X--", "--Xfoo\r\n\r\n\r\n--X--",
    String(repeating: "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", count: 4)
      + "--X--",
  ])
  func whatIsBrokenIsRefused(_ text: String) {
    #expect(throws: MultipartBody.Problem.self) { try parse(text) }
  }

  @Test func everyCutIsRefused() throws {
    let text = Self.one.utf8.dropLast(4)
    for count in 0..<text.count {
      #expect(throws: MultipartBody.Problem.self) {
        try MultipartBody(Array(text.prefix(count)), boundary: "X", mostParts: 3)
      }
    }
    #expect(
      try MultipartBody(Array(text) + Array("--".utf8), boundary: "X", mostParts: 3).parts.count
        == 1)
  }

  @Test func boundariesHaveALength() {
    for boundary in ["", String(repeating: "x", count: 71)] {
      #expect(throws: MultipartBody.Problem.self) {
        try parse("--\(boundary)--", boundary: boundary)
      }
    }
  }

  @Test func contentTypesHaveParameters() {
    let type = ContentType("Multipart/Form-Data ; Boundary=\"a;b\"; charset=utf-8;;x")
    #expect(type.type == "multipart/form-data")
    #expect(type.parameters == ["boundary": "a;b", "charset": "utf-8"])
    #expect(ContentType("image/jpeg").isImage)
    #expect(ContentType("application/json; charset=utf-8").isJSON)
    #expect(ContentType("").type.isEmpty)
  }
}
