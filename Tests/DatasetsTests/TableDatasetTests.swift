import DataSchema
import Datasets
import Diagnostics
import Foundation
import Testing

@Suite struct TableDatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// 40 rows: a class, a number that says it, a colour, and an identifier.
  private static let rows = (0..<40).map { row in
    "\(row % 2 == 0 ? "cat" : "dog"),\(row % 2 == 0 ? 3 : 30).\(row),\(["red", "blue"][row / 2 % 2]),P\(row)"
  }

  private static let text = "kind,weight,colour,id\n" + rows.joined(separator: "\n") + "\n"

  private func write(_ text: String, _ name: String = "t.csv") throws {
    try folder.write(Array(text.utf8), name)
  }

  private func open(
    _ text: String
  ) async throws -> (
    train: any ExampleSource, test: any ExampleSource
  ) { try await DatasetText.open("table: {file: t.csv, \(text)}", in: folder) }

  private func schema(_ text: String) throws -> DataSchema {
    try DatasetText.make("table: {file: t.csv, \(text)}", in: folder).dataSchema
  }

  /// Errors of the arguments; `t.csv` in place of its whole path.
  private func refusals(_ text: String) throws -> [String] {
    try DatasetText.refusals("table: {file: t.csv, \(text)}", in: folder).map {
      $0.replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  @Test func schemaIsThatOfTheColumns() throws {
    try write(Self.text)
    let schema = try schema("target: kind, ignore: [id]")
    #expect(schema.inputs == [DataField("features", .vector(3))])
    #expect(schema.targets == [DataField("kind", .category(["cat", "dog"]))])
    #expect(schema.counts == [.train: 32, .test: 8])
  }

  @Test func vectorsAreFittedToTrainingRows() async throws {
    try write(
      "y,a,c,part\n0,1,p,train\n1,3,q,train\n0,5,q,val\n1,100,r,test\n0,1,p,train\n1,3,q,train\n")
    let (train, test) = try await open("target: y, split: part, kind: category")
    #expect(train.count == 5)
    #expect(train.isValidation == [false, false, true, false, false])
    #expect(test.isValidation == nil)
    #expect(train.targets == Targets([0, 1, 0, 0, 1]))
    #expect(test.targets == Targets([1]))
    // Mean 2 and deviation 1 of rows 0, 1, 3 and 4; 'r' is in none of them.
    let rows = [0, 1, 3, 4]
    #expect(
      try train.vectors(fittedTo: train, rows)
        == [[-1, 1, 0, 0], [1, 0, 1, 0], [3, 0, 1, 0], [-1, 1, 0, 0], [1, 0, 1, 0]])
    #expect(try test.vectors(fittedTo: train, rows) == [[98, 0, 0, 0]])
    let fitted = try #require(try train.fit(rows))
    #expect(try train.fit(rows) == fitted)
    #expect(
      try test.applying(fitted).notes == [
        "column 'c': no training row has 'r', which is encoded as zeros in 1 row"
      ])
    #expect(try test.applying(fitted).fingerprint != test.fingerprint)
    let other = try #require(try train.fit([0, 1, 2, 3, 4]))
    #expect(other != fitted)
    #expect(throws: DataError.self) { try train.vectors() }
    #expect(throws: DataError.self) { try train.applying(Array("{}".utf8)) }
    #expect(throws: DataError.self) { try train.fit([]) }
  }

  @Test func standardizingCanBeTurnedOff() async throws {
    try write("y,a\n1.5,1\n2.5,3\n0.5,7\n")
    let (train, test) = try await open("target: y, standardize: false")
    #expect(
      Set(try (train.vectors(fittedTo: train) + test.vectors(fittedTo: train)).map { $0[0] })
        == [1, 3, 7])
  }

  @Test func otherColumnsAreReadAsText() async throws {
    try write(Self.text)
    let (train, test) = try await open("target: kind, ignore: [id]")
    let identifiers = try train.column("id") + test.column("id")
    #expect(Set(identifiers) == Set((0..<40).map { "P\($0)" }))
    #expect(try train.column("weight").first == "3.0")
    let reason = #expect(throws: DataError.self) { try train.column("ids") }?.reason
    #expect(reason == "has no column 'ids'; did you mean 'id'?")
  }

  @Test func testRowsDependOnTheirContentsAlone() async throws {
    try write(Self.text)
    let text = "target: kind, ignore: [id]"
    let (train, test) = try await open(text)
    #expect(test.targets.values.reduce(0, +) == 4)
    let chosen = Set(try test.column("id"))
    let header = "id,kind,weight,colour\n"
    let shuffled = Self.rows.reversed().map { row in
      let parts = row.split(separator: ",")
      return "\(parts[3]),\(parts[0]),\(parts[1]),\(parts[2])\n"
    }
    try write(header + shuffled.joined())
    let (_, again) = try await open(text)
    #expect(Set(try again.column("id")) == chosen)
    // Other features are tested on the same rows.
    let (_, few) = try await open("target: kind, features: [weight], test: 0.2")
    #expect(Set(try few.column("id")) == chosen)
    let (_, half) = try await open("target: kind, ignore: [id], test: 0.5")
    #expect(half.count == 20)
    #expect(Set(try half.column("id")).isSuperset(of: chosen))
    #expect(train.count == 32)
  }

  @Test func equalRowsStayTogether() async throws {
    let rows = (0..<30).map { "\($0 / 3).5,\($0 / 3 * 7 % 10)\n" }
    try write("y,a\n" + rows.joined())
    let (train, test) = try await open("target: y")
    #expect(test.count == 6)
    #expect(Set(try train.column("y")).isDisjoint(with: try test.column("y")))
  }

  @Test func targetsAreRecognised() throws {
    let rows = (0..<12).map { "\($0 % 3),\($0 % 2),\(($0 + 1) % 2),\($0).5,a;b,\($0)\n" }
    try write("class,l,m,price,list,x\n" + rows.joined())
    func kind(_ text: String) throws -> FieldKind {
      try schema(text + ", features: [x]").target.kind
    }
    #expect(try kind("target: class") == .category(["0", "1", "2"]))
    #expect(try kind("target: class, kind: numbers") == .numbers([Quantity("class")]))
    #expect(try kind("target: price, unit: EUR") == .numbers([Quantity("price", unit: "EUR")]))
    #expect(
      try kind("target: [price, class]") == .numbers([Quantity("price"), Quantity("class")]))
    #expect(try kind("target: [l, m]") == .labelSet(["l", "m"]))
    #expect(try kind("target: l, kind: labels") == .labelSet(["l"]))
    #expect(
      try kind("target: [l, m], kind: numbers") == .numbers([Quantity("l"), Quantity("m")]))
    #expect(try kind("target: list, label_separator: ;") == .labelSet(["a", "b"]))
    #expect(try schema("target: [l, m], features: [x]").target.name == "targets")
  }

  @Test func labelListsMayBeEmpty() async throws {
    try write("tags,x\na|b,1\n,2\nb,3\n,4\na,5\n")
    let (train, test) = try await open("target: tags, label_separator: '|', delimiter: ','")
    let all = Set(
      (0..<train.count).map { Array(train.targets[$0]) }
        + (0..<test.count).map { Array(test.targets[$0]) })
    #expect(all == [[1, 1], [0, 0], [0, 1], [1, 0]])
  }

  @Test func typesCanBeDeclared() throws {
    try write("y,code,n\n" + (0..<20).map { "\($0).5,\($0 % 4),\($0 * $0)\n" }.joined())
    #expect(try schema("target: y").input.kind == .vector(2))
    #expect(try schema("target: y, categories: [code]").input.kind == .vector(5))
    #expect(try schema("target: y, numbers: [code]").input.kind == .vector(2))
  }

  @Test func missingValuesNeedAReplacement() async throws {
    try write("y,a,c\n1.5,1,p\n2.5,NA,q\n3.5,3,\n4.5,5,q\n5.5,-,p\n")
    let text = "target: y, missing: ['-']"
    #expect(
      try refusals(text) == [
        "t.csv: t.csv: column 'a' has 2 missing values, the first on line 3 (and 'c' 1); say what "
          + "replaces them, such as impute: {numbers: mean} (or median, mode), or leave the column out "
          + "with 'ignore'"
      ])
    #expect(
      try refusals(text + ", impute: {numbers: mean}")[0].contains(
        "column 'c' has 1 missing value, the first on line 4; say what replaces them, such as impute: "
          + "{categories: own} (or mode)"))
    for (numbers, fill) in [("mean", 3.0), ("median", 3), ("mode", 1)] {
      for (categories, width) in [("own", 4), ("mode", 3)] {
        let impute = "impute: {numbers: \(numbers), categories: \(categories)}, standardize: false"
        let (train, test) = try await open("\(text), \(impute), test: 0.01")
        #expect(train.schema.input.kind == .vector(width))
        let fitted = try #require(try train.fit(Array(0..<train.count)))
        let known = try #require(
          try train.column("a").map { Double($0) } as [Double?]?)
        let values = try train.applying(fitted).vectors().map { Double($0[0]) }
        let present = known.compactMap(\.self)
        let expected =
          switch numbers {
          case "mean": present.reduce(0, +) / Double(present.count)
          case "median":
            (present.sorted()[(present.count - 1) / 2] + present.sorted()[present.count / 2]) / 2
          default: present.min() ?? fill
          }
        #expect(zip(known, values).allSatisfy { $1 == Double(Float($0 ?? expected)) })
        #expect(test.count == 1)
      }
    }
  }

  @Test func rowsWithoutTargetStopTheRunOrAreSkipped() async throws {
    try write("y,a\n1.5,1\n,2\n3.5,3\n4.5,4\nNA,5\n2.5,9\n")
    #expect(
      try refusals("target: y") == [
        "t.csv: t.csv: line 3, column 'y': the target is missing; skip such rows with `on_error: skip`"
      ])
    let (train, test) = try await open("target: y, on_error: skip")
    #expect(train.count + test.count == 4)
    #expect(
      train.notes == [
        "2 rows are left out because the target is missing, the first on line 3 in column 'y'"
      ])
  }

  @Test func delimitersDecimalsAndNamesCanBeGiven() throws {
    try write((0..<20).map { "\($0),5#\($0 % 7),25\n" }.joined())
    let text = "target: y, columns: [y, x], delimiter: '#', decimal: comma"
    #expect(try schema(text).counts == [.train: 16, .test: 4])
    #expect(
      try refusals("target: y, columns: [y, x], delimiter: ab") == [
        "ab: 'ab' cannot be a delimiter (write one character such as ';', or tab)"
      ])
    try write("y;x\n" + (0..<20).map { "\($0),5;\($0 % 7),25\n" }.joined())
    #expect(try schema("target: y").counts == [.train: 16, .test: 4])
    #expect(try refusals("target: y, decimal: point").count == 1)
  }

  @Test func wrongColumnsAreShownWhereTheyAreNamed() throws {
    try write(Self.text)
    #expect(
      try refusals("target: knid, ignore: [ids, weight], categories: [colour, what]") == [
        "knid: t.csv has no column 'knid' (did you mean 'kind'?)",
        "ids: t.csv has no column 'ids' (did you mean 'id'?)",
        "what: t.csv has no column 'what' (its columns are 'kind', 'weight', 'colour', 'id')",
      ])
    #expect(
      try refusals("target: kind, features: [weight, kind], ignore: [weight]") == [
        "kind: column 'kind' is named in 'target' and in 'features'",
        "weight: column 'weight' is named in 'features' and in 'ignore'",
      ])
    #expect(
      try refusals("target: kind, numbers: [weight], categories: [weight]") == [
        "weight: column 'weight' is named in 'numbers' and in 'categories'"
      ])
    #expect(
      try refusals("target: [weight, colour], ignore: [id]") == [
        "t.csv: t.csv: column 'colour' is of type category: several targets are either all numbers, or "
          + "all labels of 0 and 1"
      ])
  }

  @Test func argumentsThatDoNotFitAreRefused() throws {
    try write(Self.text)
    #expect(
      try refusals("target: [kind, colour], kind: category") == [
        "[kind, colour]: expected one target column, found 2 (several columns can be numbers or labels)"
      ])
    #expect(
      try refusals("target: kind, kind: category, label_separator: ;") == [
        ";: 'label_separator' is for labels, not for kind: category"
      ])
    #expect(
      try refusals("target: kind, label_separator: ''").first
        == "'': 'label_separator' is empty (write the text between two labels, such as ';')")
    #expect(
      try refusals("target: kind, ignore: [id], unit: g") == [
        "g: only numbers have a unit, the target is 2 classes"
      ])
    #expect(
      try refusals("target: kind, unit: g, kind: labels") == ["g: only numbers have a unit"])
    #expect(try refusals("target: kind, kind: classes").count == 1)
    #expect(
      try DatasetText.refusals("table: t.csv", in: folder).first?.contains("needs 'target'")
        == true)
  }

  @Test func unusableColumnsSayWhatToDo() throws {
    try write("y,day\n" + (1..<20).map { "\($0).5,2024-01-\($0 + 10)\n" }.joined())
    let date = try refusals("target: y")
    #expect(date.count == 1)
    #expect(date[0].contains("column 'day' cannot be used (date)"))
    #expect(date[0].contains("leave it out with `ignore`"))
    try write(Self.text)
    let text = try refusals("target: kind")
    #expect(text.count == 1)
    #expect(text[0].contains("column 'id' cannot be used (text)"))
    #expect(
      try refusals("target: colour, features: [kind, id]")[0].contains("column 'id' cannot be used")
    )
    try write("y,a,b\n1.5,p,1\n2.5,q,2\n3.5,r,3\n")
    let dataset = try DatasetText.make("table: {file: t.csv, target: y}", in: folder)
    #expect(dataset.dataSchema.input.kind == .vector(4))
  }

  @Test func identifiersAndConstantsAreNoted() async throws {
    try write("y,a,n,same\n" + (1...10).map { "\($0).5,c\($0),\($0),7\n" }.joined())
    let (train, _) = try await open("target: y")
    #expect(
      train.notes == [
        "column 'same' is not used: all values are the same ('7')",
        "column 'a' has a different value in every row; if it identifies the rows, leave it "
          + "out with "
          + "'ignore'",
        "column 'n' has a different value in every row; if it identifies the rows, leave it "
          + "out with "
          + "'ignore'",
      ])
  }

  @Test func splitColumnsAreChecked() throws {
    try write("y,a,part\n1.5,1,train\n2.5,2,tset\n3.5,3,test\n")
    #expect(
      try refusals("target: y, split: part") == [
        "t.csv: t.csv: line 3, column 'part' holds 'tset', expected train, validation or test; did you "
          + "mean 'test'?"
      ])
    try write("y,a,part\n1.5,1,train\n2.5,2,val\n3.5,3,train\n0.5,4,train\n")
    #expect(try schema("target: y, split: part, test: 0.4").counts == [.train: 3, .test: 1])
    try write("y,a,part\np,1,train\nq,2,test\np,3,train\n")
    #expect(
      try refusals("target: y, split: part") == [
        "t.csv: t.csv: leaves no training rows of the class 'q', which has 1 row in all; leave such rows "
          + "out or merge the class with another"
      ])
    try write("y,a\np,1\np,2\n")
    #expect(try refusals("target: y")[0].contains("has one class, 'p'; expected at least two"))
    try write("y,a\n1.5,1\n1.5,1\n")
    #expect(try refusals("target: y, features: [a]")[0].contains("none is left to train on"))
  }

  @Test func changedFilesAreNoticed() async throws {
    try write(Self.text)
    let dataset = try DatasetText.make(
      "table: {file: t.csv, target: kind, ignore: [id]}", in: folder)
    let data = try await dataset.acquire(environment: folder.environment()) { _ in }
    _ = try dataset.open(.train, of: data)
    // A column that nothing is learned from can still decide about a split.
    try write(Self.text.replacingOccurrences(of: "P3\n", with: "Q3\n"))
    let reasons = DataSplit.allCases.map { split -> String? in
      do throws(DataError) {
        _ = try dataset.open(split, of: data)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reasons.contains("has changed since this run began"))
  }

  @Test func recordedSchemasNeedNoFile() throws {
    let recorded = DataSchema(
      inputs: [DataField("features", .vector(2))],
      targets: [DataField("y", .category(["a", "b"]))],
      counts: [.train: 3, .test: 1])
    let dataset = try DatasetText.make(
      "table: {file: gone.csv, target: y}", in: folder, recorded: recorded)
    #expect(dataset.dataSchema == recorded)
    #expect(
      try refusals("target: y") == ["t.csv: t.csv: cannot open it: No such file or directory"])
  }

  @Test func compressedFilesAreRead() async throws {
    try folder.write(gzip(Array(Self.text.utf8)), "t.csv.gz")
    let (train, test) = try await DatasetText.open(
      "table: {file: t.csv.gz, target: kind, ignore: [id]}", in: folder)
    #expect((train.count, test.count) == (32, 8))
  }

  @Test func otherTablesArePredicted() async throws {
    try write(Self.text)
    let text = "table: {file: t.csv, target: kind, ignore: [id]}"
    let (train, _) = try await DatasetText.open(text, in: folder)
    let fitted = try #require(try train.fit(Array(0..<train.count)))
    let dataset = try DatasetText.make(text, in: folder, recorded: train.schema)
    // Other order, other delimiter, no target, an unknown colour.
    let path = try folder.write(
      Array("name\tcolour\tweight\nx\tred\t3.0\ny\tgreen\t3.0\n".utf8), "new.tsv")
    let inputs = try dataset.openInputs(path)
    #expect(inputs.count == 2)
    #expect(inputs.targets == Targets([0, 0]))
    #expect(try inputs.column("name") == ["x", "y"])
    #expect(throws: DataError.self) { try inputs.vectors() }
    let applied = try inputs.applying(fitted)
    let vectors = try applied.vectors()
    let place = try #require(try train.column("weight").firstIndex(of: "3.0"))
    #expect(vectors[0] == (try train.applying(fitted).vectors()[place]))
    #expect(vectors[1] == [vectors[0][0], 0, 0])
    #expect(
      applied.notes == [
        "column 'colour': no training row has 'green', which is encoded as zeros in 1 row"
      ])
    let lacking = try folder.write(Array("color,weight\nred,3\n".utf8), "lacking.csv")
    let reason = #expect(throws: DataError.self) {
      try dataset.openInputs(lacking).applying(fitted)
    }?.reason
    #expect(reason == "has no column 'colour'; did you mean 'color'?")
    let gap = try folder.write(Array("colour,weight\nred,\n".utf8), "gap.csv")
    #expect(throws: DataError.self) { try dataset.openInputs(gap).applying(fitted).vectors() }
    let empty = try folder.write(Array("colour,weight\n".utf8), "empty.csv")
    #expect(throws: DataError.self) { try dataset.openInputs(empty) }
  }
}
