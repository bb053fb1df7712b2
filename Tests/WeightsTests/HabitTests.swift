import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Checkpoints as people save them; Tests/Fixtures/weights/make_habits.py made them.
struct HabitTests {
  struct Habit: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    /// What reads it in Python: `weights_only`, `pickle` or `no`.
    let torch: String
    var refused: String?
    var key: String?
    var prefix: String?
    var testDescription: String { file }
  }

  static let folder = PyTorchFileTests.folder.appending(path: "habits")

  static func path(_ file: String) -> String {
    folder.appending(path: file).path(percentEncoded: false)
  }

  static let all: [Habit] = {
    do {
      return try JSONDecoder().decode(
        [Habit].self, from: Data(contentsOf: folder.appending(path: "habits.json")))
    } catch {
      Issue.record(error)
      return []
    }
  }()

  /// The network that is in all files.
  static let network = [
    ExpectedTensor(name: "1.weight", shape: [4, 3], type: .float32),
    ExpectedTensor(name: "1.bias", shape: [4], type: .float32),
    ExpectedTensor(name: "3.weight", shape: [2, 4], type: .float32),
    ExpectedTensor(name: "3.bias", shape: [2], type: .float32),
  ]
  static let head: Set = ["3.weight", "3.bias"]

  @Test(arguments: all.filter { $0.refused == nil })
  func isRead(_ habit: Habit) throws {
    let file = try StateDictFile(reading: Self.path(habit.file))
    let match = try file.match(Self.network, head: Self.head)
    let reference = try StateDictFile(reading: Self.path("reference.safetensors"))
    let wanted = try reference.entries(named: Self.network.map(\.name))
    let found = try match.loaded.map { try file.entry($0) }
    #expect(found.map(\.name) == wanted.map(\.name))
    for (found, wanted) in zip(found, wanted) {
      #expect(found.shape == wanted.shape)
      #expect(found.bytes == wanted.bytes, "\(found.name)")
    }
    #expect(match.key == habit.key)
    #expect(match.prefixes.joined(separator: " ") == habit.prefix)
    #expect(match.replacedHead.isEmpty)
  }

  @Test(arguments: all.filter { $0.refused != nil })
  func isNamed(_ habit: Habit) throws {
    let words = try #require(habit.refused)
    do {
      _ = try StateDictFile(reading: Self.path(habit.file)).match(Self.network, head: Self.head)
      Issue.record("read")
    } catch let error as FileError {
      #expect(error.reason.contains(words), "\(error.reason)")
    } catch let error as WeightsMismatch {
      #expect("\(error.reason) \(error.hint ?? "")".contains(words), "\(error.reason)")
    }
  }

  /// Whatever `torch.load(weights_only=True)` reads is read, unless it holds no one model.
  @Test func readsWhatPyTorchReadsSafely() {
    #expect(Self.all.count { $0.torch == "weights_only" } >= 87)
    let refused = Self.all.filter { $0.torch == "weights_only" && $0.refused != nil }
    #expect(
      Set(refused.map(\.file)) == [
        "student_and_teacher.pth", "moco.pth", "params_and_ema.pth", "ema_and_net.pth",
        "optimizer_alone.pth", "list.pth", "one_tensor.pth", "number.pth",
      ])
  }

  // MARK: By hand

  @Test(arguments: [
    ("params_and_ema.pth", WeightsSelection(key: "params")),
    ("ema_and_net.pth", WeightsSelection(key: "net")),
    ("student_and_teacher.pth", WeightsSelection(prefix: "student.")),
    ("student_and_teacher.pth", WeightsSelection(prefix: "student")),
    ("moco.pth", WeightsSelection(key: "state_dict", prefix: "module.encoder_q.")),
    ("nested.pth", WeightsSelection(key: "checkpoint.model")),
    ("pair.pth", WeightsSelection(key: "0")),
    ("prefix_module.pth", WeightsSelection(prefix: "module.")),
  ])
  func isChosen(_ name: String, _ selection: WeightsSelection) throws {
    let file = try StateDictFile(reading: Self.path(name))
    let match = try file.match(Self.network, selection)
    let reference = try StateDictFile(reading: Self.path("reference.safetensors"))
    #expect(
      try match.loaded.map { try file.entry($0).bytes }
        == reference.entries(named: Self.network.map(\.name)).map(\.bytes))
  }

  @Test(arguments: [
    (
      "nested.pth", WeightsSelection(key: "model"), WeightsMismatch.Subject.key,
      "it has no key 'model'; it has 'checkpoint'"
    ),
    (
      "reference.safetensors", WeightsSelection(key: "model"), .key,
      "it is not a checkpoint with keys, so there is no 'model'"
    ),
    (
      "optimizer_adam.pth", WeightsSelection(key: "optimizer"), .key,
      "has the state of an optimizer under 'optimizer', not of a model"
    ),
    (
      "timm.pth", WeightsSelection(key: "epoch"), .key,
      "has a number under 'epoch', not a state dict"
    ),
    (
      "prefix_module.pth", WeightsSelection(prefix: "net."), .prefix,
      "no tensor in it has a name that begins with 'net.'; the names begin with 'module'"
    ),
    (
      "student_and_teacher.pth", WeightsSelection(), .file,
      "the model matches under several prefixes of the names: 'student.', 'teacher.'"
    ),
    (
      "params_and_ema.pth", WeightsSelection(), .file,
      "several state dicts in it match the model equally well: 'params', 'params_ema'"
    ),
  ])
  func namesWhatIsThere(
    _ name: String, _ selection: WeightsSelection, _ subject: WeightsMismatch.Subject,
    _ reason: String
  ) throws {
    let file = try StateDictFile(reading: Self.path(name))
    let error = #expect(throws: WeightsMismatch.self) {
      try file.match(Self.network, selection)
    }
    #expect(error?.subject == subject)
    #expect(error?.reason == reason)
  }

  /// A choice between several candidates is also left to the user if the model is one block of a list.
  @Test func aBlockMatchesUnderSeveralPrefixes() throws {
    let network = Self.network.map {
      ExpectedTensor(name: "0." + $0.name, shape: $0.shape, type: $0.type)
    }
    let file = try StateDictFile(reading: Self.path("student_and_teacher.pth"))
    let error = #expect(throws: WeightsMismatch.self) { try file.match(network) }
    #expect(
      error?.reason
        == "the model matches under several prefixes of the names: 'student.', 'teacher.'")
  }

  // MARK: Notes

  @Test(arguments: [
    ("plain", []),
    (
      "timm.pth",
      [
        "using the weights under 'state_dict'; 'state_dict_ema' would match as well (choose "
          + "with key:)"
      ]
    ),
    ("key_net.pth", ["using the weights under the key 'net'"]),
    ("prefix_module.pth", ["removed the prefix 'module.' from the names"]),
    ("two_prefixes.pth", ["removed the prefixes 'body.', 'head.' from the names"]),
    ("compiled_inside.pth", ["removed '_orig_mod' from the names"]),
    (
      "averaged.pth",
      [
        "removed the prefix 'module.' from the names",
        "skipped tensors that the model does not need: n_averaged",
      ]
    ),
    (
      "among_namespace.pth",
      ["skipped tensors that the model does not need: what (an object of argparse.Namespace)"]
    ),
    (
      "among_quantized.pth",
      ["skipped tensors that the model does not need: what (a quantized tensor)"]
    ),
    (
      "profiled.pth",
      [
        "skipped tensors that the model does not need: total_ops, 1.total_ops, 1.total_params, "
          + "total_params"
      ]
    ),
  ])
  func saysWhatWasDone(_ name: String, _ notes: [String]) throws {
    let file = try StateDictFile(reading: Self.path(name == "plain" ? "dict.pth" : name))
    #expect(try file.match(Self.network).notes == notes)
  }
}
