import ExperimentConfig
import Schedules
import Testing

struct EarlyStoppingTests {
  private func verdicts(
    _ values: [Double], _ mode: MonitorMode = .min, patience: Int, minDelta: Double = 0
  ) throws -> [EarlyStopping.Verdict] {
    var one = EarlyStopping(
      monitor: Monitor("loss", mode), patience: patience, minDelta: minDelta)
    return try values.map { value in
      let verdict = one.observe(value)
      // Interrupted and resumed after every epoch.
      let saved = try JSONText.encode(one.state)
      one = EarlyStopping(monitor: one.monitor, patience: patience, minDelta: minDelta)
      one.state = try JSONText.decode(EarlyStopping.State.self, from: saved)
      return verdict
    }
  }

  @Test func stopsAfterPatience() throws {
    #expect(
      try verdicts([3, 2, 2.5, 1, 1, 1.5], patience: 2)
        == [.best, .best, .continue, .best, .continue, .stop(bestEpoch: 4)])
    #expect(
      try verdicts([0.5, 0.6, 0.6, 0.9], .max, patience: 2) == [.best, .best, .continue, .best])
    for patience in [0, 1] {
      #expect(try verdicts([1, 1], patience: patience) == [.best, .stop(bestEpoch: 1)])
    }
  }

  @Test func staysStopped() throws {
    #expect(
      try verdicts([1, 2, 0], patience: 1)
        == [.best, .stop(bestEpoch: 1), .stop(bestEpoch: 1)])
  }

  @Test func smallGainsDoNotCount() throws {
    #expect(
      try verdicts([1, 0.95, 0.85, 0.8], patience: 3, minDelta: 0.1)
        == [.best, .continue, .best, .continue])
    // By exactly minDelta is not by more.
    #expect(try verdicts([1, 0.5], patience: 3, minDelta: 0.5) == [.best, .continue])
  }

  @Test func whatIsNoNumberIsNoImprovement() throws {
    #expect(
      try verdicts([.nan, .infinity, 1, .nan, -.infinity], patience: 3)
        == [.continue, .continue, .best, .continue, .continue])
    #expect(
      try verdicts([.nan, .nan, .nan], patience: 3)
        == [.continue, .continue, .stop(bestEpoch: nil)])
  }

  @Test func epochsWithoutAValueAreSkipped() throws {
    var one = EarlyStopping(monitor: Monitor("cohen_kappa", .max), patience: 2)
    let values: [Double?] = [nil, 0.5, nil, 0.4, nil, nil, 0.3]
    #expect(
      values.map { one.observe($0) }
        == [.skipped, .best, .skipped, .continue, .skipped, .skipped, .stop(bestEpoch: 2)])
    #expect(one.state.epoch == 7)
  }
}
