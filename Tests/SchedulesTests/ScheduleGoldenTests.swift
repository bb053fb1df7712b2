import ExperimentConfig
import Schedules
import Testing

/// Against PyTorch's schedulers; `Tests/Fixtures/schedules/make.py` wrote the goldens.
struct ScheduleGoldenTests {
  struct Golden: Decodable {
    let name: String
    let arguments: JSONValue
    let lr: Double
    let epochs: Int
    let steps_per_epoch: Int
    /// Of each epoch or of each step.
    let rates: [Double]
  }

  @Test func agreesWithPyTorch() throws {
    let goldens = try fixture([Golden].self, "schedules.json")
    #expect(goldens.count > 70)
    for golden in goldens {
      let arguments = String(decoding: try JSONText.encode(golden.arguments), as: UTF8.self)
      let text = "{\(golden.name): \(arguments)}"
      let facts = TrainingFacts(
        learningRate: golden.lr, epochs: golden.epochs, stepsPerEpoch: golden.steps_per_epoch)
      let schedule = try schedule(text, facts)
      let isByEpoch = golden.rates.count == golden.epochs && golden.name != "one_cycle"
      for step in 1...facts.steps {
        let epoch = (step - 1) / golden.steps_per_epoch + 1
        let rate = golden.lr * schedule.factor(at: SchedulePosition(step: step, epoch: epoch))
        let expected = golden.rates[isByEpoch ? epoch - 1 : step - 1]
        // A rate that is nothing but what rounding leaves of the difference of two others.
        let isNothing = abs(rate) < 1e-15 * golden.lr && abs(expected) < 1e-15 * golden.lr
        #expect(isClose(rate, expected) || isNothing, "\(text), step \(step): \(rate), \(expected)")
      }
      #expect(schedule.monitor == nil && schedule.state == nil)
    }
    let names = Set(goldens.map(\.name))
    #expect(names == Set(ScheduleRegistry.schemas.map(\.name)).subtracting(["reduce_on_plateau"]))
  }

  struct Plateau: Decodable {
    let arguments: JSONValue
    let lr: Double
    /// Nothing stands for NaN.
    let values: [Double?]
    let rates: [Double]
  }

  @Test func plateauAgreesWithPyTorch() throws {
    let goldens = try fixture([Plateau].self, "plateau.json")
    #expect(goldens.count == 60)
    var reductions = 0
    for golden in goldens {
      guard case .object(var given) = golden.arguments else {
        Issue.record("no arguments")
        continue
      }
      // PyTorch's `max` does not name what is watched; here the loss cannot be.
      if given["mode"] == "max" { given["monitor"] = "accuracy" }
      let arguments = String(decoding: try JSONText.encode(JSONValue.object(given)), as: UTF8.self)
      let facts = TrainingFacts(learningRate: golden.lr, epochs: 80, stepsPerEpoch: 1)
      let fresh = try schedule("{reduce_on_plateau: \(arguments)}", facts)
      var one = fresh
      var rates: [Double] = []
      for (epoch, value) in golden.values.enumerated() {
        one.observe(value ?? .nan)
        // Interrupted and resumed after every epoch.
        let saved = try JSONText.encode(try #require(one.state))
        one = fresh
        one.state = try JSONText.decode(ReduceOnPlateau.State.self, from: saved)
        rates.append(
          golden.lr * one.factor(at: SchedulePosition(step: epoch + 2, epoch: epoch + 2)))
      }
      for (rate, expected) in zip(rates, golden.rates) { #expect(isClose(rate, expected)) }
      reductions += Set(rates).count - 1
    }
    #expect(reductions > 60)
  }
}
