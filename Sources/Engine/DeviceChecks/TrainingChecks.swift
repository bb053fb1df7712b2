import ExperimentConfig
import Torch
import Training
import Weights

/// Whole trainings on a device.
package enum TrainingChecks {
  /// All checks of one training.
  package static func all(_ training: CheckedTraining, on device: Device) -> [CheckResult] {
    [
      parity(training, on: device), resume(training, on: device), memory(training, on: device),
      transfers(training, on: device), recorded(training, on: device),
      bfloat16(training, on: device),
    ]
  }

  /// The losses of the first steps, against those of the CPU with the same random numbers.
  static func parity(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "training \(training.name)"
    if device == .cpu { return .needsDevice(name) }
    return .of(name) {
      var difference = Difference()
      difference.add(try losses(training, on: device), try losses(training, on: .cpu))
      // Rounding errors grow from step to step.
      return CheckResult(
        name, difference.largest, limit: 1e-2,
        "\(try training.job(on: .cpu, epochs: 1).totalSteps) steps, largest difference of a loss")
    }
  }

  private static func losses(
    _ training: CheckedTraining, on device: Device, _ precision: Precision = .float32
  ) throws -> [Double] {
    let observer = CheckObserver()
    _ = try Trainer(training.job(on: device, epochs: 1, precision: precision)).run(observer)
    return observer.losses
  }

  /// A training that is interrupted and resumed from its checkpoint, against one that is not.
  static func resume(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "resume \(training.name)"
    return .of(name) {
      let whole = try Trainer(training.job(on: device)).run(CheckObserver())
      let observer = CheckObserver()
      observer.lastStep = try training.job(on: device).totalSteps / 2
      do {
        _ = try Trainer(training.job(on: device)).run(observer)
        return CheckResult(name, .failed, "it could not be interrupted")
      } catch is TrainingInterrupted {}
      guard let snapshot = observer.snapshots.last else {
        return CheckResult(name, .failed, "there is no checkpoint")
      }
      let rest = try Trainer(training.job(on: device), from: snapshot).run(CheckObserver())
      let pairs = zip(whole.lastWeights, rest.lastWeights)
      let different = pairs.count { $0.name != $1.name || $0.bytes != $1.bytes }
      let isSame = different == 0 && whole.lastWeights.count == rest.lastWeights.count
      return CheckResult(
        name, isSame ? .ok : .failed,
        "\(different) of \(whole.lastWeights.count) tensors differ in any byte after step "
          + "\(snapshot.progress.step) of \(try training.job(on: device).totalSteps)")
    }
  }

  /// What is allocated after each epoch.
  static func memory(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "memory \(training.name)"
    return .of(name) {
      let observer = CheckObserver()
      var tensors: [Int] = []
      var bytes: [Int] = []
      observer.afterEpoch = {
        tensors.append(Runtime.liveTensorCountOfThread)
        if device != .cpu { bytes.append(try device.allocatedBytes()) }
      }
      _ = try Trainer(training.job(on: device, epochs: 5)).run(observer)
      return grown(name, tensors, bytes)
    }
  }

  /// The first epoch allocates what later ones use again.
  static func grown(_ name: String, _ tensors: [Int], _ bytes: [Int]) -> CheckResult {
    let (moreTensors, moreBytes) = (growth(tensors), growth(bytes))
    let numbers = "\(moreTensors) more tensors after the last epoch than after the second"
    let isFlat = tensors.count > 2 && moreTensors <= 0 && moreBytes <= 0
    return CheckResult(
      name, isFlat ? .ok : .failed,
      bytes.isEmpty ? numbers : "\(numbers), \(moreBytes) more bytes on the device")
  }

  private static func growth(_ values: [Int]) -> Int {
    values.count > 2 ? values[values.count - 1] - values[1] : 0
  }

  /// Copies and reads within the second epoch, from its first step to its last but one.
  static func transfers(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "copies \(training.name)"
    if device == .cpu { return .needsDevice(name) }
    return .of(name) {
      let job = try training.job(on: device, epochs: 2)
      let steps = job.totalSteps / 2
      let observer = CheckObserver()
      let clock = ContinuousClock()
      var start = clock.now
      var counted: Result<Transfers, any Error> = .success(Transfers())
      observer.afterStep = { step in
        if step == steps + 1 {
          start = clock.now
          counted = Result {
            try Transfers.begin()
            return Transfers()
          }
        } else if step == 2 * steps - 1 {
          counted = Result { try Transfers.end() }
        }
      }
      _ = try Trainer(job).run(observer)
      // What has been computed is read every two seconds.
      let reads = Int(start.duration(to: clock.now) / .seconds(2))
      return verdict(name, try counted.get(), steps: steps - 2, reads: reads)
    }
  }

  /// - Parameter reads: how often losses may have been read.
  static func verdict(
    _ name: String, _ transfers: Transfers, steps: Int, reads: Int
  ) -> CheckResult {
    CheckResult(
      name, transfers.waiting <= reads && transfers.scalars == 0 ? .ok : .failed,
      "\(steps) steps waited for \(transfers.waiting) copies and \(transfers.scalars) values; "
        + "\(transfers.asynchronous) copies from pinned memory")
  }

  /// Steps that the device repeats from a recording, against those that are launched one by one. On the CPU nothing is
  /// recorded: the same operations are called on the same memory again, without being told which step it is.
  static func recorded(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "recorded \(training.name)"
    return .of(name) {
      guard RecordedOperations.areAvailable(on: device) else {
        return CheckResult(name, .skipped, "this build has no CUDA graphs")
      }
      func run(_ isRecorded: Bool) throws -> (observer: CheckObserver, weights: [SafeTensors.Entry])
      {
        var job = try training.job(on: device)
        (job.readsLate, job.usesCompiledSteps, job.recordsSteps) = (true, false, isRecorded)
        let trainer = try Trainer(job)
        guard trainer.isRecorded == isRecorded else {
          throw TorchError(operation: name, message: "the steps cannot be recorded")
        }
        let observer = CheckObserver()
        return (observer, try trainer.run(observer).lastWeights)
      }
      let (plain, replayed) = (try run(false), try run(true))
      let different = zip(plain.weights, replayed.weights).count {
        $0.name != $1.name || $0.bytes != $1.bytes
      }
      let isSame =
        different == 0 && plain.weights.count == replayed.weights.count
        && plain.observer.losses == replayed.observer.losses
      return CheckResult(
        name, isSame ? .ok : .failed,
        "\(different) of \(plain.weights.count) tensors differ in any byte from steps that are not recorded"
      )
    }
  }

  /// Layers in bfloat16: other losses, but near those of float32, and weights in float32.
  static func bfloat16(_ training: CheckedTraining, on device: Device) -> CheckResult {
    let name = "precision bfloat16 \(training.name)"
    return .of(name) {
      let rounded = try losses(training, on: device, .bfloat16)
      let exact = try losses(training, on: device)
      var difference = Difference()
      difference.add(rounded, exact)
      let result = try Trainer(training.job(on: device, epochs: 1, precision: .bfloat16))
        .run(CheckObserver())
      let areFloats = result.lastWeights.allSatisfy { $0.type == .float32 || $0.type == .int64 }
      let isUsed = difference.largest > 0
      return CheckResult(
        name, isUsed && areFloats && difference.largest <= 0.1 ? .ok : .failed,
        "losses of \(rounded.count) steps differ by at most "
          + "\(CheckResult.short(difference.largest)) from those in float32"
          + (isUsed ? "" : ": it was not used")
          + (areFloats ? "; weights are float32" : "; weights are not float32"))
    }
  }
}
