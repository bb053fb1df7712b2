import Files
import FoundationEssentials
import Glibc
import Testing

@testable import Orchestration

@Suite struct MachineRepairTests {
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/repair-" + UUID().uuidString
    try AtomicFile.createFolder(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  @Test func aCacheFolderBecomesWritable() async throws {
    try await withFolder { folder in
      #expect(chmod(folder, 0o555) == 0)
      try await MachineRepair.cacheAccess(folder).perform { _ in "" }
      var status = stat()
      #expect(stat(folder, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o755)
      await #expect(throws: FileError.self) {
        try await MachineRepair.cacheAccess(folder + "/none").perform { _ in "" }
      }
    }
  }

  @Test func theCompletionOfAShellIsFound() async throws {
    try await withFolder { home in
      let bash = try #require(ShellCompletion(["SHELL": "/usr/bin/bash", "HOME": home]))
      #expect(bash.file == home + "/.local/share/bash-completion/completions/runner")
      #expect(!bash.isInstalled)
      try await MachineRepair.completion(shell: "bash", path: try #require(bash.file)).perform {
        "for \($0)"
      }
      #expect(ShellCompletion(["SHELL": "/usr/bin/bash", "HOME": home])?.isInstalled == true)
      let text = String(decoding: try FileReading.bytes(of: bash.file ?? ""), as: UTF8.self)
      #expect(text == "for bash")

      let fish = ShellCompletion(["SHELL": "fish", "HOME": home, "XDG_CONFIG_HOME": home + "/c"])
      #expect(fish?.file == home + "/c/fish/completions/runner.fish")
      #expect(fish?.isInstalled == false)
      // zsh has no folder for the user's own, so that it is asked for in its start file.
      #expect(ShellCompletion(["SHELL": "/bin/zsh", "HOME": home])?.file == nil)
      try AtomicFile.write(
        "source <(runner --generate-completion-script zsh)\n", to: home + "/.zshrc")
      #expect(ShellCompletion(["SHELL": "/bin/zsh", "HOME": home])?.isInstalled == true)
      #expect(ShellCompletion(["SHELL": "/bin/sh", "HOME": home]) == nil)
      #expect(ShellCompletion(["SHELL": "/bin/bash"]) == nil)
    }
  }

  @Test func theScriptOfACheckoutIsFound() async throws {
    try await withFolder { root in
      let programs = root + "/.build/x86_64/debug"
      for folder in [programs, root + "/scripts"] { try AtomicFile.createFolder(folder) }
      #expect(MachineRepair.libTorchScript(above: programs) == nil)
      try AtomicFile.write("#!/bin/sh\n", to: root + "/scripts/setup-libtorch")
      #expect(chmod(root + "/scripts/setup-libtorch", 0o755) == 0)
      // A folder called scripts is not yet a checkout.
      #expect(MachineRepair.libTorchScript(above: programs) == nil)
      try AtomicFile.write("", to: root + "/Package.swift")
      #expect(MachineRepair.libTorchScript(above: programs) == root + "/scripts/setup-libtorch")
    }
  }
}
