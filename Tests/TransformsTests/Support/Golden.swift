import Foundation
import Testing

@testable import Transforms

/// A case of `Tests/Fixtures/transforms/<name>.json`, made by torchvision (see make.py beside it).
struct Golden: CustomTestStringConvertible, @unchecked Sendable {
  let name: String
  let input: ImageBatch
  let output: ImageBatch
  /// What JSON held.
  let arguments: [String: Any]

  var testDescription: String { "\(name) \(input.type.fingerprint) \(argumentText)" }

  /// The arguments as a flow mapping, which is YAML as well.
  var argumentText: String {
    let data = try? JSONSerialization.data(withJSONObject: arguments, options: [.sortedKeys])
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  func number(_ key: String) -> Double { (arguments[key] as? NSNumber)?.doubleValue ?? .nan }
  func numbers(_ key: String) -> [Double] {
    (arguments[key] as? [NSNumber])?.map(\.doubleValue) ?? []
  }
  func text(_ key: String) -> String { arguments[key] as? String ?? "" }
  var fill: [Float] { numbers("fill").map(Float.init) }
  var interpolation: Interpolation { Interpolation(rawValue: text("interpolation")) ?? .bicubic }

  static func cases(_ name: String, isFloat: Bool? = nil) -> [Golden] {
    do {
      let all = try read(name)
      return all.filter { isFloat == nil || $0.input.type.isFloat == isFloat }
    } catch {
      Issue.record("\(error)")
      return []
    }
  }

  private static func read(_ name: String) throws -> [Golden] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/transforms")
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    let file = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
    return try #require(file["cases"]).map { item in
      let input = try #require(item["input"] as? [String: Any])
      let output = try #require(item["output"] as? [String: Any])
      let shape = try #require(output["shape"] as? [Int])
      let data = try #require(output["data"] as? String)
      let bytes = [UInt8](try #require(Data(base64Encoded: data)))
      let isFloat = try #require(output["isFloat"] as? Bool)
      let values: ImageBatch.Storage =
        isFloat
        ? .floats(
          (0..<bytes.count / 4).map { index in
            Float(
              bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) })
          }) : .bytes(bytes)
      let type = ImageType(
        channels: shape[0], height: shape[1], width: shape[2], isFloat: isFloat)
      return Golden(
        name: name,
        input: sample(
          try #require(input["shape"] as? [Int]), seed: try #require(input["seed"] as? Int),
          isFloat: item["kind"] as? String == "floats"),
        output: ImageBatch(type: type, count: 1, storage: values),
        arguments: try #require(item["arguments"] as? [String: Any]))
    }
  }

  /// The pixels of make.py's `image`, floats divided by 255.
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
    input.withUnsafeBytes { source in
      ImageBatch.make(output.type, count: 1) { target in
        guard let base = source.baseAddress else { return }
        body(
          Pixels(type: input.type, base: UnsafeMutableRawPointer(mutating: base)),
          Pixels(type: output.type, base: target))
      }
    }
  }
}
