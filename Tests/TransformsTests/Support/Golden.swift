import ExperimentConfig
import FoundationEssentials
import Testing

@testable import Transforms

/// A case of `Tests/Fixtures/transforms/<name>.json`, made by torchvision (see golden.py beside it).
struct Golden: CustomTestStringConvertible, Sendable {
  let name: String
  let input: ImageBatch
  let output: ImageBatch
  let arguments: [String: JSONValue]

  var testDescription: String { "\(name) \(input.type.fingerprint) \(argumentText)" }

  /// The arguments as a flow mapping, which is YAML as well.
  var argumentText: String {
    (try? String(decoding: JSONText.encode(arguments), as: UTF8.self)) ?? ""
  }

  /// A number; 1 for true.
  func number(_ key: String) -> Double {
    switch arguments[key] {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .boolean(let value): value ? 1 : 0
    default: .nan
    }
  }

  func numbers(_ key: String) -> [Double] {
    guard case .array(let values) = arguments[key] else { return [] }
    return values.map {
      switch $0 {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: .nan
      }
    }
  }

  func text(_ key: String) -> String {
    if case .string(let value) = arguments[key] { value } else { "" }
  }

  var fill: [Float] { numbers("fill").map(Float.init) }
  var interpolation: Interpolation { Interpolation(rawValue: text("interpolation")) ?? .bicubic }

  static func cases(_ name: String) -> [Golden] {
    do {
      return try read(name)
    } catch {
      Issue.record("\(error)")
      return []
    }
  }

  private struct File: Decodable {
    struct Case: Decodable {
      struct Input: Decodable {
        let shape: [Int]
        let seed: Int
      }
      struct Output: Decodable {
        let shape: [Int]
        let isFloat: Bool
        let data: Data
      }
      let kind: String
      let input: Input
      let arguments: [String: JSONValue]
      let output: Output
    }
    let cases: [Case]
  }

  private static func read(_ name: String) throws -> [Golden] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/transforms")
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    return try JSONDecoder().decode(File.self, from: data).cases.map { item in
      let output = item.output
      let type = ImageType(
        channels: output.shape[0], height: output.shape[1], width: output.shape[2],
        isFloat: output.isFloat)
      return Golden(
        name: name,
        input: sample(item.input.shape, seed: item.input.seed, isFloat: item.kind == "floats"),
        output: ImageBatch(
          type: type, count: 1,
          storage: output.isFloat
            ? .floats(floats([UInt8](output.data))) : .bytes([UInt8](output.data))),
        arguments: item.arguments)
    }
  }

  /// Little-endian.
  private static func floats(_ bytes: [UInt8]) -> [Float] {
    (0..<bytes.count / 4).map { index in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) })
    }
  }

  /// The pixels of golden.py's `image`, floats divided by 255.
  static func sample(_ shape: [Int], seed: Int, isFloat: Bool = false) -> ImageBatch {
    var state = UInt32(truncatingIfNeeded: seed * 2_654_435_761)
    var bytes: [UInt8] = []
    for channel in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          state = state &* 1_664_525 &+ 1_013_904_223
          let wave = (x * (7 + 3 * channel) + y * (5 + seed % 4)) % 256
          bytes.append((x + 2 * y) % 3 == 0 ? UInt8(state >> 24) : UInt8(wave))
        }
      }
    }
    let type = ImageType(
      channels: shape[0], height: shape[1], width: shape[2], isFloat: isFloat)
    return ImageBatch(
      type: type, count: 1,
      storage: isFloat ? .floats(bytes.map { Float($0) / 255 }) : .bytes(bytes))
  }

  /// Expects bytes to be equal, and floats to lie within `tolerance`.
  func expect(
    _ result: ImageBatch, tolerance: Float = 1e-5, location: SourceLocation = #_sourceLocation
  ) {
    #expect(result.type == output.type, sourceLocation: location)
    if output.type.isFloat {
      let farthest = zip(result.floats, output.floats).map { abs($0 - $1) }.max() ?? .infinity
      #expect(farthest <= tolerance, sourceLocation: location)
    } else {
      let different = zip(result.bytes, output.bytes).count { $0 != $1 }
      let farthest = zip(result.bytes, output.bytes).map { abs(Int($0) - Int($1)) }.max()
      #expect(
        different == 0, "\(different) bytes differ, by at most \(farthest ?? -1)",
        sourceLocation: location)
    }
  }

  /// What the transform `name` with these arguments makes of the input.
  func planned(as name: String) throws -> ImageBatch {
    try Experiment.pipeline(["\(name): \(argumentText)"], for: input.type)
      .apply(input, sampleIndices: [0], augmenting: nil)
  }

  /// What `body` makes of the input; it writes an image of type `output`.
  func applying(_ body: (Pixels, Pixels) -> Void) -> ImageBatch {
    applying(scratch: 0) { input, output, _ in body(input, output) }
  }

  /// The same with `scratch` bytes of memory.
  func applying(
    scratch: Int, _ body: (Pixels, Pixels, UnsafeMutableRawPointer) -> Void
  ) -> ImageBatch {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: scratch, alignment: 64)
    defer { memory.deallocate() }
    return input.withUnsafeBytes { source in
      ImageBatch.make(output.type, count: 1) { target in
        guard let base = source.baseAddress else { return }
        body(
          Pixels(type: input.type, base: UnsafeMutableRawPointer(mutating: base)),
          Pixels(type: output.type, base: target), memory)
      }
    }
  }
}
