/// `activity.json`: how the units of a model's activations behave with the best weights.
///
/// A unit is a feature of a linear layer or a channel of a convolution. It is dead if its ReLU gives 0 for
/// every example, everywhere, and saturated if its sigmoid or tanh stays within 1 % of its range from an
/// end, for every example, everywhere: then its input has no influence, and hardly any gradient comes back.
package struct UnitActivity: Codable, Sendable, Equatable {
  package struct Layer: Codable, Sendable, Equatable {
    /// The node's path in the model.
    package var node: String
    /// `relu`, `sigmoid` or `tanh`.
    package var activation: String
    package var units: Int
    package var dead: Int
    package var saturated: Int

    package init(node: String, activation: String, units: Int, dead: Int, saturated: Int) {
      self.node = node
      self.activation = activation
      self.units = units
      self.dead = dead
      self.saturated = saturated
    }
  }

  package static let name = "activity.json"

  /// Which examples were evaluated: `validation` or `train_sample`.
  package var split: String
  package var examples: Int
  /// In the order of the model, without those of frozen layers whose output was kept.
  package var layers: [Layer]

  package init(split: String, examples: Int, layers: [Layer]) {
    self.split = split
    self.examples = examples
    self.layers = layers
  }
}
