import Diagnostics

extension Experiment.Data {
  init(_ data: Resolved) throws {
    dataset = try data.at("dataset").component()
    fallback = try data.optional("fallback")?.component()
    transforms = try data.at("transforms").list().map { try $0.component() }
    transformsRange = try data.at("transforms").range
    decoding = Experiment.Decoding(rawValue: try data.at("decode").string()) ?? .exact
    decodingRange = try data.at("decode").range
    split = try Experiment.Split(data.at("split"))
    batchSize = try data.at("batch_size").integer()
    batchSizeRange = try data.at("batch_size").range
    limitRange = try data.at("limit").range
    shuffle = try data.at("shuffle").boolean()
    dropLast = try data.at("drop_last").boolean()
    trainLimit = try data.at("limit").optional("train")?.integer()
    classLimit = try data.at("limit").optional("per_class")?.integer()
    if trainLimit != nil, classLimit != nil {
      throw InputError("'train' and 'per_class' cannot be combined", at: limitRange)
    }
    let sampler = data.optional("sampler")
    samplerRange = sampler?.range
    self.sampler = try sampler.map { sampler in
      try sampler.optional("weights").map { .weights(column: try $0.string()) } ?? .balanced
    }
    if let samplerRange, !shuffle {
      throw InputError(
        "'sampler' draws examples at random, but 'shuffle: false' takes them in order",
        at: samplerRange, hint: "remove one of the two")
    }
    testLimit = try data.at("limit").optional("test")?.integer()
  }
}

extension Experiment.Split {
  init(_ split: Resolved) throws {
    stratifiedRange = try split.at("stratified").range
    groups = try split.optional("groups").map { groups in
      try groups.optional("column").map { .column(try $0.string()) }
        ?? .file(try groups.string())
    }
    order = try split.optional("order")?.string()
    isStratified = try order == nil && split.at("stratified").boolean()
    if let range = split.optional("order")?.range {
      if groups != nil {
        throw InputError("'order' and 'groups' cannot be combined", at: range)
      }
      if let repeats = split.optional("repeats"), try repeats.integer() > 1 {
        throw InputError(
          "folds by time are always the same, so they cannot be repeated",
          at: repeats.range ?? range, hint: "remove 'repeats'")
      }
    }
    if let count = split.optional("folds") {
      kind = .folds(
        Folds(
          count: try count.integer(), repeats: try split.at("repeats").integer(),
          innerValidation: try split.optional("inner_validation")?.number()))
      range = count.range ?? split.range
    } else {
      let validation = try split.at("validation")
      if case .string = validation.content {
        kind = .given
      } else {
        kind = .holdOut(try validation.number())
      }
      range = try split.at("validation").range ?? split.range
    }
  }
}
