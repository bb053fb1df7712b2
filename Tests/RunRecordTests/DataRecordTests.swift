import DataSchema
import ExperimentConfig
import RunRecord
import Testing

struct DataRecordTests {
  @Test(arguments: [
    FieldKind.category(["cat", "dog"]), .numbers([Quantity("slant", unit: "degrees")]),
    .labelSet(["a", "b"]), .mask(["road", "sky"], ignore: 255),
    .boxes(BoxClasses(["cell"], ids: [3], most: 5)),
    .boxes(BoxClasses(["cell", "dust"], ids: [], most: 5)), .vector(4),
    .image(ImageSize(channels: 3, height: 4, width: 5)),
  ])
  func everyKindOfTargetIsReadBack(kind: FieldKind) throws {
    let schema = DataSchema(
      image: ImageSize(channels: 1, height: 28, width: 28), target: DataField("it", kind))
    let record = DataRecord(schema, counts: [.train: 10, .test: 2], fingerprint: "ab")
    let bytes = try JSONText.encode(record, pretty: true)
    let read = try JSONText.decode(DataRecord.self, from: bytes)
    #expect(read == record)
    #expect(read.target == DataField("it", kind))
    #expect(read.counts == ["train": 10, "test": 2])
    #expect(read.inputs.map(\.name) == ["image"])
  }

  @Test func theFirstDirectoriesOfFormat2AreRead() throws {
    let text = """
      {"image": {"channels": 1, "height": 28, "width": 28},
       "target": {"name": "label", "kind": "category", "classes": ["a", "b"]}}
      """
    let record = try JSONText.decode(DataRecord.self, from: Array(text.utf8))
    #expect(record.target == DataField("label", .category(["a", "b"])))
  }

  @Test func aKindThatIsNotKnownIsNoField() throws {
    let text = #"{"inputs": [], "targets": [{"name": "x", "kind": "sound"}]}"#
    let record = try JSONText.decode(DataRecord.self, from: Array(text.utf8))
    #expect(record.target == nil)
  }
}
