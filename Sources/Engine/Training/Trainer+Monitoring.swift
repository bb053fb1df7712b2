import Diagnostics
import ExperimentConfig
import RunRecord
import Schedules

/// A part of the training that depends on a monitored validation result.
private struct MonitorUser {
  let monitor: Monitor
  /// The name in messages.
  let name: String
  /// The number of epochs after which it decides.
  let patience: Int
  /// Where the experiment names the result.
  let range: SourceRange?
}

extension Trainer {
  private var monitorUsers: [MonitorUser] {
    var users: [MonitorUser] = []
    if let rule = job.earlyStopping {
      users.append(
        MonitorUser(
          monitor: rule.monitor, name: "early stopping", patience: max(rule.patience, 1),
          range: rule.range))
    }
    if let monitored = schedule?.monitor {
      users.append(
        MonitorUser(
          monitor: monitored.monitor, name: "reduce_on_plateau", patience: monitored.patience + 1,
          range: monitored.range))
    }
    if !job.keepsLastEpoch {
      users.append(
        MonitorUser(
          monitor: job.monitor, name: "the choice of the best epoch", patience: job.epochs,
          range: job.earlyStopping?.range))
    }
    return users
  }

  /// Records which monitored results an epoch has.
  func observeMonitored(_ scores: EvaluationScores?) {
    guard let scores else { return }
    var histories = progress.monitored ?? [:]
    for name in Set(monitorUsers.map(\.monitor.name)) {
      histories[name, default: MonitoredHistory()].add(scores.values[name], scores.undefined[name])
    }
    progress.monitored = histories
  }

  /// Warns once for each result with skipped epochs.
  func reportSkips(to observer: any TrainingObserver) throws {
    for (name, history) in (progress.monitored ?? [:]).sorted(by: { $0.key < $1.key })
    where history.undefined > 0 && reportedSkips.insert(name).inserted {
      let users = monitorUsers.filter { $0.monitor.name == name }.map(\.name)
      try observer.warn(problem(name, history).warning(users))
    }
  }

  /// - Parameter isAtEnd: whether training is over, so that no later epoch can define the result.
  /// - Throws: ``InputError`` if something depends on a result that was never defined.
  func checkMonitored(isAtEnd: Bool) throws {
    for user in monitorUsers {
      guard let history = progress.monitored?[user.monitor.name], history.missing > 0,
        isAtEnd || history.missing >= user.patience
      else { continue }
      throw problem(user.monitor.name, history).error(user.name, at: user.range)
    }
  }

  private func problem(_ name: String, _ history: MonitoredHistory) -> UndefinedMonitor {
    UndefinedMonitor(
      name: name, history: history, examples: job.selection.examplesText, epochs: progress.epochs)
  }

  /// Why a finished training ended.
  var end: TrainingEnd {
    let perEpoch = job.stepsPerEpoch
    let inLast = progress.step - max(progress.epochs - 1, 0) * perEpoch
    let isWhole = progress.step >= job.epochs * perEpoch
    let hasStopped = progress.earlyStopping?.hasStopped ?? false
    var end = TrainingEnd(
      isWhole ? .completed : hasStopped ? .earlyStopping : .maxSteps, epoch: progress.epochs,
      epochs: job.epochs, steps: progress.step)
    if inLast < perEpoch, job.epochs > 0 { end.partialEpoch = .init(steps: inLast, of: perEpoch) }
    if progress.averagedSteps > 0 { end.averagedFrom = job.swa?.startEpoch }
    if hasStopped, let rule = job.earlyStopping, let state = progress.earlyStopping {
      let history = progress.monitored?[rule.monitor.name]
      end.stopping = TrainingEnd.Stopping(
        monitor: rule.monitor.name, value: history?.last, best: state.best,
        bestEpoch: state.bestEpoch, patience: rule.patience, minDelta: rule.minDelta,
        skippedEpochs: history.flatMap { $0.undefined > 0 ? $0.undefined : nil })
    }
    return end
  }

  /// Whether an epoch with this score is the best so far.
  func isBest(_ score: Double?, _ monitor: Monitor) -> Bool {
    if job.keepsLastEpoch { return true }
    guard let best = progress.best else { return true }
    guard let score else { return false }
    guard let old = best.score else { return true }
    return monitor.mode == .min ? score < old : score > old
  }
}
