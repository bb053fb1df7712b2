/// Something on disk that no run needs to be read, resumed, reproduced or used.
package struct Garbage: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A run or sweep that was removed.
    case trash
    /// Frozen weights that runs shared, and that none has any more.
    case weights
    /// Checkpoints of a finished run, which its end was interrupted before removing.
    case checkpoints
    /// Unfinished files of programs that were killed.
    case temporary
    /// The folder of a run that never began.
    case start
    /// Cached outputs of frozen layers that were not used for long.
    case features
    /// Cached decoded images and arrays that were not used for long.
    case images
  }

  package let kind: Kind
  /// A directory of the runs, or a file of the cache.
  package let path: String
  package let bytes: Int
  /// What is freed in a directory that stays; empty if all of it is.
  var names: [String] = []
}
