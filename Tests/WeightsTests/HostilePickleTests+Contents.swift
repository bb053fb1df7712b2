/// Pickles of the right words that describe what cannot be: tensors outside their storages, and state
/// dicts that are none.
extension HostilePickleTests {
  static let tensors: [Hostile] = [
    hostile(
      "a tensor of a number", P.stateDict(P.tensor(storage: P.integer(1))),
      "it has a tensor whose storage is a number"),
    hostile(
      "a negative size", P.stateDict(P.tensor([-2, -3])),
      "it has a tensor of the storage '0' with an invalid shape"),
    hostile(
      "sizes that overflow", P.stateDict(P.tensor([1 << 32, 1 << 32], strides: [0, 0])),
      "it has a tensor of the storage '0' with an invalid shape"),
    hostile(
      "a shape of texts",
      P.stateDict(
        P.call(
          P.global("torch._utils", "_rebuild_tensor_v2"), P.storage(), P.integer(0),
          P.tuple(P.text("2")), P.sizes([1]), [0x89], P.orderedDict)),
      "it has a tensor of the storage '0' with an invalid shape"),
    hostile(
      "65 dimensions",
      P.stateDict(
        P.tensor(Array(repeating: 1, count: 65), strides: Array(repeating: 1, count: 65))),
      "it has a tensor of the storage '0' with an invalid shape"),
    hostile(
      "a negative stride", P.stateDict(P.tensor(strides: [3, -1], offset: 2)),
      "it has a tensor of the storage '0' with invalid strides"),
    hostile(
      "a stride too few", P.stateDict(P.tensor(strides: [1])),
      "it has a tensor of the storage '0' with invalid strides"),
    hostile(
      "strides that overflow", P.stateDict(P.tensor(strides: [.max, .max])),
      "it has a tensor of the storage '0' with invalid strides"),
    hostile(
      "a product of stride and size that overflows",
      P.stateDict(P.tensor([3, 1], strides: [.max, 1])),
      "it has a tensor of the storage '0' with invalid strides"),
    hostile(
      "a negative offset", P.stateDict(P.tensor(offset: -1)),
      "it has a tensor of the storage '0' with an invalid offset"),
    hostile(
      "an offset outside", P.stateDict(P.tensor(offset: 1)),
      "it has a tensor of the storage '0' with the shape [2, 3], strides [3, 1] and offset 1, "
        + "outside its 6 elements"),
    hostile(
      "the largest offset", P.stateDict(P.tensor(offset: .max)),
      "it has a tensor of the storage '0' with the shape [2, 3], strides [3, 1] and offset "
        + "9223372036854775807, outside its 6 elements"),
    hostile(
      "strides outside", P.stateDict(P.tensor(strides: [4, 1])),
      "it has a tensor of the storage '0' with the shape [2, 3], strides [4, 1] and offset 0, "
        + "outside its 6 elements"),
    hostile(
      "a shape outside", P.stateDict(P.tensor([1 << 40], strides: [1])),
      "it has a tensor of the storage '0' with the shape [1099511627776], strides [1] and offset 0, "
        + "outside its 6 elements"),
    hostile(
      "a bomb of stride 0", P.stateDict(P.tensor([1 << 40], strides: [0])),
      "its tensors expand to more than 16777216 bytes, although it has only "),
    hostile(
      "a bomb whose bytes overflow", P.stateDict(P.tensor([1 << 61, 2], strides: [0, 0])),
      "its tensors expand to more than 16777216 bytes, although it has only "),
    hostile(
      "a bomb of many",
      P.pickle(
        P.dictionary(
          (0..<30).map { ("\($0)", P.tensor([1 << 18], strides: [0])) })),
      "its tensors expand to more than 16777216 bytes, although it has only "),
    hostile(
      "a storage that is missing", P.stateDict(P.tensor(storage: P.storage("1"))),
      "its storage '1' is missing"),
    hostile(
      "a storage outside its folder",
      P.stateDict(P.tensor(storage: P.storage("../../data.pkl"))),
      "its storage '../../data.pkl' is missing"),
    hostile(
      "a storage of a negative size", P.stateDict(P.tensor(storage: P.storage(count: -6))),
      "its storage '0' has the invalid size -6"),
    hostile(
      "a storage whose bytes overflow",
      P.stateDict(P.tensor(storage: P.storage(count: 1 << 62))),
      "its storage '0' has the invalid size 4611686018427387904"),
    hostile(
      "a storage that claims more", P.stateDict(P.tensor(storage: P.storage(count: 7))),
      "its storage '0' has 24 bytes, expected 28"),
    hostile(
      "a storage that claims less", P.stateDict(P.tensor(storage: P.storage(count: 5))),
      "its storage '0' has 24 bytes, expected 20"),
    hostile(
      "a storage of another type",
      P.stateDict(P.tensor(storage: P.storage(type: "DoubleStorage"))),
      "its storage '0' has 24 bytes, expected 48"),
    hostile(
      "a negated tensor",
      P.stateDict(
        P.call(
          P.global("torch._utils", "_rebuild_tensor_v2"), P.storage(), P.integer(0),
          P.sizes([6]), P.sizes([1]), [0x89], P.orderedDict, P.dictionary([("neg", [0x88])]))),
      "it has a lazily negated or conjugated tensor"),
    hostile(
      "a parameter of a number",
      P.stateDict(
        P.call(
          P.global("torch._utils", "_rebuild_parameter"), P.integer(1), [0x88], P.orderedDict)),
      malformed),
  ]

  static let contents: [Hostile] = [
    hostile(
      "nothing at all", P.pickle(P.none), "holds None, not a state dict; save model.state_dict()"),
    hostile(
      "one tensor", P.pickle(P.tensor()),
      "holds a tensor, not a state dict; save model.state_dict()"),
    hostile(
      "a tensor twice", P.pickle(P.dictionary([("a", P.tensor()), ("a", P.tensor())])),
      "its state dict has the key 'a' twice"),
    hostile(
      "a key that is a number",
      P.pickle(Array("}K\u{1}".utf8) + P.tensor() + Array("s".utf8)),
      "its state dict has a key that is a number, not a string"),
    hostile(
      "a key that is not UTF-8",
      P.pickle(Array("}U\u{2}".utf8) + [0xFF, 0xFE] + P.tensor() + Array("s".utf8)),
      "its state dict has a key that is not UTF-8"),
    hostile(
      "an optimizer's state",
      P.pickle(
        P.dictionary([
          ("state", P.dictionary([("0", P.dictionary([("exp_avg", P.tensor())]))])),
          ("param_groups", Array("]".utf8)),
        ])), "holds the state of an optimizer, not of a model; save model.state_dict()"),
    hostile(
      "an optimizer's state in a checkpoint",
      P.pickle(
        P.dictionary([
          (
            "adam",
            P.dictionary([("state", P.dictionary([("a", P.tensor())])), ("param_groups", P.none)])
          )
        ])), holdsOnly("'adam'")),
    hostile(
      "a checkpoint with two models",
      P.pickle(P.dictionary([("model", Array("}".utf8)), ("model", Array("}".utf8))])),
      holdsOnly("'model', 'model'")),
    hostile(
      "a number in the model",
      P.pickle(P.dictionary([("model", P.dictionary([("a", P.integer(1))]))])),
      holdsOnly("'model'")),
  ]
}
