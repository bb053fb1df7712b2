import Foundation
import RunRecord
import Testing

/// One experiment gives one manifest, however often and beside whatever it runs.
@Suite struct SameBytesTests {
  @Test func foldsSideBySideAreFoldsOneAfterAnother() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let one = try sandbox.reference(["folds.yaml", "--jobs", "1"])
    let two = try sandbox.reference(["folds.yaml", "--jobs", "2"])
    let three = try sandbox.reference(["folds.yaml", "--jobs", "3"])
    #expect(one.manifest == two.manifest)
    #expect(one.manifest == three.manifest)
  }

  @Test func threeTimes() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let runs = try (0..<3).map { _ in try sandbox.reference(["sequential.yaml"]) }
    #expect(Set(runs.map(\.manifest)).count == 1)

    let same = try sandbox.run(["reproduce", runs[0].run.path])
    #expect(same.code == 0, "\(same.text)")
    #expect(same.output.contains("identical: all"), "\(same.output)\(same.text)")
    let threads = try runs[0].run.readInfo().threads + 1
    let other = try sandbox.run(["reproduce", runs[0].run.path, "--threads", "\(threads)"])
    #expect(other.code == 0, "\(other.text)")
    #expect(
      other.output.contains("not comparable bit for bit: threads"), "\(other.output)\(other.text)")
    #expect(other.output.contains("within tolerance"), "\(other.output)\(other.text)")
  }

  /// Numbers below the smallest normal float, in a run that waits for its test set: how they are rounded
  /// belongs to a thread, and what is behind an `await` may be on another one.
  @Test func denormalNumbers() throws {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, train: 400, test: 20_000)
    try sandbox.write(
      """
      name: denormal
      seed: 3
      data: {dataset: {\(Experiments.dataset)}, batch_size: 32}
      model: [flatten, linear: 4]
      loss: bce_with_logits
      optimizer: {sgd: {lr: 300}}
      train: {epochs: 2}
      """, to: "denormal.yaml")
    let runs = try (0..<8).map { _ in try sandbox.reference(["denormal.yaml"]) }
    #expect(Set(runs.map(\.manifest)).count == 1)
    #expect(try runs[0].run.text("predictions.csv").contains(/e-(3[0-7]|2[0-9])/), "none were near")
  }

  @Test func aFineTunedNetworkThreeTimes() throws {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, side: 16, train: 500, test: 60)
    try sandbox.write(Self.fineTuning, to: "resnet.yaml")
    let runs = try (0..<3).map { number in
      // Computed anew the last time, found in the cache before.
      try sandbox.reference(["resnet.yaml"] + (number == 2 ? ["--no-cache"] : []))
    }
    #expect(runs[0].manifest == runs[1].manifest)
    let again = try sandbox.run(["reproduce", runs[0].run.path])
    #expect(again.output.contains("identical: all"), "\(again.output)\(again.text)")
    #expect(runs[2].manifest.contains("weights/best.safetensors"))
  }

  static let fineTuning = """
    name: finetune
    seed: 42
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 16, width: 16}
      transforms:
        - resize: [64, 64]
        - grayscale: 3
        - to_tensor
        - normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}
      batch_size: 64
    model: resnet18
    freeze: backbone
    optimizer:
      adam: {lr: 1e-3}
    train:
      epochs: 2
    metrics: [accuracy]

    """
}
