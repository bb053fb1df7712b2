import Arrays
import DataSchema
import Testing

struct ArrayConventionTests {
  private typealias Split = ArrayConvention.Split
  private typealias Pair = ArrayConvention.Pair

  private func find(_ names: [String]) throws -> ArrayConvention {
    try ArrayConvention(names: names, path: "data.npz")
  }

  @Test func findsTheSplitsOfMedMNIST() throws {
    let found = try find(Fixtures.open("medmnist.npz").names)
    #expect(
      found.splits == [
        .train: Pair(inputs: "train_images", targets: "train_labels"),
        .validation: Pair(inputs: "val_images", targets: "val_labels"),
        .test: Pair(inputs: "test_images", targets: "test_labels"),
      ])
    #expect(found.unused.isEmpty)
  }

  @Test func findsTheSplitsOfKeras() throws {
    let found = try find(["x_test", "x_train", "y_train", "y_test"])
    #expect(
      found.splits == [
        .train: Pair(inputs: "x_train", targets: "y_train"),
        .test: Pair(inputs: "x_test", targets: "y_test"),
      ])
  }

  @Test(arguments: [
    ("X", "y"), ("images", "labels"), ("data", "target"), ("features", "targets"),
    ("X_train", "y_train"), ("train/images", "train/labels"), ("trainX", "trainY"),
    ("xtrain", "ytrain"), ("train.data", "train.labels"), ("Training Images", "Training Labels"),
  ])
  func findsOnePair(_ inputs: String, targets: String) throws {
    let found = try find(["note", targets, inputs, "train_ids"])
    #expect(found.splits == [.train: Pair(inputs: inputs, targets: targets)])
    #expect(found.unused == ["note", "train_ids"])
  }

  @Test(
    arguments: [
      (["a", "b"], "has no inputs and targets to train with; it holds 'a', 'b'. Say which"),
      ([], "has no inputs and targets to train with; it holds nothing. Say which"),
      (["x_train"], "has no targets for its inputs 'x_train'; it holds 'x_train'. Say which"),
      (
        ["x_train", "y_train", "y_test"],
        "has no inputs for its targets 'y_test'; it holds 'x_train', 'y_train', 'y_test'."
      ),
      (["x_test", "y_test"], "has no inputs and targets to train with; it holds 'x_test'"),
      (
        ["X", "images", "y"],
        "has 2 arrays for the inputs: 'X', 'images'; it holds 'X', 'images', 'y'."
      ),
      (
        ["x_train", "y_train", "train_images"],
        "has 2 arrays for the train inputs: 'x_train', 'train_images'; it holds"
      ),
      (
        ["x_train", "y_train", "labels"], "has splits, but 'labels' belongs to none; it holds"
      ),
    ] as [([String], String)])
  func saysWhatItFound(_ names: [String], _ reason: String) {
    let error = #expect(throws: DataError.self) { try find(names) }
    #expect(error?.path == "data.npz")
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  }
}
