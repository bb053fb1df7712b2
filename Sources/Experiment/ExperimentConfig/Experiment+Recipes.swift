import Diagnostics

extension Experiment {
  /// Reports combinations of averages and other settings that contradict each other.
  func validateRecipes(into diagnostics: DiagnosticCollector) {
    guard let swa else { return }
    if swa.startEpoch > epochs {
      diagnostics.error(
        "training ends after epoch \(epochs), before any weights are averaged", at: swa.startRange,
        hint: "start_epoch is at most \(epochs)")
    }
    if averageDecay != nil {
      diagnostics.error(
        "'swa' and 'ema' are two averages of the weights, and a run keeps one", at: swa.range,
        hint: "leave one of the two out")
    }
    if let earlyStopping {
      diagnostics.error(
        "early stopping keeps the weights of one epoch, 'swa' the average of the last ones",
        at: earlyStopping.monitor.range ?? swa.range, hint: "leave one of the two out")
    }
  }
}
