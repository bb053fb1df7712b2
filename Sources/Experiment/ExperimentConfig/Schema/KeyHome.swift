import Diagnostics

/// Finds the right path for a key that is in the wrong section or named as in other tools:
/// `batch_size` or `batch` in `train` is `data.batch_size` here.
struct KeyHome {
  let catalog: Catalog

  /// The path of the key that was probably meant; `nil` if there is none with this name.
  func path(of key: String) -> String? {
    for name in [key] + Suggestion.synonyms(of: key) {
      let homes = homes(of: name, in: .record(ExperimentSchema.root), path: [])
      // `lr` means the optimizer's rather than that of layers unfrozen later.
      let first = homes.first { $0[0] == "optimizer" } ?? homes.min { $0.count < $1.count }
      if let first { return first.joined(separator: ".") }
    }
    return nil
  }

  /// The paths of fields named `key`. Layers are left out: many have arguments with common names,
  /// and none of them is meant.
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
