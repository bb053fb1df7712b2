import WorkerProtocol

/// Sentences and numbers about explanations, for the terminal and the page.
package enum ExplanationWords {
  /// The name of a method in its field.
  package static func title(_ method: ExplanationRequest.Method) -> String {
    switch method {
    case .saliency: "Saliency"
    case .inputTimesGradient: "Input × gradient"
    case .integratedGradients: "Integrated gradients"
    case .gradCAM: "Grad-CAM"
    case .gradCAMPlusPlus: "Grad-CAM++"
    case .layerCAM: "Layer-CAM"
    case .hiResCAM: "HiRes-CAM"
    case .occlusion: "Occlusion"
    case .featureMaps: "Feature maps"
    }
  }

  /// What its colours mean.
  package static func meaning(_ method: ExplanationRequest.Method) -> String {
    switch method {
    case .saliency:
      "Saliency: how much the score changes with a small change of the pixel (the largest of its channels), "
        + "in either direction."
    case .inputTimesGradient:
      "Input × gradient: the pixel's value times the gradient, summed over its channels; red raises the "
        + "score, blue lowers it."
    case .integratedGradients:
      "Integrated gradients: the pixel's share of the difference between the score of the picture and that of the "
        + "baseline; red raises the score, blue lowers it."
    case .gradCAM:
      "Grad-CAM: where channels of the layer are active that raise the score, weighted by their mean gradient."
    case .gradCAMPlusPlus:
      "Grad-CAM++: as Grad-CAM, with weights that count several small regions as much as a large one."
    case .layerCAM:
      "Layer-CAM: activations of the layer, each weighted by its own positive gradient."
    case .hiResCAM: "HiRes-CAM: activations of the layer, each weighted by its own gradient."
    case .occlusion:
      "Occlusion: how much the score falls when a window hides the pixel; red raises the score, blue lowers it."
    case .featureMaps:
      "Feature maps: the most active channels of the layer, whatever the class, each from its smallest to its "
        + "largest value."
    }
  }

  /// What no map can tell.
  package static let caution =
    "Each map has its own scale. Class activation maps are those of a layer, enlarged; their edges are as coarse as the "
    + "layer. A map says which pixels a score depends on, not why, and not whether the model is right."

  /// Whether a map of integrated gradients is complete: `complete to within 0.3% (50 steps)`.
  package static func text(_ completeness: ExplainedItem.Completeness) -> String {
    guard let error = completeness.error else {
      return "score equals that of the baseline (\(completeness.steps) steps)"
    }
    let steps = "(\(completeness.steps) steps)"
    return error > completenessLimit
      ? "off by \(percent(error)) \(steps)" : "complete to within \(percent(error)) \(steps)"
  }

  /// The largest error of completeness that is not reported as a warning.
  package static let completenessLimit = 0.01

  /// Rounded up to tenths: `0.1%`.
  package static func percent(_ share: Double) -> String {
    "\(max(1, (share * 1000).rounded(.up)) / 10)%"
  }

  /// With two digits after the point.
  package static func decimal(_ value: Double) -> String {
    let hundredths = Int((abs(value) * 100).rounded())
    return (value < 0 && hundredths > 0 ? "−" : "") + "\(hundredths / 100)."
      + "\(hundredths % 100 / 10)\(hundredths % 10)"
  }
}
