import Diagnostics
import Files
import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// What can be done without guessing about something that ``MachineCheck`` finds missing.
package enum MachineRepair: Sendable, Equatable {
  /// Debian packages, by apt-get.
  case packages([String])
  /// The user's own cache folder, which is not writable.
  case cacheAccess(String)
  /// The completion of a shell, `bash` or `fish`, as a file.
  case completion(shell: String, path: String)
  /// The script of a checkout that downloads LibTorch.
  case libTorch(script: String)

  /// What will be done, in the imperative.
  package var description: String {
    switch self {
    case .packages(let names):
      "install with \(Self.asRoot.isEmpty ? "" : "sudo ")apt-get: \(names.joined(separator: " "))"
    case .cacheAccess(let path): "make your folder \(path) writable: chmod u+rwx"
    case .completion(let shell, let path): "write the completion for \(shell) to \(path)"
    case .libTorch(let script): "download LibTorch (190 MB) with \(script)"
    }
  }

  /// Does it.
  ///
  /// - Parameter completion: gives the script for a shell.
  /// - Throws: ``InputError`` or ``FileError`` that says what did not work.
  package func perform(completion: (String) -> String) async throws {
    switch self {
    case .packages(let names): try await Self.install(names)
    case .cacheAccess(let path):
      var status = stat()
      guard stat(path, &status) == 0, chmod(path, status.st_mode & 0o7777 | 0o700) == 0 else {
        throw FileError(path: path, attempt: "make it writable", code: errno)
      }
    case .completion(let shell, let path):
      guard let slash = path.lastIndex(of: "/") else {
        throw FileError(path: path, reason: "is not absolute")
      }
      try AtomicFile.createFolder(String(path[..<slash]))
      try AtomicFile.write(completion(shell), to: path)
    case .libTorch(let script):
      if try await !Self.succeeds(script, []) {
        throw InputError("'\(script)' failed")
      }
    }
  }

  // MARK: Packages

  /// Whether apt-get is there, and this user may use it.
  static var canInstallPackages: Bool {
    programIsThere("apt-get") && (geteuid() == 0 || programIsThere("sudo"))
  }

  private static var asRoot: [String] { geteuid() == 0 ? [] : ["sudo"] }

  private static func install(_ names: [String]) async throws {
    let install = ["apt-get", "install", "--yes", "--no-install-recommends"] + names
    // Lists of packages may be old or missing, as in a new container.
    if try await apt(install) { return }
    if try await apt(["apt-get", "update"]), try await apt(install) { return }
    throw InputError(
      "apt-get did not install \(names.joined(separator: ", "))",
      hint: "run it yourself: \((asRoot + install).joined(separator: " "))")
  }

  private static func apt(_ words: [String]) async throws -> Bool {
    let words = asRoot + words
    return try await succeeds(words[0], Array(words.dropFirst()))
  }

  /// Runs a program, whose output goes to standard error.
  private static func succeeds(_ program: String, _ arguments: [String]) async throws -> Bool {
    let executable: Executable =
      program.contains("/") ? .path(FilePath(program)) : .name(program)
    let result = try await Subprocess.run(
      executable, arguments: Arguments(arguments),
      environment: .inherit.updating(["DEBIAN_FRONTEND": "noninteractive"]), input: .none,
      output: .fileDescriptor(.standardError, closeAfterSpawningProcess: false),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    return result.terminationStatus.isSuccess
  }

  private static func programIsThere(_ name: String) -> Bool {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return folders.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  // MARK: LibTorch

  /// The script of the checkout that contains `folder`; `nil` for an installed program.
  static func libTorchScript(above folder: String) -> String? {
    var place = folder[...]
    // The programs of a checkout are in .build/TRIPLE/CONFIGURATION.
    for _ in 0..<4 {
      let script = place + "/scripts/setup-libtorch"
      if access(String(script), X_OK) == 0, access(place + "/Package.swift", R_OK) == 0 {
        return String(script)
      }
      guard let slash = place.lastIndex(of: "/") else { return nil }
      place = place[..<slash]
    }
    return nil
  }
}
