import Attribution
import Diagnostics
import Execution
import Graph
import Statistics
import Torch
import Training
import WorkerProtocol

/// Computes the maps of an ``ExplanationRequest``.
struct ExplanationMaps {
  /// The steps of integrated gradients with which a search for enough of them begins and ends, and the error that ends
  /// it.
  private static let (fewestSteps, mostSteps, completeness) = (50, 800, 0.01)
  /// The feature maps that are shown.
  private static let shownChannels = 16
  /// Not that of any training, whose initial weights would be drawn with it.
  private static let randomSeed: UInt64 = 0xADEB_A701_8000_0000

  private let attribution: Attribution
  private let settings: ExplanationRequest.Settings
  /// The node of the layer that maps are about; `nil` if none is.
  private let layer: Int?
  private let window: OcclusionWindow
  private let randomized: [(extent: ExplainedItem.Sanity.Extent, attribution: Attribution)]

  /// - Throws: ``InputError`` if the model has no layer for these methods, or the window does not fit.
  init(_ attribution: Attribution, _ settings: ExplanationRequest.Settings) throws {
    self.attribution = attribution
    self.settings = settings
    let model = attribution.model
    layer =
      settings.methods.contains(where: \.needsLayer)
      ? try model.graph.spatialNode(named: settings.layer) : nil
    let shorter = min(attribution.height, attribution.width)
    let usual = OcclusionWindow(forHeight: attribution.height, width: attribution.width)
    let size = settings.window ?? usual.size
    window = OcclusionWindow(size: size, stride: settings.stride ?? max(1, size / 2))
    if size > shorter {
      throw InputError(
        "--window \(size) is larger than the model's input of \(attribution.height)×\(attribution.width) "
          + "pixels")
    }
    if window.stride > size {
      throw InputError(
        "--stride \(window.stride) leaves pixels between the windows of \(size) pixels",
        hint: "--stride \(size) or less")
    }
    if settings.isSanityChecked, model.graph.nodes.contains(where: { $0.moduleFile != nil }) {
      throw InputError(
        "--sanity randomises all weights, but those of a TorchScript file cannot be initialised here"
      )
    }
    let extents: [(ExplainedItem.Sanity.Extent, RandomizedExtent)] =
      settings.isSanityChecked ? [(.head, .head), (.half, .half), (.all, .all)] : []
    randomized = try extents.map { name, extent in
      (name, try Attribution(model.randomized(extent, seed: Self.randomSeed)))
    }
  }

  /// - Parameter place: of the item in the request.
  func explain(
    _ subject: ExplanationSubject, _ goal: ExplanationRequest.Goal, place: Int
  ) throws -> (item: ExplainedItem, bytes: [UInt8]) {
    let (target, label) = try target(goal, subject.input)
    var item = ExplainedItem(
      place: place, height: attribution.height, width: attribution.width, label: label,
      score: try attribution.scores(subject.input, target).sum().item())
    var bytes = subject.picture
    for method in settings.methods where method != .featureMaps {
      try Interruption.check()
      var map = ExplainedItem.Map(method)
      let (values, completeness) = try values(method, attribution, subject, target)
      map.completeness = completeness
      for (extent, other) in randomized {
        let random = try self.values(method, other, subject, target).values
        map.sanity.append(compared(values, random, extent))
      }
      item.maps.append(map)
      bytes.append(values)
    }
    if let layer {
      item.layer = attribution.model.graph.nodes[layer].path
      if settings.methods.contains(.featureMaps) {
        let maps = try features(subject.input, layer)
        item.features = maps.facts
        bytes.append(maps.values)
      }
    }
    return (item, bytes)
  }

  private func target(
    _ goal: ExplanationRequest.Goal, _ input: Tensor
  ) throws -> (AttributionTarget, label: Int) {
    switch goal {
    case .column(let label): return (.column(label), label)
    case .box(let label, let score):
      return (
        try .box(label, score: score, in: attribution.output(input)), label
      )
    case .region(let wanted):
      let output = try attribution.output(input)
      var counts = [Int](repeating: 0, count: output.shape[1])
      for label in try output.max(dim: 1).indices.integers() { counts[label] += 1 }
      let label = wanted ?? counts.indices.max { counts[$0] < counts[$1] } ?? 0
      guard let target = try AttributionTarget.region(label, in: output) else {
        throw InputError(
          "the model gives no pixel of a picture this class, so there is no score to explain")
      }
      return (target, label)
    }
  }

  /// The map of a method, row by row.
  private func values(
    _ method: ExplanationRequest.Method, _ attribution: Attribution,
    _ subject: ExplanationSubject, _ target: AttributionTarget
  ) throws -> (values: [Float], completeness: ExplainedItem.Completeness?) {
    let input = subject.input
    let map: Tensor
    var completeness: ExplainedItem.Completeness?
    switch method {
    case .saliency: map = try attribution.saliency(input, target).amax([0])
    case .inputTimesGradient: map = try attribution.inputTimesGradient(input, target).sum([0])
    case .integratedGradients:
      let found = try integrated(attribution, subject, target)
      map = try found.attribution.sum([0])
      completeness = ExplainedItem.Completeness(
        sum: found.sum, score: found.scores.input, baselineScore: found.scores.baseline,
        steps: found.steps)
    case .gradCAM: map = try activation(.gradCAM, attribution, input, target)
    case .gradCAMPlusPlus: map = try activation(.gradCAMPlusPlus, attribution, input, target)
    case .layerCAM: map = try activation(.layerCAM, attribution, input, target)
    case .hiResCAM: map = try activation(.hiResCAM, attribution, input, target)
    case .occlusion:
      let found = try attribution.occlusion(
        input, target, baseline: subject.baseline, window: window,
        isInterrupted: { Interruption.isRequested })
      guard let found else { throw TrainingInterrupted() }
      map = found
    case .featureMaps: throw ProgramFault("feature maps have no single map")
    }
    let values = try map.contiguous().floats()
    guard values.allSatisfy(\.isFinite) else {
      throw InputError(
        "the map of \(method.rawValue) is not finite: the scores or gradients of the model overflow"
      )
    }
    return (values, completeness)
  }

  private func activation(
    _ kind: ClassActivation, _ attribution: Attribution, _ input: Tensor,
    _ target: AttributionTarget
  ) throws -> Tensor {
    guard let layer else { throw ProgramFault("class activation maps need a layer") }
    return try attribution.classActivation(kind, input, target, layer: layer)
  }

  /// With as many steps as were asked for, or twice as many again until the map is complete.
  private func integrated(
    _ attribution: Attribution, _ subject: ExplanationSubject, _ target: AttributionTarget
  ) throws -> Attribution.IntegratedGradients {
    var steps = settings.steps ?? Self.fewestSteps
    while true {
      let found = try attribution.integratedGradients(
        subject.input, target, baseline: subject.baseline, steps: steps,
        isInterrupted: { Interruption.isRequested })
      guard let found else { throw TrainingInterrupted() }
      let isEnough =
        settings.steps != nil || steps >= Self.mostSteps
        || found.completenessError <= Self.completeness
      if isEnough { return found }
      steps *= 2
    }
  }

  private func features(
    _ input: Tensor, _ layer: Int
  ) throws -> (facts: ExplainedItem.FeatureMaps, values: [Float]) {
    let maps = try attribution.featureMaps(input, layer: layer)
    let shape = maps.shape
    let means = try maps.mean([1, 2]).doubles()
    let order = means.indices.sorted { (means[$0], $1) > (means[$1], $0) }
    let channels = Array(order.prefix(Self.shownChannels))
    let index = try Tensor(channels.map { Int64($0) }, device: maps.device)
    return try (
      ExplainedItem.FeatureMaps(
        layer: attribution.model.graph.nodes[layer].path, channels: channels,
        channelCount: shape[0], height: shape[1], width: shape[2]),
      maps.indexSelect(dim: 0, index: index).contiguous().floats()
    )
  }

  /// Compares the absolute values of two maps.
  private func compared(
    _ map: [Float], _ random: [Float], _ extent: ExplainedItem.Sanity.Extent
  ) -> ExplainedItem.Sanity {
    let (a, b) = (map.map { Double(abs($0)) }, random.map { Double(abs($0)) })
    func scaled(_ values: [Double]) -> [Double] {
      let largest = values.max() ?? 0
      return largest > 0 ? values.map { $0 / largest } : values
    }
    return ExplainedItem.Sanity(
      extent, rankCorrelation: RankCorrelation.spearman(a, b),
      structuralSimilarity: StructuralSimilarity.mean(
        scaled(a), scaled(b), width: attribution.width))
  }
}

extension [UInt8] {
  /// Appends numbers as little-endian float32.
  fileprivate mutating func append(_ values: [Float]) {
    reserveCapacity(count + 4 * values.count)
    for value in values {
      Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }
  }
}
