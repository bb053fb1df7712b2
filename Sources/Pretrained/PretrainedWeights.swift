import Downloads

/// Weights that torchvision has trained on ImageNet, by the model they are for.
package struct PretrainedWeights: Sendable {
  /// As an experiment calls it.
  package let model: String
  /// As torchvision publishes it, with the start of its hash in its name.
  package let file: String
  /// How the hexadecimal SHA-256 of the file begins.
  package let hashStart: String
  let patience: Patience

  /// - Parameter file: `NAME-HASH.pth`, where HASH is how the file's SHA-256 begins.
  package init(model: String, file: String, patience: Patience = Patience()) {
    self.model = model
    self.file = file
    self.patience = patience
    let hash = file.split(separator: "-").last?.split(separator: ".").first
    hashStart = String(hash ?? "")
  }

  /// https://github.com/pytorch/vision/blob/v0.28.0/torchvision/models/resnet.py, `IMAGENET1K_V1`
  package static let all = [
    PretrainedWeights(model: "resnet18", file: "resnet18-f37072fd.pth"),
    PretrainedWeights(model: "resnet34", file: "resnet34-b627a593.pth"),
    PretrainedWeights(model: "resnet50", file: "resnet50-0676ba61.pth"),
  ]

  /// Those of the model `name`, where there are any.
  package static func named(_ name: String) -> PretrainedWeights? {
    all.first { $0.model == name }
  }

  static let servers = ["https://download.pytorch.org/models"]

  /// The largest file above has 98 MiB.
  static let largestFile = 1 << 30
}

/// Weights that are on this machine, their hash found right.
package struct FoundWeights: Sendable, Equatable {
  package enum Origin: String, Sendable {
    /// They were in this program's cache.
    case cache
    /// They were in the cache of PyTorch's hub.
    case hub
    case download
  }

  package let path: String
  /// Of the whole file, in hexadecimal.
  package let sha256: String
  package let origin: Origin

  package init(path: String, sha256: String, origin: Origin) {
    self.path = path
    self.sha256 = sha256
    self.origin = origin
  }
}

/// What happens while weights are looked for and downloaded; the description is for a person.
package enum PretrainedProgress: Hashable, Sendable, CustomStringConvertible {
  /// A file in the cache is damaged and will be downloaded again.
  case damaged(path: String, reason: String)
  /// A file in the cache of PyTorch's hub is not what its name says; it is left alone.
  case passedOver(path: String, reason: String)
  case transfer(TransferProgress)

  package var description: String {
    switch self {
    case .damaged(let path, let reason): "\(path): \(reason); it will be downloaded again"
    case .passedOver(let path, let reason): "\(path): \(reason); it is passed over"
    case .transfer(let progress): "\(progress)"
    }
  }
}

/// Why weights are not available, in words for the person who asked for them.
package struct PretrainedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the caller may do about it.
  package enum Kind: Hashable, Sendable {
    /// What the user has set is wrong: the run must stop.
    case invalid
    /// They are not available anywhere: the model may start from random numbers where that is declared.
    case unavailable
  }

  /// The file or folder that this is about.
  package let path: String
  /// What is wrong, without the path, without a full stop.
  package let reason: String
  package let kind: Kind

  package var description: String { "\(path): \(reason)" }
}
