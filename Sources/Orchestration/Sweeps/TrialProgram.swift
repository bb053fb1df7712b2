/// The program that carries a trial on: this one.
enum TrialProgram {
  /// `$RUNNER_PROGRAM`, or this program's own file.
  static func path(_ environment: [String: String]) -> String {
    let chosen = environment["RUNNER_PROGRAM"].flatMap { $0.isEmpty ? nil : $0 }
    return chosen ?? Machine.programFolder + "/runner"
  }
}
