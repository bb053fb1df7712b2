import PNGImage
import RunRecord

extension EventFileWriter {
  /// Appends the values of an epoch, such as `loss/train`, `f1_macro/validation` and `lr`.
  package func append(_ epoch: EpochRecord, wallTime: Double) throws {
    let values = epoch.values.sorted { $0.key < $1.key }
      .map { EventMessage.Value.scalar(tag: Self.tag($0.key), Float($0.value)) }
    try append(EventMessage(wallTime: wallTime, step: epoch.epoch, content: .summary(values)))
  }

  /// Appends a picture of predictions as the image `<name>/<split>`.
  package func append(
    _ picture: PixelImage, name: String, split: String, step: Int, wallTime: Double
  ) throws {
    let value = EventMessage.Value.image(tag: "\(name)/\(split)", picture)
    try append(EventMessage(wallTime: wallTime, step: step, content: .summary([value])))
  }

  /// The tag of a key. TensorBoard groups tags that share the prefix before a slash.
  package static func tag(_ key: String) -> String {
    for (prefix, split) in [("train_", "train"), ("val_", "validation")]
    where key.hasPrefix(prefix) {
      return "\(key.dropFirst(prefix.count))/\(split)"
    }
    return key
  }
}
