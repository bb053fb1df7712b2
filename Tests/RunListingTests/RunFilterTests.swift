import Diagnostics
import Files
import RunRecord
import Testing

@testable import RunListing

@Suite struct RunFilterTests {
  private func fixtures() throws -> ListFixtures {
    let fixtures = try ListFixtures()
    try fixtures.add("cnn-20261128-100000-aaaaaa", lr: "0.001", accuracy: 0.95)
    try fixtures.add("cnn-20261129-110000-bbbbbb", lr: "0.0005", dropout: "0.5", accuracy: 0.9)
    try fixtures.add(
      "mlp-20261130-120000-cccccc", lr: "0.1", accuracy: 0.8, status: "failed", optimizer: "sgd",
      more: "freeze: backbone")
    let run = RunDirectory(path: fixtures.path + "/cnn-20261129-110000-bbbbbb")
    try RunAnnotations.change(in: run.folder) { annotations in
      annotations.add(tags: ["good", "final"])
      annotations.add(RunAnnotations.Note(time: "2026-11-29T11:00:00Z", text: "a note"))
    }
    return fixtures
  }

  /// The last letters of the selected runs' names, newest first.
  private func selected(_ filter: String, _ fixtures: ListFixtures) throws -> String {
    var runs = try ListedRuns(in: fixtures.path)
    let fields = RunFields(runs, mains: ["dropout": "p", "linear": "out_features"])
    try RunFilter(filter, fields).apply(to: &runs)
    return runs.runs.compactMap { $0.entry.name.last.map(String.init) }.joined()
  }

  @Test func comparisons() throws {
    let fixtures = try fixtures()
    for (filter, expected) in [
      // Settings, by their last keys or the whole path; in each run the one that it has.
      ("lr<1e-3", "b"), ("lr <= 1e-3", "ba"), ("lr=0.001", "a"), ("lr!=1e-3", "cb"),
      ("optimizer.adam.lr>=0.0005", "ba"), ("adam.lr=1e-3", "a"), ("optimizer=sgd", "c"),
      ("optimizer!=sgd", "ba"), ("dropout=0.5", "b"), ("p>0.3", "b"), ("batch_size=64", "cba"),
      ("betas='[0.9, 0.999]'", "cba"), ("freeze=backbone", "c"),
      // A name that fits several values of a run fits no comparison.
      ("linear=128", ""), ("linear!=128", ""), ("out_features>1", ""),
      ("model.1.linear=128", "cba"),
      // Missing values.
      ("freeze!=backbone", ""), ("not freeze=backbone", "ba"),
      // Scores.
      ("validation.accuracy>0.9", "a"), ("accuracy>=90%", "ba"), ("test.loss=0.4", "cba"),
      ("val_accuracy<0.85", "c"), ("validation.score>0.9", "a"), ("log_loss>0.4", "cba"),
      // Texts, dates, durations, sizes.
      ("status=failed", "c"), ("experiment=cnn", "ba"), ("name='cnn-20261128-100000-aaaaaa'", "a"),
      ("name=cnn*", "ba"), ("name=*1128*", "a"), ("name!=*-bbb*", "ca"), ("name='cnn*'", ""),
      ("date=2026-11-29", "b"), ("date>2026-11-28", "cb"), ("date<2026-11-29T11:30", "ba"),
      ("date>=2026-11", "cba"), ("date>2026", ""), ("duration=30s", "cba"), ("duration>1min", ""),
      ("size<10kB", "cba"), ("size>1MB", ""), ("epochs=5", "cba"), ("seed=7", "cba"),
      // Tags and notes.
      ("tag=good", "b"), ("tag!=good", "ca"), ("tag=good and tag=final", "b"), ("note=*note*", "b"),
    ] {
      #expect(try selected(filter, fixtures) == expected, "\(filter)")
    }
  }

  @Test func combinations() throws {
    let fixtures = try fixtures()
    for (filter, expected) in [
      ("lr<1e-2 and status=finished", "ba"), ("lr<1e-3 or status=failed", "cb"),
      // 'and' binds more tightly than 'or', 'not' more tightly than both.
      ("status=failed or lr=0.001 and dropout=0.5", "c"),
      ("(status=failed or lr=0.001) and dropout=0.2", "ca"),
      ("not status=failed and lr<1e-3", "b"), ("not (status=failed and lr<1e-3)", "cba"),
      ("NOT status=failed AND lr<1e-3", "b"), ("((lr<1e-3))", "b"),
    ] {
      #expect(try selected(filter, fixtures) == expected, "\(filter)")
    }
  }

  @Test func errorsHavePlaces() throws {
    let fixtures = try fixtures()
    for (filter, column, message, hint) in [
      ("", 1, "expected a comparison, such as lr<1e-3", nil),
      ("lr", 3, "expected a comparison after 'lr'", "such as lr = VALUE; there are = != < <= > >="),
      ("lr<", 4, "expected a value after '<'", nil),
      ("lr<and", 4, "expected a value after '<'", "put 'and' into quotation marks"),
      ("lr==1", 3, "'==' is not a comparison", "write ="),
      ("(lr<1", 1, "this parenthesis is not closed", nil),
      ("lr<1)", 5, "this parenthesis closes none", nil),
      ("lr<1 seed=7", 6, "expected 'and' or 'or', found 'seed'", nil),
      ("status='failed", 8, "the text has no closing quotation mark", nil),
      (
        "seed=7 and learning_rate<1", 12, "no run has a value 'learning_rate'", "did you mean 'lr'?"
      ),
      ("droput=1", 1, "no run has a value 'droput'", "did you mean 'dropout'?"),
      (
        "validation.acuracy>1", 1, "no run has a value 'validation.acuracy'",
        "did you mean 'validation.accuracy'?"
      ),
      ("status<failed", 7, "'<' compares numbers and dates", "write = or !="),
      ("lr<low", 4, "expected a number, found 'low'", "such as 1e-3"),
      ("accuracy>high", 10, "expected a number, found 'high'", "such as 1e-3 or 95%"),
      (
        "date>yesterday", 6, "expected a date, found 'yesterday'",
        "such as 2026-11-29 or 2026-11-29T14:30, in UTC"
      ),
      ("size>big", 6, "expected a size, found 'big'", "such as 500kB or 10MB"),
      ("duration>long", 10, "expected a duration, found 'long'", "such as 90s, 5min or 2h"),
    ] as [(String, Int, String, String?)] {
      let error = try #require(throws: InputError.self, "\(filter)") {
        _ = try selected(filter, fixtures)
      }
      let problem = try #require(error.diagnostics.first)
      #expect(problem.message == message, "\(filter)")
      #expect(problem.range?.start == Position(line: 1, column: column), "\(filter)")
      #expect(problem.hint == hint, "\(filter)")
    }
  }

  @Test func allWrongNamesAreReportedAtOnce() throws {
    let fixtures = try fixtures()
    let error = try #require(throws: InputError.self) {
      _ = try selected("aaa=1 or (bbb=2 and lr<low)", fixtures)
    }
    #expect(error.diagnostics.map { $0.range?.start.column } == [1, 11, 24])
  }

  @Test func deepNestingIsAnError() throws {
    let fixtures = try fixtures()
    let deep = String(repeating: "(", count: 10_000) + "lr<1"
    let error = try #require(throws: InputError.self) { _ = try selected(deep, fixtures) }
    #expect(error.diagnostics.first?.message == "the filter is nested too deeply")
    #expect(try selected(String(repeating: "not ", count: 98) + "lr<1e-3", fixtures) == "b")
  }
}
