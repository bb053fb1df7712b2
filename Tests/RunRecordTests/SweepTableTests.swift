import RunRecord
import Testing

@Suite struct SweepTableTests {
  private func row(
    _ trial: Int, _ status: String, _ objective: Double?, epochs: Int? = nil,
    values: [String] = ["1"]
  ) -> SweepTable.Row {
    SweepTable.Row(
      trial: trial, directory: "\(trial)-ab", status: status, values: values,
      objective: objective, epochs: epochs)
  }

  private func order(_ higherIsBetter: Bool, _ rows: [SweepTable.Row]) -> [Int] {
    SweepTable(
      keys: ["lr"], objective: "validation_loss", higherIsBetter: higherIsBetter, rows: rows
    ).rows.map(\.trial)
  }

  @Test func theBestComesFirstAndTiesByNumber() {
    let rows = [
      row(1, "failed", nil), row(2, "finished", 0.5), row(3, "finished", 0.2),
      row(4, "stopped", 0.1, epochs: 1), row(5, "stopped", 0.9, epochs: 3),
      row(6, "finished", 0.2), row(7, "finished", .nan), row(8, "planned", nil),
    ]
    #expect(order(false, rows) == [3, 6, 2, 7, 5, 4, 8, 1])
    #expect(order(true, rows) == [2, 3, 6, 7, 5, 4, 8, 1])
  }

  @Test func theTextReadsBackAsTheSameTable() throws {
    var first = row(1, "finished", 0.25, epochs: 3, values: ["{sgd: {lr: 0.1, \"a\": 2}}\nx"])
    first.bestEpoch = 2
    first.scores = ["validation_loss": 0.25, "test_accuracy": 1e-7]
    let table = SweepTable(
      keys: ["optimizer"], objective: "validation_loss", higherIsBetter: false,
      rows: [first, row(2, "planned", nil, values: [""])])
    let read = try #require(SweepTable(csv: table.csv))
    #expect(read == table)
    #expect(read.csv == table.csv)
    #expect(read.best?.trial == 1)
    #expect(SweepTable(csv: "a,b\n1,2\n") == nil)
    #expect(SweepTable(csv: "") == nil)
    #expect(SweepTable(csv: table.csv + "1,2\n") == nil)
  }

  /// Earlier versions wrote no reasons, and ranked what has no value.
  @Test func tablesOfEarlierVersions() throws {
    let text = """
      rank,trial,directory,status,lr,objective: max validation_kappa,epochs,best_epoch,test_loss
      1,1,1-ab,finished,0.1,-inf,3,3,0.5
      2,2,2-cd,finished,0.2,nan,3,3,0.5

      """
    let table = try #require(SweepTable(csv: text))
    #expect(table.best == nil)
    #expect(table.undefined.map(\.trial) == [1, 2])
    #expect(table.rows[0].scores == ["test_loss": 0.5])
    #expect(table.rows[0].reason == nil)
  }

  @Test func onlyTrialsOnTheSameDataAreRanked() {
    var rows = [row(1, "finished", 0.5), row(2, "finished", 0.1), row(3, "finished", 0.3)]
    for (index, data) in ["a", "b", "a"].enumerated() { rows[index].examples = data }
    func table(_ rows: [SweepTable.Row]) -> SweepTable {
      SweepTable(keys: ["lr"], objective: "validation_loss", higherIsBetter: false, rows: rows)
    }
    #expect(table(rows).rows.map(\.trial) == [3, 1, 2])
    #expect(table(rows).best == nil)
    #expect(!table(rows).isRanked)
    // One without a score compares with nobody anyway.
    rows[1].status = "failed"
    rows[1].objective = nil
    #expect(table(rows).best?.trial == 3)
    #expect(table(rows).isRanked)
    // One whose objective is undefined on other data was scored on those, and so was one that stopped.
    for status in ["finished", "stopped"] {
      rows[1].status = status
      #expect(table(rows).best == nil, "\(status)")
      #expect(!table(rows).isRanked, "\(status)")
    }
  }
}
