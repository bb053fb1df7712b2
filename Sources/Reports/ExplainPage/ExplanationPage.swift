import Diagnostics
import FoundationEssentials
import HeatMaps
import Mustache
import PNGImage
import Report
import WorkerProtocol

/// `runner explain`: pictures with the maps that explain a model's answers, on one self-contained page that needs no
/// network and no scripts.
package enum ExplanationPage {
  /// Renders the page as HTML.
  ///
  /// - Parameters:
  ///   - title: the name of the run.
  ///   - facts: what all pictures have in common.
  ///   - notes: how pictures were converted, and what could not be explained.
  package static func render(
    _ explanations: [ExplainedPicture], title: String, facts: [String], notes: [String]
  ) throws -> String {
    _ = HTMLText.registered
    let content = try Content(explanations, title: title, facts: facts, notes: notes)
    do {
      return try MustacheTemplate(string: ExplanationTemplate.text).render(Root(page: content))
    } catch {
      throw ProgramFault("the template of the page of explanations cannot be read: \(error)")
    }
  }

  private struct Root {
    let style = PageStyle.css + "\n" + ExplanationTemplate.css
    let page: Content
  }

  struct Picture {
    var address: String
    var title: String
    var lines: [String]
  }

  struct Example {
    var name: String
    var lines: [String]
    var pictures: [Picture]
  }

  struct Similarity {
    var method: String
    var extent: String
    var rankCorrelation: String
    var structuralSimilarity: String
  }

  struct Scale {
    var colors: String
    var low: String
    var high: String
  }

  struct Content {
    var title: String
    var facts: [String]
    var notes: [String]
    var examples: [Example]
    var scales: [Scale] = []
    var meanings: [String]
    var similarities: [Similarity] = []
    var verdicts: [String] = []
    var hasSanity = false
    let caution = ExplanationWords.caution
    var footer = "Written by runner explain."

    init(
      _ explanations: [ExplainedPicture], title: String, facts: [String], notes: [String]
    ) throws {
      self.title = "Explanations of \(title)"
      self.facts = facts
      self.notes = notes
      examples = try explanations.map(Example.init)
      var methods: [ExplanationRequest.Method] = []
      for item in explanations.map(\.facts) {
        let all = item.maps.map(\.method) + (item.features == nil ? [] : [.featureMaps])
        for method in all where !methods.contains(method) { methods.append(method) }
      }
      meanings = methods.map(ExplanationWords.meaning)
      if methods.contains(where: { !$0.isSigned }) {
        scales.append(Scale(colors: ColorMap.inferno.stops, low: "0", high: "largest"))
      }
      if methods.contains(where: \.isSigned) {
        scales.append(
          Scale(colors: ColorMap.coolwarm.stops, low: "lowers the score", high: "raises it"))
      }
      let checks = SanityCheck.all(explanations.map(\.facts))
      hasSanity = !checks.isEmpty
      verdicts = checks.map(\.verdict)
      for check in checks {
        for similarity in check.similarities {
          similarities.append(
            Similarity(
              method: ExplanationWords.title(check.method),
              extent: SanityCheck.name(similarity.extent),
              rankCorrelation: similarity.rankCorrelation.map(ExplanationWords.decimal) ?? "–",
              structuralSimilarity: similarity.structuralSimilarity
                .map(ExplanationWords.decimal) ?? "–"))
        }
      }
    }
  }
}

extension ExplanationPage.Example {
  /// The longer side of a picture on the page, in pixels.
  private static let side = 448

  init(_ explanation: ExplainedPicture) throws {
    name = explanation.name
    lines = explanation.lines
    let facts = explanation.facts
    pictures = [
      ExplanationPage.Picture(
        address: try Self.address(explanation.picture), title: "Picture",
        lines: ["\(facts.height)×\(facts.width) pixels, as the model sees it"])
    ]
    for (map, values) in zip(facts.maps, explanation.maps) {
      var lines = ["for \(explanation.label)"]
      if map.method.needsLayer, let layer = facts.layer { lines.append("layer \(layer)") }
      if let completeness = map.completeness { lines.append(ExplanationWords.text(completeness)) }
      pictures.append(
        ExplanationPage.Picture(
          address: try Self.address(HeatMap(values, map.method).overlay(explanation.picture)),
          title: ExplanationWords.title(map.method), lines: lines))
    }
    if let features = facts.features {
      let grid = HeatMap.grid(
        explanation.features, height: features.height, width: features.width)
      pictures.append(
        ExplanationPage.Picture(
          address: try Self.address(grid), title: "Feature maps",
          lines: [
            "layer \(features.layer), \(features.channels.count) of \(features.channelCount) channels: "
              + features.channels.map(String.init).joined(separator: ", ")
          ]))
    }
  }

  private static func address(_ image: PixelImage) throws -> String {
    "data:image/png;base64," + Data(try image.shrunk(to: side).png()).base64EncodedString()
  }
}
