import Files
import Glibc

/// The memory of the machine that this program runs on.
package enum MachineMemory {
  /// What a process may use, in bytes: the machine's memory, or less in a control group. `nil` if the
  /// system does not say.
  package static var bytes: Int? {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    let machine = pages > 0 && size > 0 ? pages.multipliedReportingOverflow(by: size) : (partialValue: 0, overflow: true)
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
