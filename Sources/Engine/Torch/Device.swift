internal import CTorch

/// Where a tensor's elements lie and its operations run.
package enum Device: Hashable, Sendable {
  /// The processor.
  case cpu
  /// An NVIDIA GPU, counted from 0.
  case cuda(Int)
  /// Apple's GPU.
  case mps
}

extension Device: LosslessStringConvertible {
  /// Reads `cpu`, `cuda` (the first), `cuda:N` or `mps`; `nil` for anything else. Whether the device is
  /// there is for `isAvailable` to say.
  package init?(_ description: String) {
    switch description {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    case "mps": self = .mps
    default:
      guard description.hasPrefix("cuda:") else { return nil }
      let digits = description.dropFirst("cuda:".count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
        let index = Int(digits)
      else { return nil }
      self = .cuda(index)
    }
  }

  /// `cpu`, `cuda:N` or `mps`.
  package var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }
}

extension Device {
  /// Whether this LibTorch and this machine have it.
  package var isAvailable: Bool {
    switch self {
    case .cpu: true
    case .cuda(let index): (0..<Runtime.cudaDeviceCount).contains(index)
    case .mps: Runtime.isMPSAvailable
    }
  }

  var code: ct_device {
    switch self {
    case .cpu: ct_device(type: CT_CPU, index: 0)
    // An index that does not fit in 32 bits is refused as -1 is.
    case .cuda(let index): ct_device(type: CT_CUDA, index: Int32(exactly: index) ?? -1)
    case .mps: ct_device(type: CT_MPS, index: 0)
    }
  }

  /// Tensors lie only where this module put them, so no other type of device occurs.
  init(_ code: ct_device) {
    switch code.type {
    case CT_CUDA: self = .cuda(Int(code.index))
    case CT_MPS: self = .mps
    default: self = .cpu
    }
  }
}
