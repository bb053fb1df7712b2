import Glibc
import Reporting

extension Terminal {
  /// For text that goes to standard output, which may be a terminal where standard error is none.
  static func output(environment: [String: String]) -> Terminal {
    Terminal(
      environment: environment, isTerminal: isatty(STDOUT_FILENO) == 1, columns: { 80 },
      sink: { _ in })
  }
}
