import Downloads

/// Weights that torchvision published, by model.
package struct PretrainedWeights: Sendable {
  /// The model's name in experiments.
  package let model: String
  /// The name of the weights in experiments, such as `imagenet`.
  package let name: String
  /// The file name that torchvision publishes, which includes the start of the hash.
  package let file: String
  /// The first digits of the file's SHA-256.
  package let hashStart: String
  /// The published share of ImageNet's validation images that are classified correctly, in percent; `nil` if none
  /// is published.
  package let top1: Double?
  /// The published scores of a segmentation model; `nil` if it is another model, or none are published.
  package let segmentation: SegmentationScores?
  /// The published mean average precision of a detector on COCO's val2017, in percent; `nil` if it is another model.
  package let boxMAP: Double?
  /// Height and width of the images that the scores were measured with; for segmentation and detection the shorter
  /// side.
  package let size: Int
  let patience: Patience

  /// - Parameter file: `NAME-HASH.pth`, where HASH is the start of the file's SHA-256.
  package init(
    model: String, file: String, name: String = "imagenet", top1: Double? = nil,
    segmentation: SegmentationScores? = nil, boxMAP: Double? = nil, size: Int = 224,
    patience: Patience = Patience()
  ) {
    self.model = model
    self.name = name
    self.file = file
    self.top1 = top1
    self.segmentation = segmentation
    self.boxMAP = boxMAP
    self.size = size
    self.patience = patience
    let hash = file.split(separator: "-").last?.split(separator: ".").first
    hashStart = String(hash ?? "")
  }

  /// Scores over the pixels of the images of COCO's val2017 that have one of Pascal VOC's 20 classes, in percent.
  package struct SegmentationScores: Sendable, Equatable {
    /// The mean over 21 classes, the background among them, of intersection over union.
    package let meanIoU: Double
    package let pixelAccuracy: Double

    /// The scores by the names that metrics have.
    package var byName: [(name: String, value: Double)] {
      [("mean_iou", meanIoU), ("pixel_accuracy", pixelAccuracy)]
    }
  }

  /// The weights of a model, the first of them first; empty if there are none.
  package static func of(_ model: String) -> [PretrainedWeights] {
    all.filter { $0.model == model }
  }

  /// The weights `name` of a model; `nil` if there are none of this name.
  package static func named(_ name: String, of model: String) -> PretrainedWeights? {
    all.first { $0.model == model && $0.name == name }
  }

  static let servers = ["https://download.pytorch.org/models"]

  /// The maximum size of a file; the largest published one has 528 MiB.
  static let largestFile = 1 << 30
}

/// Weights on this machine with a verified hash.
package struct FoundWeights: Sendable, Equatable {
  package enum Origin: String, Sendable {
    /// In this program's cache.
    case cache
    /// In the cache of PyTorch's hub.
    case hub
    case download
  }

  package let path: String
  /// SHA-256 of the whole file, in hexadecimal.
  package let sha256: String
  package let origin: Origin

  package init(path: String, sha256: String, origin: Origin) {
    self.path = path
    self.sha256 = sha256
    self.origin = origin
  }
}

/// Progress of the search and the download; the description is for users.
package enum PretrainedProgress: Hashable, Sendable, CustomStringConvertible {
  /// A file in the cache is damaged and will be downloaded again.
  case damaged(path: String, reason: String)
  /// A file in the cache of PyTorch's hub does not match the hash in its name; it is not changed.
  case passedOver(path: String, reason: String)
  case transfer(TransferProgress)

  package var description: String {
    switch self {
    case .damaged(let path, let reason): "\(path): \(reason); it will be downloaded again"
    case .passedOver(let path, let reason): "\(path): \(reason); it is ignored"
    case .transfer(let progress): "\(progress)"
    }
  }
}

/// Why weights are not available, worded for users.
package struct PretrainedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the caller can do about it.
  package enum Kind: Hashable, Sendable {
    /// A setting of the user is wrong: the run must stop.
    case invalid
    /// They are not available anywhere: the model may start from random weights if the experiment permits it.
    case unavailable
  }

  /// The file or folder that the error is about.
  package let path: String
  /// The problem, without the path and without a full stop.
  package let reason: String
  package let kind: Kind

  package var description: String { "\(path): \(reason)" }
}
