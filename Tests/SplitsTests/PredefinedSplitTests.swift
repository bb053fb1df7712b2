import DataSchema
import Splits
import Testing

struct PredefinedSplitTests {
  private func error(_ words: [String]) -> DataError? {
    do throws(DataError) {
      _ = try PredefinedSplit(words, path: "images.csv") { "line \($0 + 2), column 'split'" }
      return nil
    } catch { return error }
  }

  @Test func eachWordNamesItsPart() throws {
    let words = ["train", "val", "Test", "TRAINING", "dev", "valid", "validation", "testing"]
    let split = try PredefinedSplit(words, path: "images.csv") { "\($0)" }
    #expect(split.train == [0, 3])
    #expect(split.validation == [1, 4, 5, 6])
    #expect(split.test == [2, 7])
    let only = try PredefinedSplit(["train", "train"], path: "images.csv") { "\($0)" }
    #expect(only.validation.isEmpty && only.test.isEmpty)
  }

  @Test func anotherWordIsAnErrorWithItsPlace() {
    #expect(
      error(["train", "tarin"])
        == DataError(
          path: "images.csv",
          reason:
            "line 3, column 'split' holds 'tarin', expected train, validation or test; did you"
            + " mean 'train'?"))
    #expect(
      error(["train", "", "holdout", "train"])?.reason
        == "line 3, column 'split' is empty, expected train, validation or test (2 examples have no"
        + " valid split)")
  }

  @Test func somethingMustBeTrainedOn() {
    #expect(error(["val", "test"])?.reason == "none of its 2 examples is for training")
    #expect(error([])?.reason == "none of its 0 examples is for training")
  }
}
