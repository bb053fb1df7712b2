import Diagnostics
import ExperimentConfig
import Planning
import Sweeping
import Testing

/// Keys that contradict each other are errors in any order.
@Suite struct KeyClaimTests {
  private static let yaml = """
    name: net
    data: {dataset: digits, split: {validation: 0.2}}
    model:
      - flatten
      - linear: 8
      - dropout: 0.2
        name: drop
      - linear: 10
    optimizer: {adam: {lr: 1e-3}}
    schedule: {step: {every: 2, gamma: 0.5}}

    """

  private func failure(_ arguments: [String], _ section: String = "") -> String {
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
    do {
      _ = try SweepRequest(
        arguments, options: SweepRequest.Options(),
        source: SourceFile(name: "net.yaml", text: Self.yaml + section), loader: loader)
      return "nothing is wrong"
    } catch let error as InputError {
      return error.diagnostics.map(\.message).joined(separator: "; ")
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (["lr=1,2", "lr=3"], "'lr' is given twice"),
    (["lr=1,2", "optimizer.adam.lr=3"], "given twice"),
    (["lr=1", "lr=1", "seed=1,2"], "'lr' is given twice"),
    (["zip(lr=[1,2],seed=[1,2])", "lr=3"], "'lr' is given twice"),
    (["zip(lr=[1,2],lr=[1,2])"], "'lr' is given twice"),
    (["~schedule", "schedule.step.gamma=0.1,0.2"], "'~schedule' removes what"),
    (["~lr", "lr=1,2"], "'~lr' removes what 'lr' sets"),
    (["optimizer=sgd", "optimizer.adam.lr=1,2"], "belongs to 'adam'"),
    (["optimizer={adam: {lr: 1}}", "lr=1,2"], "'optimizer' sets it too"),
    (["optimizer=[adam,{sgd: {lr: 1}}]", "optimizer.sgd.lr=1,2"], "belongs to 'sgd'"),
    (["model.2.dropout=0.1,0.2", "model.drop.dropout=0.3"], "given twice"),
    (["model.drop.dropout=0.1,0.2", "model.2.dropout.p=0.3"], "given twice"),
    (["zip(optimizer=[adam,{adam: {lr: 1}}],seed=[1,2])", "lr=1,2"], "'optimizer' sets it too"),
    (["split=[{validation: 0.2},{folds: 4}]", "data.split.validation=0.3"], "sets it too"),
  ])
  func contradictions(_ arguments: [String], _ words: String) {
    #expect(failure(arguments).contains(words), "\(failure(arguments))")
    let reversed = Array(arguments.reversed())
    #expect(failure(reversed) != "nothing is wrong", "\(reversed)")
  }

  @Test(arguments: [
    ["optimizer=[adam,sgd]", "lr=1,2"], ["optimizer=[adam,{sgd: {momentum: 0.9}}]", "lr=1,2"],
    ["optimizer=sgd", "lr=1,2"], ["split={folds: 2}", "stratified=true,false"],
    ["lr=1,2", "batch_size=8,16", "~schedule"],
  ])
  func whatGoesTogether(_ arguments: [String]) {
    #expect(failure(arguments) == "nothing is wrong")
    #expect(failure(arguments.reversed()) == "nothing is wrong")
  }

  @Test func withinTheSection() {
    let twice = "sweep: {parameters: {lr: [1, 2], optimizer.adam.lr: [3]}}\n"
    #expect(failure([], twice).contains("given twice"))
    let zipped = "sweep: {parameters: {lr: [1, 2]}, zip: [{lr: [1, 2], seed: [1, 2]}]}\n"
    #expect(failure([], zipped).contains("'lr' is given twice"))
    // The command line comes before the section.
    let section = "sweep: {parameters: {lr: [1, 2], seed: [1, 2]}}\n"
    #expect(failure(["lr=3"], section) == "nothing is wrong")
    #expect(failure(["optimizer={adam: {lr: 3}}"], section).contains("sets it too"))
  }

  @Test(arguments: [
    ("zip(lr=[1,2],batch_size=[8,16]", "has no ')' to close 'zip('"),
    ("zip(lr=[1,2],", "has no ')' to close 'zip('"),
    ("zip(lr=[1,2],batch_size=[8,16)", "has no ']'"),
    ("zip(lr=[1,2,batch_size=[8,16])", "has no ']'"),
    ("zip[lr=[1,2],batch_size=[8,16]]", "'zip' takes parentheses"),
    ("zip(lr=[1,2],batch_size=[8,16])]", "']' follows the ')'"),
    ("lr=[1,2", "has no ']' to close '['"),
    ("lr=range[1:3:1", "has no ']' to close 'range['"),
    ("device=[cpu,cuda", "has no ']' to close '['"),
    ("optimizer={sgd: {lr: [1,2}", "has an unmatched"),
    ("metrics=[[accuracy],[f1]", "has no ']'"),
  ])
  func openBracketsAreNamed(_ argument: String, _ words: String) {
    #expect(failure([argument]).contains(words), "\(failure([argument]))")
  }
}
