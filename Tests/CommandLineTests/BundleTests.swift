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

  /// The headers of CUDA's toolkit are spread over several of the folders beside PyTorch's package, as in those for CUDA 12.
  @Test(arguments: [true, false])
  func headersForCUDAGraphsAreFound(_ areComplete: Bool) async throws {
    var program = try Program()
    defer { program.remove() }
    var files = [
      "torch/lib/libtorch_cpu.so", "torch/lib/libtorch_cuda.so", "torch/include/ATen/ATen.h",
      "nvidia/cublas/include/cublas.h", "nvidia/cuda_runtime/include/cuda_runtime_api.h",
    ]
    if areComplete { files.append("nvidia/cuda_nvcc/include/crt/host_config.h") }
    for file in files { try Self.write("", to: file, program) }
    try Self.write(
      "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 15\n",
      to: "torch/include/torch/headeronly/version.h", program)
    program.environment["CXX"] = "false"
    program.environment["CC"] = "false"
    program.environment["CUDA_HOME"] = program.path("nowhere")
    let outcome = try await program.run(
      [program.path("torch"), program.path("built")],
      executable: Program.repository + "/scripts/build-ctorch")
    #expect(outcome.code != 0, "there is no compiler")
    let line =
      areComplete
      ? "build-ctorch: with CUDA graphs"
      : "build-ctorch: the headers of CUDA's toolkit are not all there (docs/gpu.md): no CUDA graphs"
    #expect(
      outcome.error.split(separator: "\n").map(String.init).contains(line), "\(outcome.error)")
  }

  /// Writes a file in a folder that may not exist yet.
  private static func write(_ text: String, to file: String, _ program: Program) throws {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: program.path(folder), withIntermediateDirectories: true)
    try program.write(text, to: file)
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
