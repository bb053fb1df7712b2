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
        "'swa' and 'ema' cannot be combined: a run keeps one average of the weights", at: swa.range,
        hint: "leave one of the two out")
    }
    if let earlyStopping {
      diagnostics.error(
        "early stopping keeps the weights of one epoch, but 'swa' averages those of the last "
          + "epochs",
        at: earlyStopping.monitor.range ?? swa.range, hint: "leave one of the two out")
    }
  }
}
