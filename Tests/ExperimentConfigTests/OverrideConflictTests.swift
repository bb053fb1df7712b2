import Diagnostics
import ExperimentConfig
import Planning
import Testing

/// Overrides of one command line that undo each other are errors, whichever comes first.
@Suite struct OverrideConflictTests {
  private func errors(_ overrides: [String]) -> [String] {
    Outcome.of(text: OverrideTests.text, overrides).errors
  }

  @Test(arguments: [
    ["optimizer=sgd", "optimizer.adam.lr=1e-2"],
    ["optimizer=sgd", "optimizer={adam: {lr: 1e-2}}"],
    ["lr=1e-2", "lr=1e-3"],
    ["lr=1e-2", "optimizer.adam.lr=1e-3"],
    ["~data.fallback", "data.fallback=digits", "+data.fallback=digits"],
    ["hidden.linear=64", "model=[flatten, linear: 10]"],
    ["hidden.linear=64", "hidden.linear.out_features=32"],
    ["optimizer={adam: {lr: 1e-2}}", "lr=1e-3"],
    ["loss=mse", "loss=cross_entropy"],
  ])
  func contradictionsAreErrorsInAnyOrder(_ overrides: [String]) {
    for order in [overrides, overrides.reversed()] {
      #expect(!errors(order).isEmpty, "\(order)")
    }
  }

  @Test func theErrorNamesBothAndStandsAtTheOneThatWasLost() throws {
    let outcome = Outcome.of(text: OverrideTests.text, ["optimizer=sgd", "optimizer.adam.lr=1e-2"])
    #expect(outcome.errors == ["1:1: 'optimizer=sgd' contradicts 'optimizer.adam.lr=1e-2'"])
    #expect(outcome.diagnostics.first?.range?.file.kind == .commandLine)
    #expect(outcome.text.contains("keep one of them"))
    // A short key means what is there when it is read, so the other order is what was meant.
    let short = Outcome.of(text: OverrideTests.text, ["lr=0.1", "optimizer=sgd"])
    #expect(short.errors.count == 1)
    #expect(short.text.contains("put it after that"), "\(short.text)")
    #expect(errors(["lr=1", "lr=2"]) == ["1:1: 'lr=1' and 'lr=2' set the same value twice"])
  }

  @Test(arguments: [
    ["optimizer=sgd", "lr=0.1"], ["optimizer=sgd", "optimizer.sgd.momentum=0.9"],
    ["optimizer={sgd: {momentum: 0.9}}", "lr=0.1"], ["lr=1e-3", "lr=1e-3"],
    ["hidden.linear=64", "hidden.linear.bias=false"], ["dropout=0.5", "dropout.p=0.5"],
    ["model.0=identity", "~model.3"], ["~model.3", "model.3.linear=10"],
    ["train.epochs=3", "+train.clip_grad_norm=1"], ["data.dataset={digits: {seed: 3}}"],
  ])
  func whatHoldsTogetherIsTaken(_ overrides: [String]) {
    #expect(!errors(overrides).contains { $0.contains("contradicts") || $0.contains("twice") })
  }
}

/// Names that other tools use lead to the ones that this program has.
@Suite struct SynonymTests {
  private func text(_ text: String, _ overrides: String...) -> String {
    Outcome.of(text: text, overrides).text
  }

  @Test(arguments: [
    ("learning_rate=1e-4", "lr"), ("lr_rate=1e-4", "lr"), ("batch=32", "batch_size"),
    ("epoch=3", "epochs"), ("num_epochs=3", "epochs"), ("random_state=1", "seed"),
    ("val_split=0.1", "validation"), ("optimizer.learning_rate=1", "lr"),
    ("weight_decay_rate=0", "weight_decay"), ("data.bs=4", "batch_size"),
    ("scheduler=cosine", "schedule"),
  ])
  func overrides(_ override: String, _ meant: String) {
    let shown = text(OverrideTests.text, override)
    #expect(shown.contains("did you mean '\(meant)'?") || shown.contains(".\(meant)'?"), "\(shown)")
  }

  @Test(arguments: [
    ("learning_rate: 1e-3", "optimizer.adam.lr"), ("batch: 32", "data.batch_size"),
    ("train: {batch_size: 32}", "data.batch_size"), ("train: {epoch: 3}", "epochs"),
    ("epochs: 3", "train.epochs"), ("train: {num_epochs: 3}", "epochs"), ("criterion: mse", "loss"),
    ("early_stop: {}", "train.early_stopping"), ("k_folds: 5", "data.split.folds"),
  ])
  func keysOfFiles(_ line: String, _ meant: String) {
    let shown = text(OverrideTests.text + "\n" + line + "\n")
    #expect(shown.contains("did you mean '\(meant)'?"), "\(shown)")
  }

  @Test(arguments: [
    ("metrics: [auc]", "roc_auc"), ("metrics: [mcc]", "matthews_corrcoef"),
    ("metrics: [acc]", "accuracy"), ("metrics: [top_5]", "top_k_accuracy"),
    ("metrics: [cm]", "confusion_matrix"), ("metrics: [r2_score]", "r2"),
    ("loss: ce", "cross_entropy"), ("schedule: plateau", "reduce_on_plateau"),
  ])
  func components(_ line: String, _ meant: String) {
    let shown = text(OverrideTests.text + "\n" + line + "\n")
    #expect(shown.contains("did you mean '\(meant)'?"), "\(shown)")
  }

  @Test(arguments: [
    ("weights={run:cnn}", "run: cnn"), ("train={epochs:5}", "epochs: 5"),
    ("optimizer={adam: {lr:1e-3}}", "lr: 1e-3"), ("train=epochs:5", "epochs: 5"),
  ])
  func aMissingSpaceIsExplained(_ override: String, _ remedy: String) {
    let shown = text(OverrideTests.text, override)
    #expect(shown.contains("YAML needs a space after the colon: '\(remedy)'"), "\(shown)")
  }

  @Test func aNumberInQuotesIsANumber() throws {
    let quoted = OverrideTests.text.replacing("lr: 1e-3", with: "lr: \"1e-3\"")
    let loaded = try #require(Outcome.of(text: quoted, ["train.epochs='7'"]).loaded)
    #expect(try loaded.resolved.at("optimizer").at("lr").number() == 1e-3)
    #expect(loaded.experiment.epochs == 7)
  }
}
