import ArgumentParser

/// Manages the cached features of frozen layers on this machine.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Lists or clears the features that frozen layers computed.",
    discussion: """
      The outputs of frozen layers are computed once and kept for later runs in \
      $RUNNER_CACHE/features. $RUNNER_CACHE_LIMIT (20GB where it is not set) says how much is kept; \
      what was used least recently goes first.
      """,
    subcommands: [CacheListCommand.self, CacheClearCommand.self],
    defaultSubcommand: CacheListCommand.self)
}
