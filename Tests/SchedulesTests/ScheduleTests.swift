import ExperimentConfig
import Schedules
import Testing

struct ScheduleTests {
  let facts = TrainingFacts(learningRate: 0.1, epochs: 30, stepsPerEpoch: 10)

  @Test func knowsTheLengthOfATrainingCutShort() {
    let cut = TrainingFacts(learningRate: 1, epochs: 30, stepsPerEpoch: 10, maxSteps: 25)
    #expect(cut.steps == 25 && cut.epochs == 3)
    let whole = TrainingFacts(learningRate: 1, epochs: 30, stepsPerEpoch: 10, maxSteps: 1000)
    #expect(whole.steps == 300 && whole.epochs == 30)
    let long = TrainingFacts(learningRate: 1, epochs: .max, stepsPerEpoch: 10, maxSteps: 10)
    #expect(long.steps == 10 && long.epochs == 1)
  }

  @Test func startsWhereItIsSetAndHasAName() throws {
    for text in ["constant", "cosine", "reduce_on_plateau", "{step: 3}", "{exponential: 0.9}"] {
      let one = try schedule(text, facts)
      #expect(one.factor(at: SchedulePosition(step: 1, epoch: 1)) == 1)
    }
    let names = ScheduleRegistry.schemas.map(\.name)
    #expect(names.count == Set(names).count)
  }

  @Test func everyFactorIsFiniteAndNotNegative() throws {
    for (epochs, steps) in [(1, 1), (1, 2), (2, 1), (3, 4)] {
      let short = TrainingFacts(learningRate: 0.1, epochs: epochs, stepsPerEpoch: steps)
      for text in [
        "constant", "cosine", "linear", "{step: 1}", "{multi_step: [1]}", "{exponential: 0.5}",
        "{one_cycle: 0.5}", "{one_cycle: {max_lr: 0.5, pct_start: 1}}",
        "{one_cycle: {max_lr: 0.5, pct_start: 0.5, three_phase: true}}", "{cosine_restarts: 1}",
        "{polynomial: {power: 0.5}}", "{cyclic: {base_lr: 0.1, max_lr: 1, step_size_up: 1}}",
      ] {
        let one = try schedule(text, short)
        for step in 1...short.steps {
          let position = SchedulePosition(step: step, epoch: (step - 1) / steps + 1)
          let factor = one.factor(at: position)
          #expect(factor.isFinite && factor >= 0, "\(text)")
        }
      }
    }
  }

  @Test func refusals() {
    #expect(
      fault("{cosine: {warmup_epochs: 30}}", facts)
        == ["the warm-up takes the whole training: 30 of 30 epochs"])
    #expect(
      fault("{cosine: {warmup_steps: 5}}", facts)
        == ["a warm-up in steps needs a learning rate that changes with every step"])
    #expect(
      fault("{cosine: {warmup_steps: 5, warmup_epochs: 1, interval: step}}", facts)
        == ["the warm-up is given both in epochs and in steps"])
    #expect(
      fault("{cosine: {eta_min: 0.2}}", facts)
        == ["'eta_min' is 0.2, above the optimizer's learning rate of 0.1"])
    #expect(
      fault("{cosine: {eta_min: 0.01, eta_min_factor: 0.1}}", facts)
        == ["the lowest learning rate is given twice"])
    #expect(
      fault("{one_cycle: {max_lr: 1, three_phase: true, pct_start: 0.6}}", facts)
        == [
          "rising and falling would take more steps than there are: 'pct_start' is 0.6 and "
            + "counts twice"
        ])
    #expect(
      fault("{reduce_on_plateau: {monitor: f1}}", facts)
        == ["there is no validation result 'f1'"])
    #expect(fault("{reduce_on_plateau: {monitor: val_loss, mode: min}}", facts).isEmpty)
    #expect(fault("{step: {gamma: 0.1}}", facts) == ["'step' needs 'step_size'"])
    #expect(
      fault("{cosine_restarts: {t_0: 5, eta_min: 0.2}}", facts)
        == ["'eta_min' is 0.2, above the optimizer's learning rate of 0.1"])
    #expect(
      fault("{cyclic: {base_lr: 1, max_lr: 0.5}}", facts)
        == ["'base_lr' is 1, above 'max_lr', which is 0.5"])
    #expect(fault("cosine_restarts", facts) == ["'cosine_restarts' needs 't_0'"])
    #expect(fault("one_cycle", facts) == ["'one_cycle' needs 'max_lr'"])
    #expect(!fault("{step: 0}", facts).isEmpty)
  }

  @Test func plateauMonitorsWhatTheMetricSays() throws {
    let one = try schedule("{reduce_on_plateau: {monitor: accuracy}}", facts)
    #expect(one.monitor?.monitor == Monitor("accuracy", .max))
    let loss = try schedule("{reduce_on_plateau: {monitor: val_loss}}", facts)
    #expect(loss.monitor?.monitor == Monitor("loss", .min))
  }
}
