import Graph
import ImageColor
import RunRecord

/// Asks which pixels of some pictures the scores of a finished run's model depend on. Nothing is written.
package struct ExplanationRequest: Codable, Sendable {
  package enum Method: String, Codable, Sendable, CaseIterable {
    case saliency
    case inputTimesGradient = "input_x_gradient"
    case integratedGradients = "integrated_gradients"
    case gradCAM = "grad_cam"
    case gradCAMPlusPlus = "grad_cam_plus_plus"
    case layerCAM = "layer_cam"
    case hiResCAM = "hires_cam"
    case occlusion
    case featureMaps = "feature_maps"

    /// Whether it is about a layer whose output has a height and a width.
    package var needsLayer: Bool {
      switch self {
      case .gradCAM, .gradCAMPlusPlus, .layerCAM, .hiResCAM, .featureMaps: true
      case .saliency, .inputTimesGradient, .integratedGradients, .occlusion: false
      }
    }

    /// Whether its maps have negative values, against the explained class.
    package var isSigned: Bool {
      switch self {
      case .inputTimesGradient, .integratedGradients, .occlusion: true
      case .saliency, .gradCAM, .gradCAMPlusPlus, .layerCAM, .hiResCAM, .featureMaps: false
      }
    }
  }

  /// The picture without what is explained.
  package enum Baseline: String, Codable, Sendable, CaseIterable {
    /// Zeros as the first layer takes them; the mean colour if the run normalises.
    case zeros
    /// A black picture that has gone through the run's transforms.
    case black
    case white
  }

  package struct Settings: Codable, Sendable, Equatable {
    package var methods: [Method]
    /// The path of the layer of maps that are about one; `nil` for the last one before the head.
    package var layer: String?
    /// The side of occlusion's window in pixels of the model's input; `nil` for an eighth of the shorter side.
    package var window: Int?
    /// How far it moves; `nil` for half of its side.
    package var stride: Int?
    /// The steps of integrated gradients; `nil` for 50, and more until the map is complete to 1%.
    package var steps: Int?
    package var baseline = Baseline.zeros
    /// Whether maps are compared with those of randomised weights.
    package var isSanityChecked = false

    package init(_ methods: [Method]) { self.methods = methods }

    /// What suits a model: class activation maps or, if no layer before its head has an output with a height and a
    /// width, integrated gradients.
    package init(standardFor graph: Graph) {
      self.init([graph.lastSpatialNode == nil ? .integratedGradients : .gradCAM])
    }
  }

  /// The score that is explained.
  package enum Goal: Codable, Sendable, Equatable {
    /// A column of the output: a class, a label or a number.
    case column(Int)
    /// The mean score of a class over the pixels with this class; `nil` for the class of the most pixels.
    case region(Int?)
    /// The score of a box.
    case box(label: Int, score: Double)
  }

  /// A picture.
  package enum Picture: Codable, Sendable, Equatable {
    /// A file, or one of the images in it.
    case file(String, index: Int)
    /// An example of a data set, by its index.
    case example(Int)
  }

  package struct Item: Codable, Sendable, Equatable {
    package var picture: Picture
    package var goal: Goal

    package init(_ picture: Picture, _ goal: Goal) {
      self.picture = picture
      self.goal = goal
    }
  }

  private var location: RunLocation
  package var model: PredictionRequest.Model
  package var items: [Item]
  package var settings: Settings
  /// The data set of the examples; `nil` if all pictures are files.
  package var dataset: RunInfo.Dataset?
  /// Which file of the data set the examples are in.
  package var split = PredictionRequest.Examples.Split.test
  /// Shows through transparent images.
  package var background = Background.white
  /// Whether images are inverted first.
  package var isInverted = false
  package var device: String
  package var threads: Int

  /// - Parameter run: the run, or the one fold or seed whose model is explained.
  package init(
    _ run: RunDirectory, model: PredictionRequest.Model, items: [Item], settings: Settings,
    device: String, threads: Int
  ) {
    location = RunLocation(run)
    self.model = model
    self.items = items
    self.settings = settings
    self.device = device
    self.threads = threads
  }

  /// The run, or the one fold or seed whose model is explained.
  package var run: RunDirectory { location.run }
}
