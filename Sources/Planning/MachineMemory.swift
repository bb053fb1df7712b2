import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Graph

/// The memory of the machine that this program runs on.
package enum MachineMemory {
  /// The memory available to a process in bytes: the machine's, or the limit of a control group if
  /// lower. `nil` if the system does not report it.
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
  /// Warns if an experiment that runs on the CPU needs more memory than the machine has.
  ///
  /// - Parameter machine: the machine's memory in bytes; `nil` if unknown.
  func warnOfMemory(_ machine: Int?, _ diagnostics: DiagnosticCollector) {
    let isOnProcessor = experiment.device == "cpu" || experiment.device == "auto"
    let needed = memory.total
    guard let machine, needed > machine, isOnProcessor else { return }
    let cause = largestMemoryUse
    diagnostics.warning(
      "training needs about \(ByteCount.text(needed)) of memory, but this machine has "
        + "\(ByteCount.text(machine)) (\(memory.summary(batchSize: experiment.data.batchSize)))",
      at: cause.range, hint: cause.hint)
  }

  /// The largest part of the estimate: its location in the experiment, and how to reduce it.
  private var largestMemoryUse: (range: SourceRange?, hint: String) {
    let parameters = Saturating.add(memory.model, memory.training)
    let largest = max(
      memory.data, parameters, memory.features, memory.values, memory.teacher)
    if memory.teacher == largest, let teacher = experiment.teacher {
      return (teacher.range, "a smaller teacher or a smaller batch_size needs less")
    }
    if memory.values == largest {
      return (experiment.data.batchSizeRange, "a smaller batch_size needs less")
    }
    if parameters == largest {
      let widest = graph.nodes.max { $0.parameterCount < $1.parameterCount }
      return (
        widest?.range,
        memory.training > memory.model
          ? "narrower layers, frozen layers or an optimizer with less state, such as sgd, need less"
          : "narrower layers need less"
      )
    }
    return (
      experiment.data.dataset.origin.range,
      memory.features == largest ? "cache: false or data.limit needs less" : "data.limit needs less"
    )
  }
}

extension Graph.Node {
  fileprivate var parameterCount: Int {
    parameters.reduce(0) { Saturating.add($0, $1.count) }
  }
}

extension MemoryEstimate {
  /// The non-zero parts, in the order of the fields.
  fileprivate func summary(batchSize: Int) -> String {
    [
      ("data", data), ("weights", model), ("gradients, optimizer state and copies", training),
      ("features", features), ("layers at batch_size \(batchSize)", values),
      ("teacher", teacher),
    ].filter { $0.1 > 0 }.map { "\($0.0): \(ByteCount.text($0.1))" }.joined(separator: ", ")
  }
}
