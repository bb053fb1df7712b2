import Diagnostics

extension Terminal {
  /// Writes diagnostics and, if there are several errors, their count.
  package func write(_ diagnostics: [Diagnostic]) {
    let renderer = DiagnosticRenderer(useColor: usesColor, width: max(width - 8, 60))
    write(renderer.render(diagnostics))
    let errors = diagnostics.count { $0.severity == .error }
    if errors > 1 { write("\(errors) errors\n") }
  }
}
