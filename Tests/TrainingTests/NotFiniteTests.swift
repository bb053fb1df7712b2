import Testing
import Training

/// What makes a loss that is not finite is named.
@Suite struct NotFiniteTests {
  private func message(_ model: String, _ transforms: String, lr: String) throws -> String {
    let job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: \(transforms)
        batch_size: 64
      model: \(model)
      optimizer: {sgd: {lr: \(lr)}}
      train: {epochs: 3}
      """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<400)
    do {
      _ = try Trainer(job).run(TrainingLog())
      return "no error"
    } catch let failure as TrainingFailure {
      return failure.description
    }
  }

  @Test(arguments: ["[flatten, linear: 10]", "[flatten, gelu, linear: 10]"])
  func inputsAreNamedAndNotDivergence(_ model: String) throws {
    let text = try message(
      model, "[to_tensor, normalize: {mean: [0.5], std: [1e-44]}]", lr: "1e-3")
    #expect(text.contains("training example "), "\(text)")
    #expect(text.contains("such as the std of normalize"))
    #expect(!text.contains("diverged"))
  }

  @Test(arguments: ["[flatten, linear: 10]", "[flatten, gelu, linear: 10]"])
  func divergenceIsCalledThat(_ model: String) throws {
    let text = try message(model, "[to_tensor]", lr: "1e38")
    #expect(text.contains("diverged"), "\(text)")
    #expect(!text.contains("training example"))
  }
}
