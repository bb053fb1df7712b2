import Foundation

/// The parameters of one of torchvision's models, read from `NAME.modules`.
struct ModuleList {
  /// A parameter or buffer.
  struct Entry {
    let shape: [Int]
    /// How the constructor initialises it: `=0` for a constant, else `u` or `n` for a uniform or normal
    /// distribution and its standard deviation; `nil` where it is not recorded.
    let initial: String?
  }

  /// By name in the state dict.
  private(set) var entries: [String: Entry] = [:]
  /// The number of values that are trained.
  let parameters: Int
  /// The published number of multiply-adds for one image, in billions; `nil` if none is published.
  let multiplyAdds: Double?

  init(_ model: String) throws {
    let text = String(decoding: try ModelFiles.read("\(model).modules"), as: UTF8.self)
    var lines = text.split(separator: "\n").map(String.init)
    let header = lines.removeFirst().split(separator: " ").map(String.init)
    parameters = Int(header[1]) ?? 0
    multiplyAdds = header.count > 3 ? Double(header[3]) : nil
    var path: [String] = []
    for line in lines {
      let depth = line.prefix { $0 == " " }.count
      let parts = line.dropFirst(depth).components(separatedBy: ": ")
      path = path.prefix(depth) + (parts[0] == "." ? [] : [parts[0]])
      if parts.count == 2 { add(parts[1], at: path.joined(separator: ".")) }
    }
  }

  private mutating func add(_ text: String, at path: String) {
    func put(_ own: String, _ shape: [Int], _ initial: String?) {
      entries[path.isEmpty ? own : "\(path).\(own)"] = Entry(shape: shape, initial: initial)
    }
    if text.hasPrefix("bn "), let channels = Int(text.dropFirst(3)) {
      put("weight", [channels], "=1")
      put("bias", [channels], "=0")
      put("running_mean", [channels], "=0")
      put("running_var", [channels], "=1")
      put("num_batches_tracked", [], "=0")
      return
    }
    for tensor in text.components(separatedBy: "; ") {
      let words = tensor.split(separator: " ").map(String.init)
      put(words[0], words[1].split(separator: ",").compactMap { Int($0) }, words.last)
    }
  }
}
