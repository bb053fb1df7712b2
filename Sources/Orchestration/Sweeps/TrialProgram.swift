/// The program that trains a trial: this one.
enum TrialProgram {
  /// `$RUNNER_PROGRAM`, or else the `runner` executable in this program's directory.
  static func path(_ environment: [String: String]) -> String {
    let chosen = environment["RUNNER_PROGRAM"].flatMap { $0.isEmpty ? nil : $0 }
    return chosen ?? Machine.programFolder + "/runner"
  }
}
