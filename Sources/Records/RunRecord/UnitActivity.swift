/// `activity.json`: dead and saturated units of a model's activations, with the best weights.
///
/// A unit is a feature of a linear layer or a channel of a convolution. It is dead if its ReLU is
/// 0, and saturated if its sigmoid or tanh is within 1% of its range from either end, for every
/// example and position: then its input has no influence, and it passes back hardly any gradient.
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

  /// The examples that were evaluated: `validation` or `train_sample`.
  package var split: String
  package var examples: Int
  /// In model order, without frozen layers whose output was cached.
  package var layers: [Layer]

  package init(split: String, examples: Int, layers: [Layer]) {
    self.split = split
    self.examples = examples
    self.layers = layers
  }
}
