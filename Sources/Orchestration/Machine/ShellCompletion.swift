import Files
import Glibc

/// Where the completion of the user's shell is, or would be.
struct ShellCompletion {
  /// `bash`, `zsh` or `fish`.
  let shell: String
  /// Whether the shell finds one.
  let isInstalled: Bool
  /// The file that the user's own completion belongs in; `nil` for zsh, which has no such folder by default.
  let file: String?

  /// - Returns: `nil` for a shell without completion, or if the user's shell or home is not known.
  init?(_ variables: [String: String]) {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let shell = value("SHELL")?.split(separator: "/").last.map(String.init),
      let home = value("HOME"), home.hasPrefix("/")
    else { return nil }
    let data = value("XDG_DATA_HOME") ?? home + "/.local/share"
    let configuration = value("XDG_CONFIG_HOME") ?? home + "/.config"
    let shared: String
    let start: String
    switch shell {
    case "bash":
      shared = "bash-completion/completions/runner"
      file = "\(data)/\(shared)"
      start = home + "/.bashrc"
    case "fish":
      shared = "fish/vendor_completions.d/runner.fish"
      file = "\(configuration)/fish/completions/runner.fish"
      start = "\(configuration)/fish/config.fish"
    case "zsh":
      shared = "zsh/site-functions/_runner"
      file = nil
      start = (value("ZDOTDIR") ?? home) + "/.zshrc"
    default: return nil
    }
    self.shell = shell
    let places = [data, "/usr/local/share", "/usr/share"].map { "\($0)/\(shared)" } + [file ?? ""]
    isInstalled =
      places.contains { !$0.isEmpty && access($0, R_OK) == 0 } || Self.isSourced(in: start)
  }

  /// Whether the shell asks `runner` for the script when it starts.
  private static func isSourced(in file: String) -> Bool {
    guard let bytes = try? FileReading.bytes(of: file, limit: 1 << 22) else { return false }
    return String(decoding: bytes, as: UTF8.self).contains("runner --generate-completion-script")
  }
}
