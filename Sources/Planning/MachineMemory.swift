import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Graph

/// The memory of the machine that this program runs on.
package enum MachineMemory {
  /// What a process may use, in bytes: the machine's memory, or less in a control group. `nil` if the
  /// system does not say.
  package static var bytes: Int? {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    let machine =
      pages > 0 && size > 0
      ? pages.multipliedReportingOverflow(by: size) : (partialValue: 0, overflow: true)
    let all = [machine.overflow ? nil : machine.partialValue, groupLimit].compactMap(\.self)
    return all.min()
  }

  /// The limit of the control group, in version 2 or 1 of the interface; `nil` if there is none.
  private static var groupLimit: Int? {
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    for file in files {
      // Neither file has to exist.
      guard let bytes = try? FileReading.bytes(of: file, limit: 100) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      return Int(text.prefix { $0.isASCII && $0.isNumber }).flatMap { $0 > 0 ? $0 : nil }
    }
    return nil
  }
}

extension Plan {
  /// Warns of an experiment that needs more memory than the machine has, where the processor computes.
  ///
  /// - Parameter machine: in bytes; `nil` if it is not known.
  func warnOfMemory(_ machine: Int?, _ diagnostics: DiagnosticCollector) {
    let isOnProcessor = experiment.device == "cpu" || experiment.device == "auto"
    let needed = memory.total
    guard let machine, needed > machine, isOnProcessor else { return }
    let memory = memory
    let weights = Saturating.add(memory.model, memory.training)
    let data = Saturating.add(memory.data, memory.features)
    // What takes the most is what a person can do something about.
    let (place, remedy): (SourceRange?, String) =
      if weights >= max(memory.values, data) {
        (largestLayer, "a smaller model needs less")
      } else if memory.values >= data {
        (experiment.data.batchSizeRange, "a smaller batch_size needs less")
      } else {
        (experiment.data.dataset.origin.range, "data.limit needs less")
      }
    diagnostics.warning(
      "training takes about \(MemoryEstimate.text(needed)) of memory, this machine has "
        + "\(MemoryEstimate.text(machine)) (batch_size: \(experiment.data.batchSize), weights with "
        + "gradients and optimizer: \(MemoryEstimate.text(weights)), layers: "
        + "\(MemoryEstimate.text(memory.values)), data: \(MemoryEstimate.text(data)))",
      at: place, hint: remedy)
  }
}

extension Plan {
  /// The layer with the most parameters.
  private var largestLayer: SourceRange? {
    func size(_ node: Graph.Node) -> Int {
      node.parameters.reduce(0) { Saturating.add($0, $1.count) }
    }
    return graph.nodes.max { size($0) < size($1) }?.range
  }
}

extension MemoryEstimate {
  /// `1.5 GB`.
  package static func text(_ bytes: Int) -> String {
    let units = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")]
    for (size, name) in units where bytes >= size {
      return NumberText.fixed(Double(bytes) / Double(size), 1) + " " + name
    }
    return "\(bytes) bytes"
  }
}
