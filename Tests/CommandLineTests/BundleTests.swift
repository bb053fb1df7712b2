import FoundationEssentials
import Testing

/// `scripts/gpu-bundle` up to its first compiler, which fails here at once.
@Suite struct BundleTests {
  @Test func withoutArgumentsItBegins() async throws {
    var program = try Program()
    defer { program.remove() }
    try Self.makeCheckout(program)
    program.environment["CC"] = "false"
    let outcome = try await program.run([], executable: program.path("scripts/gpu-bundle"))
    #expect(outcome.code == 2)
    #expect(outcome.error == "gpu-bundle: the stub of libctorch could not be built\n")
  }

  @Test(arguments: [["--help"], ["a.tar.gz", "b.tar.gz"]])
  func whatIsNoFileIsWrongUsage(_ arguments: [String]) async throws {
    let program = try Program()
    defer { program.remove() }
    try Self.makeCheckout(program)
    let outcome = try await program.run(arguments, executable: program.path("scripts/gpu-bundle"))
    #expect(outcome.code == 64)
    #expect(outcome.error.hasPrefix("usage: gpu-bundle [FILE]\n"))
  }

  /// The script and one header in a folder of their own, as the script writes beside itself.
  private static func makeCheckout(_ program: Program) throws {
    for folder in ["scripts", "Sources/Engine/CTorch/include"] {
      try FileManager.default.createDirectory(
        atPath: program.path(folder), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      atPath: Program.repository + "/scripts/gpu-bundle", toPath: program.path("scripts/gpu-bundle")
    )
    try program.write(
      "void ct_nothing(void);\n", to: "Sources/Engine/CTorch/include/ctorch.h")
  }
}
