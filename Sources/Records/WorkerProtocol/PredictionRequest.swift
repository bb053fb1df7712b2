import ImageColor
import RunRecord
import Transforms

/// Asks the models of a finished run for predictions. Nothing is written.
package struct PredictionRequest: Codable, Sendable {
  package enum Input: Codable, Sendable {
    /// Files with one image each or, in the IDX format, with many. The background shows through
    /// transparent images.
    case images([String], background: Background)
    case examples(Examples)
    /// What follows as frames, until the end of the worker's input; answered by ``PredictionEvent/ready`` first.
    case frames(background: Background)
    /// The same, but for each input that is a picture, the answer is explained by a class activation map.
    case explainedFrames(background: Background)
  }

  /// A subset of a data set.
  package struct Examples: Codable, Sendable {
    package enum Split: String, Codable, Sendable, CaseIterable {
      case test, validation, train
    }

    package var dataset: RunInfo.Dataset
    package var split: Split
    /// Whether this is the run's own data, so that the split is the one it tested, validated or
    /// trained on. Otherwise the split is a whole file of the data set.
    package var isOwn: Bool
    /// The number of examples to take, from the first; `nil` for all, or for as many as the run
    /// used.
    package var limit: Int?
    /// Whether images are decoded whole also by a run that decodes them smaller, as programs do that are given
    /// whole images; `nil` for no.
    package var decodesWhole: Bool?

    package init(dataset: RunInfo.Dataset, split: Split, isOwn: Bool, limit: Int?) {
      self.dataset = dataset
      self.split = split
      self.isOwn = isOwn
      self.limit = limit
    }
  }

  package struct Model: Codable, Sendable {
    /// The directory of the run, fold or seed, which records what was held out.
    package var directory: String
    /// The path of its state dict.
    package var weights: String

    package init(directory: String, weights: String) {
      self.directory = directory
      self.weights = weights
    }
  }

  /// How several models are combined.
  package enum Method: String, Codable, Sendable {
    /// All models predict every example; their probabilities are averaged.
    case ensemble
    /// Each predicts the examples that its fold held out.
    case outOfFold = "out_of_fold"
  }

  /// The tiles in which large images are answered.
  package struct Tiling: Codable, Sendable, Equatable {
    /// The side of a tile in pixels.
    package var size: Int
    /// The pixels that neighbours share; at most half of the size.
    package var overlap: Int

    package init(size: Int, overlap: Int) {
      (self.size, self.overlap) = (size, overlap)
    }
  }

  private var location: RunLocation
  package var models: [Model]
  package var method: Method
  package var input: Input
  /// Whether images are inverted first.
  package var isInverted: Bool
  /// The views of each image whose predictions are averaged; `nil` for the image alone.
  package var views: ImageViews?
  /// The tiles in which each image file is answered; `nil` for images as a whole.
  package var tiling: Tiling?
  package var device: String
  package var threads: Int

  /// - Parameter run: the run, or the one fold or seed whose model predicts.
  package init(
    _ run: RunDirectory, models: [Model], method: Method = .ensemble, input: Input,
    isInverted: Bool, views: ImageViews? = nil, device: String, threads: Int
  ) {
    location = RunLocation(run)
    self.models = models
    self.method = method
    self.input = input
    self.isInverted = isInverted
    self.views = views
    self.device = device
    self.threads = threads
  }

  /// The run, or the one fold or seed whose model predicts.
  package var run: RunDirectory { location.run }
}
