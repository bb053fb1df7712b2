import Diagnostics

/// Finds the right place for a key that is in the wrong section, or that other tools use: `batch_size` or
/// `batch` below `train` is `data.batch_size` here.
struct KeyHome {
  let catalog: Catalog

  /// The path of the key that is meant; `nil` if there is none of that name.
  func path(of key: String) -> String? {
    for name in [key] + Suggestion.synonyms(of: key) {
      let homes = homes(of: name, in: .record(ExperimentSchema.root), path: [])
      // `lr` is the optimizer's before it is that of a part that is unfrozen later.
      let first = homes.first { $0[0] == "optimizer" } ?? homes.min { $0.count < $1.count }
      if let first { return first.joined(separator: ".") }
    }
    return nil
  }

  /// Layers are left out: many have arguments of common names, and none of them is meant.
  private func homes(of key: String, in type: SchemaType, path: [String]) -> [[String]] {
    switch type {
    case .record(let schema): fields(schema, key, path)
    case .variants(let schemas): schemas.flatMap { fields($0, key, path) }
    case .oneOf(let types): types.flatMap { homes(of: key, in: $0, path: path) }
    case .component(let kind)
    where kind == .optimizer || kind == .schedule || kind == .loss
      || kind == .task:
      catalog.all(kind).filter { $0.arguments[key] != nil }.map { path + [$0.name, key] }
    default: []
    }
  }

  private func fields(_ schema: RecordSchema, _ key: String, _ path: [String]) -> [[String]] {
    schema.fields.flatMap { field in
      (field.name == key ? [path + [key]] : [])
        + homes(of: key, in: field.type, path: path + [field.name])
    }
  }
}
