import ExperimentConfig
import RunRecord
import TaskRegistry
import Tasks

extension Insights {
  /// Layers in which a notable share of the ReLU units output 0 for every example.
  var deadUnits: Insight? {
    layers(\.dead).map { text, share in
      let isGrave = share >= Self.manyIdleUnits
      return Insight(
        .deadUnits, isGrave ? .warning : .neutral,
        "Dead units: \(text)." + (isGrave ? " A lower learning rate keeps units alive." : ""))
    }
  }

  /// Layers in which a notable share of the sigmoid or tanh units are saturated for every example.
  var saturatedUnits: Insight? {
    layers(\.saturated).map { text, share in
      let isGrave = share >= Self.manyIdleUnits
      return Insight(
        .saturatedUnits, isGrave ? .warning : .neutral,
        "Saturated units: \(text)." + (isGrave ? " Normalised inputs (normalize) help." : ""))
    }
  }

  /// A description of the layers with the largest shares, and the largest share.
  private func layers(
    _ count: KeyPath<UnitActivity.Layer, Int>
  ) -> (text: String, share: Double)? {
    let found = evidence.activity.flatMap { part in
      part.activity.layers.filter { $0.units > 0 }.map { layer in
        (
          part: part, layer: layer,
          share: Double(layer[keyPath: count]) / Double(layer.units)
        )
      }
    }.filter { $0.share >= Self.fewIdleUnits }
    let worst = found.enumerated().sorted {
      ($1.element.share, $0.offset) < ($0.element.share, $1.offset)
    }.map(\.element)
    guard let first = worst.first else { return nil }
    let isReLU = count == \UnitActivity.Layer.dead
    let texts = worst.prefix(Self.named).map { item in
      let place = item.part.name.map { " in \($0)" } ?? ""
      let node = Clipped.text(item.layer.node, 40)
      return "\(NumberText.grouped(item.layer[keyPath: count])) of "
        + "\(NumberText.grouped(item.layer.units)) units of ‘\(node)’ "
        + "(\(Clipped.text(item.layer.activation, 10)))\(place)"
    }
    let more = worst.count > Self.named ? " and in \(worst.count - Self.named) more layers" : ""
    let examples =
      "\(NumberText.grouped(first.part.activity.examples)) "
      + (first.part.activity.split == "validation" ? "validation" : "sampled training")
      + " examples"
    return (
      "\(Insight.joined(Array(texts)))\(more) "
        + (isReLU
          ? "do not fire on any of the \(examples)"
          : "stay within 1% of an end of their range on all of the \(examples)"),
      first.share
    )
  }

  /// Why training ended before its last epoch.
  var ending: Insight? {
    let early = evidence.ends.filter { $0.reason != .completed }
    guard let first = early.first else { return nil }
    if let parts = evidence.parts {
      let text = Dictionary(grouping: early, by: \.reason).sorted {
        $0.key.rawValue < $1.key.rawValue
      }
      .map { "\($0.key.rawValue.replacing("_", with: " ")) in \($0.value.count)" }
      return Insight(
        .ending, .neutral,
        "Of \(parts.count) \(parts.word)s \(early.count) ended before their last epoch: "
          + Insight.joined(text) + ".")
    }
    return Insight(.ending, .neutral, "How the training ended: \(first.text).")
  }

  /// Metrics without a value, and the reasons.
  var undefinedMetrics: Insight? {
    let words = ["validation": "validation", "test": "test", "train_sample": "training sample"]
    var reasons: [(text: String, splits: [String])] = []
    for (split, keys) in evidence.undefined.sorted(by: { $0.key < $1.key }) {
      for (key, reason) in keys.sorted(by: { $0.key < $1.key }) {
        let text =
          "\(Clipped.text(TaskRegistry.label(key), 40)) (\(Clipped.text(reason, 200)))"
        let name = words[split] ?? Clipped.text(split, 20)
        if let place = reasons.firstIndex(where: { $0.text == text }) {
          reasons[place].splits.append(name)
        } else {
          reasons.append((text, [name]))
        }
      }
    }
    let epochs = undefinedEpochs.map { key, item in
      let result = Clipped.text(TaskRegistry.label(key.replacing("val_", with: "validation_")), 60)
      return
        "\(result) in \(item.count) of \(Insight.count(curve.epochs.count, "epoch", "epochs")) "
        + "(\(Clipped.text(item.reason, 200)))"
    }
    let texts = reasons.map { "\(Insight.joined($0.splits)) \($0.text)" } + epochs
    if texts.isEmpty { return nil }
    let more = texts.count > Self.named ? "; \(texts.count - Self.named) more" : ""
    return Insight(
      .undefinedMetrics, .warning,
      "Undefined: \(texts.prefix(Self.named).joined(separator: "; "))\(more).")
  }
}
