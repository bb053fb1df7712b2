import Diagnostics
import ExperimentConfig
import Glibc

/// The program with the server, which is a separate one so that other commands start without it.
package enum ServiceProgram {
  /// Replaces this program by the server.
  ///
  /// - Throws: ``InputError`` if the server is missing; ``ProgramFault`` if it cannot be started.
  package static func become(
    _ settings: ServiceSettings, environment: [String: String]
  ) throws -> Never {
    let path = try locate(environment)
    let text = String(decoding: try JSONText.encode(settings), as: UTF8.self)
    var arguments: [UnsafeMutablePointer<CChar>?] = [path, text].map { (word: String) in
      strdup(word)
    }
    arguments.append(nil)
    // Ignoring a signal is inherited; a closed pipe is handled by the server itself.
    execv(path, &arguments)
    let code = errno
    for argument in arguments { free(argument) }
    throw ProgramFault("\(path) does not start: \(String(cString: strerror(code)))")
  }

  /// `$RUNNER_SERVE`, or else `runner-serve` in this program's directory.
  private static func locate(_ environment: [String: String]) throws -> String {
    let chosen = environment["RUNNER_SERVE"].flatMap { $0.isEmpty ? nil : $0 }
    let path = chosen ?? Machine.programFolder + "/runner-serve"
    guard access(path, X_OK) == 0 else {
      throw InputError(
        "no program at \(path)",
        hint: chosen == nil ? "'make build' builds it" : "RUNNER_SERVE sets its path")
    }
    return path
  }
}
