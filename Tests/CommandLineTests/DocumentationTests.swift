import FoundationEssentials
import Testing

/// `scripts/check-docs`, on this repository and on pages with known mistakes.
@Suite struct DocumentationTests {
  private static let script = Program.repository + "/scripts/check-docs"

  @Test func everyLinkOfTheDocumentationLeadsSomewhere() async throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try await program.run([Program.repository], executable: Self.script)
    #expect(outcome.code == 0, "\(outcome.text)")
    #expect(outcome.output.contains(" links in "))
  }

  @Test func mistakesAreNamedWithTheirPlaces() async throws {
    let program = try Program()
    defer { program.remove() }
    try FileManager.default.createDirectory(
      atPath: program.path("docs"), withIntermediateDirectories: true)
    try program.write(
      """
      # Title
      [map](docs/README.md), [none](docs/none.md), [no heading](docs/a.md#two)
      [here](#title), [nowhere](#titel), [elsewhere](https://example.com/none.md)
      ![picture](docs/none.png) and `[code](none.md)`
      ```
      [code](none.md)
      ```

      """ + String(repeating: "line\n", count: 144), to: "README.md")
    try program.write("# Map\n[a](a.md), [b](b.md#one-1)\n", to: "docs/README.md")
    try program.write("# One\n[up](../README.md#title)\n", to: "docs/a.md")
    try program.write("# One\n## `One`\n[third](b.md#one-2)\n", to: "docs/b.md")
    try program.write("# Not in the map\n", to: "docs/c.md")
    let outcome = try await program.run([program.work], executable: Self.script)
    #expect(outcome.code == 1)
    #expect(
      outcome.output == """
        README.md:2: dead link 'docs/none.md': docs/none.md does not exist
        README.md:2: dead link 'docs/a.md#two': docs/a.md has no heading '#two'
        README.md:3: dead link '#titel': README.md has no heading '#titel'
        README.md:4: dead link 'docs/none.png': docs/none.png does not exist
        docs/b.md:3: dead link 'b.md#one-2': docs/b.md has no heading '#one-2'
        docs/README.md:1: does not link docs/c.md
        README.md:151: has 151 lines; at most 150

        """)
  }

  @Test func aFolderWithoutDocumentationIsAnError() async throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try await program.run([program.work], executable: Self.script)
    #expect(outcome.code == 2 && outcome.error.contains("no documentation"))
  }
}
