import Files
import TestSupport
import Testing
import Weights

/// State dicts with the names of older versions of torchvision, which its published files still have.
struct LegacyNamesTests {
  private func load(_ names: [(file: String, model: String)]) throws -> WeightsMatch {
    let folder = try TemporaryFolder()
    let entries = names.enumerated().map { index, name in
      SafeTensors.Entry(
        name: name.file, type: .float32, shape: [index + 1],
        bytes: Array(repeating: 0, count: 4 * (index + 1)))
    }
    let path = try folder.write(SafeTensors.encode(entries).flatMap { $0 }, "file.safetensors")
    return try StateDictFile(reading: path).match(
      names.enumerated().map {
        ExpectedTensor(name: $1.model, shape: [$0 + 1], type: .float32)
      })
  }

  @Test func thoseOfDenseNet() throws {
    let start = "features.denseblock1.denselayer2."
    let match = try load([
      (start + "norm.1.weight", start + "norm1.weight"),
      (start + "conv.2.weight", start + "conv2.weight"),
      ("features.transition1.norm.weight", "features.transition1.norm.weight"),
    ])
    #expect(match.loaded.count == 3)
    #expect(match.skipped.isEmpty)
  }

  @Test func thoseOfVisionTransformers() throws {
    let start = "encoder.layers.encoder_layer_11.mlp."
    let match = try load([
      ("module." + start + "linear_1.weight", start + "0.weight"),
      ("module." + start + "linear_2.bias", start + "3.bias"),
    ])
    #expect(match.loaded.map(\.name) == [start + "0.weight", start + "3.bias"])
  }

  @Test func namesOfTheModelArePreferred() throws {
    let name = "denselayer1.norm.1.weight"
    #expect(try load([(name, name)]).loaded.map(\.name) == [name])
  }
}
