internal import CTorch

/// The device that stores a tensor's elements and runs its operations.
package enum Device: Hashable, Sendable {
  /// The CPU.
  case cpu
  /// An NVIDIA GPU, by index from 0.
  case cuda(Int)
  /// Apple's GPU.
  case mps
}

extension Device: LosslessStringConvertible {
  /// Parses `cpu`, `cuda` (the first GPU), `cuda:N` or `mps`; `nil` for anything else. `isAvailable` tells
  /// whether the device exists.
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
  /// Whether this LibTorch build and this machine support the device.
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
    // An index that does not fit in 32 bits is rejected in the same way as -1.
    case .cuda(let index): ct_device(type: CT_CUDA, index: Int32(exactly: index) ?? -1)
    case .mps: ct_device(type: CT_MPS, index: 0)
    }
  }

  /// This module creates tensors on these devices only, so no other type occurs.
  init(_ code: ct_device) {
    switch code.type {
    case CT_CUDA: self = .cuda(Int(code.index))
    case CT_MPS: self = .mps
    default: self = .cpu
    }
  }
}
