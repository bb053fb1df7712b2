import Export
import Foundation
import Graph
import Tables
import Testing

/// Tables as ONNX: the graph takes the columns as they are.
@Suite struct ColumnExportTests {
  private static let record = """
    {"rowCount": 9, "columns": [
      {"name": "age", "type": "number", "imputation": "mean", "fill": 30, "scale": {"mean": 30, "deviation": 4}},
      {"name": "height", "type": "number", "imputation": "error"},
      {"name": "smokes", "type": "boolean", "imputation": "most_frequent", "fill": 1, "categories": ["no", "yes"]},
      {"name": "city", "type": "category", "imputation": "most_frequent", "categories": ["Bonn", "Oslo", "Rome"],
       "fillCategory": "Oslo", "unseen": ["Rome"]}]}
    """

  @Test func theFileTakesColumnsAndEncodesThem() throws {
    let encoder = try JSONDecoder().decode(FittedEncoder.self, from: Data(Self.record.utf8))
    let graph = try Exported.graph("[linear: {out_features: 6, bias: false}]", [[6]])
    // The identity, so that the values are the encoded columns.
    let identity = (0..<36).map { Float($0 % 7 == 0 ? 1 : 0) }
    let file = try Exported.file(
      graph, [Exported.entry("0.weight", [6, 6], identity)], encoder: encoder)
    let summary = try ONNXCheck.check(file)
    #expect(
      summary.inputs == [
        "age": "float[batch, 1]", "height": "float[batch, 1]", "smokes": "string[batch, 1]",
        "city": "string[batch, 1]",
      ])
    #expect(summary.outputs == ["values": "float[batch, 6]"])
    let shape = [5, 1]
    try Exported.write(
      "columns", file,
      Exported.Case(
        inputs: [
          "age": Exported.input("columns-age", shape, [34, Float.nan, 26, 30, 38] as [Float]),
          "height": Exported.input("columns-height", shape, [1, 2, 3, 4, 5] as [Float]),
          "smokes": Exported.input("columns-smokes", shape, texts: ["no", "Yes", "", "NO", "1"]),
          "city": Exported.input(
            "columns-city", shape, texts: ["Bonn", "Rome", "NA", "Paris", "Oslo"]),
        ], output: "values",
        expected: [
          1, 1, 0, 1, 0, 0,
          0, 2, 1, 0, 0, 0,
          -1, 3, 1, 0, 1, 0,
          0, 4, 0, 0, 0, 0,
          2, 5, 1, 0, 1, 0,
        ], stride: 1, tolerance: 0))
  }
}
