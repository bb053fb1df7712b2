import Files
import RunRecord
import SafeTensorsFormat
import Weights

/// How far a tensor of B is from the same tensor of A.
package struct WeightChange: Sendable {
  package var name: String
  package var shape: [Int]
  /// max |b − a|
  package var largest: Double
  /// ‖b − a‖ / ‖a‖; infinite if A's values are all 0.
  package var relative: Double
  /// a·b / (‖a‖ ‖b‖); `nil` if either tensor is all 0.
  package var cosine: Double?
  /// The number of elements that are not finite in either tensor; the other elements are compared.
  package var notFinite = 0
}

/// The differences between the best weights of two runs. Values are read a megabyte at a time.
package struct WeightsDiff: Sendable {
  /// Tensors that differ, in file order; with folds or seeds the name is prefixed with the part's
  /// directory.
  package private(set) var changes: [WeightChange] = []
  /// The number of tensors that are bit-identical.
  package private(set) var same = 0
  /// Tensors that only one run has, tensors of a different shape or type, and files that cannot be
  /// read.
  package private(set) var notes: [String] = []
  /// `false` if there is nothing to compare.
  package private(set) var isCompared = false
  /// Whether only one of the two runs has a weights file, or their parts do not match.
  private(set) var isUneven = false

  /// At most this many parts are compared.
  private static let mostParts = 100
  private static let piece = 1 << 20

  init(_ a: ComparedRun, _ b: ComparedRun) {
    let common = a.partNames.filter(Set(b.partNames).contains)
    guard !common.isEmpty || (a.parts.isEmpty && b.parts.isEmpty) else {
      let owners = [a, b].map { run in
        let count = run.parts.count
        return "\(run.label) has "
          + (count == 0 ? "no recorded parts" : "the weights of \(count) \(run.partWord)s")
      }
      notes.append("\(owners.joined(separator: ", ")). They are not compared.")
      isUneven = true
      return
    }
    let folders = common.isEmpty ? [""] : common.prefix(Self.mostParts).map { "\($0)/" }
    for folder in folders {
      let name = "\(folder)weights/best.safetensors"
      var streams: [SafeTensors.Stream] = []
      for run in [a, b] {
        do throws(FileError) {
          streams.append(try SafeTensors.Stream(name, in: run.run.folder))
        } catch {
          notes.append("\(run.label): \(name): \(error.reason)")
        }
      }
      if streams.count == 1 { isUneven = true }
      if streams.count == 2 { compare(streams[0], streams[1], prefix: folder) }
    }
  }

  private mutating func compare(
    _ a: SafeTensors.Stream, _ b: SafeTensors.Stream, prefix: String
  ) {
    isCompared = true
    let others = Dictionary(b.tensors.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let known = Set(a.tensors.map(\.name))
    for (place, tensor) in a.tensors.enumerated() {
      guard let otherPlace = others[tensor.name] else {
        notes.append("only in A: \(prefix)\(tensor.name) \(tensor.shape)")
        continue
      }
      let other = b.tensors[otherPlace]
      guard tensor.shape == other.shape else {
        notes.append("\(prefix)\(tensor.name): shape \(tensor.shape) → \(other.shape)")
        continue
      }
      guard tensor.type == other.type, let type = NumberType(rawValue: tensor.type) else {
        notes.append("\(prefix)\(tensor.name): type \(tensor.type) → \(other.type)")
        continue
      }
      do throws(FileError) {
        var sums = Sums()
        var start = 0
        while start < tensor.offsets.count {
          let range = start..<min(start + Self.piece, tensor.offsets.count)
          let pieces = (try a.bytes(of: place, range), try b.bytes(of: otherPlace, range))
          sums.add(pieces.0, pieces.1, type)
          start = range.upperBound
        }
        if let change = sums.change(prefix + tensor.name, tensor.shape) {
          changes.append(change)
        } else {
          same += 1
        }
      } catch {
        notes.append("\(prefix)\(tensor.name): \(error.reason)")
      }
    }
    for tensor in b.tensors where !known.contains(tensor.name) {
      notes.append("only in B: \(prefix)\(tensor.name) \(tensor.shape)")
    }
  }
}

/// The number types that are compared by value.
private enum NumberType: String {
  case float32 = "F32"
  case float64 = "F64"
  case bfloat16 = "BF16"
  case int64 = "I64"

  var size: Int {
    switch self {
    case .float32: 4
    case .float64, .int64: 8
    case .bfloat16: 2
    }
  }
}

private struct Sums {
  private var isSame = true
  private var largest = 0.0
  private var difference = 0.0
  private var squareA = 0.0
  private var squareB = 0.0
  private var product = 0.0
  private var notFinite = 0

  mutating func add(_ a: [UInt8], _ b: [UInt8], _ type: NumberType) {
    if a != b { isSame = false }
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        for place in stride(from: 0, to: min(a.count, b.count), by: type.size) {
          switch type {
          case .float32:
            add(
              Double(a.loadUnaligned(fromByteOffset: place, as: Float.self)),
              Double(b.loadUnaligned(fromByteOffset: place, as: Float.self)))
          case .float64:
            add(
              a.loadUnaligned(fromByteOffset: place, as: Double.self),
              b.loadUnaligned(fromByteOffset: place, as: Double.self))
          case .int64:
            add(
              Double(a.loadUnaligned(fromByteOffset: place, as: Int64.self)),
              Double(b.loadUnaligned(fromByteOffset: place, as: Int64.self)))
          case .bfloat16:
            add(Self.bfloat16(a, place), Self.bfloat16(b, place))
          }
        }
      }
    }
  }

  private static func bfloat16(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Double {
    let bits = UInt32(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)) << 16
    return Double(Float(bitPattern: bits))
  }

  @inline(__always)
  private mutating func add(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite else {
      notFinite += 1
      return
    }
    let gap = y - x
    largest = max(largest, abs(gap))
    difference += gap * gap
    squareA += x * x
    squareB += y * y
    product += x * y
  }

  /// `nil` if all bits are the same.
  func change(_ name: String, _ shape: [Int]) -> WeightChange? {
    if isSame { return nil }
    let norms = squareA.squareRoot() * squareB.squareRoot()
    return WeightChange(
      name: name, shape: shape, largest: largest,
      relative: difference == 0
        ? 0 : squareA > 0 ? (difference / squareA).squareRoot() : .infinity,
      cosine: norms > 0 ? max(-1, min(1, product / norms)) : nil, notFinite: notFinite)
  }
}
