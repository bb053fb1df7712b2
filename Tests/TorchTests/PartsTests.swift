import Glibc
import Synchronization
import Testing
import Torch

extension TorchTests {
  @Suite struct Parts {
    private struct Failed: Error, Equatable { let part: Int }

    /// Counts how often each part is computed, in many calls one after another.
    @Test(arguments: [1, 2, 3, 5])
    func everyPartIsComputedOnce(_ threads: Int) throws {
      let before = Runtime.threadCount
      try Runtime.setThreadCount(threads)
      defer { try? Runtime.setThreadCount(before) }
      for count in [1, 2, 3, 8, 32, 33, 100] {
        let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
        counts.initialize(repeating: 0)
        defer { counts.deallocate() }
        for call in 1...300 {
          // Now and then, the other threads have time to fall asleep.
          if call % 100 == 0 { usleep(2_000) }
          try forEachPart(count) { part in counts[part] += 1 }
          #expect(counts.allSatisfy { $0 == call })
        }
      }
      try forEachPart(0) { _ in Issue.record("there is no part") }
    }

    @Test func partsOfAPart() throws {
      let before = Runtime.threadCount
      try Runtime.setThreadCount(2)
      defer { try? Runtime.setThreadCount(before) }
      let counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 12)
      counts.initialize(repeating: 0)
      defer { counts.deallocate() }
      for _ in 0..<200 {
        try forEachPart(4) { part in
          try forEachPart(3) { inner in counts[3 * part + inner] += 1 }
        }
      }
      #expect(counts.allSatisfy { $0 == 200 })
    }

    @Test(arguments: [1, 2, 4])
    func theErrorOfTheFirstPartThatFails(_ threads: Int) throws {
      let before = Runtime.threadCount
      try Runtime.setThreadCount(threads)
      defer { try? Runtime.setThreadCount(before) }
      for _ in 0..<100 {
        #expect(throws: Failed(part: 2)) {
          try forEachPart(6) { part in if part >= 2 { throw Failed(part: part) } }
        }
        try forEachPart(6) { _ in }
      }
    }

    /// Other threads flush denormal numbers as the calling thread does at that time.
    @Test func denormalNumbers() async {
      await #expect(processExitsWith: .success) {
        try Runtime.setThreadCount(3)
        let size = 3
        let tiny = UnsafeMutableBufferPointer<Float>.allocate(capacity: size)
        let factor = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        factor.pointee = 1e-30
        for flushes in [false, true, false] where Runtime.setFlushDenormal(flushes) || !flushes {
          let threads = Mutex<Set<UInt>>([])
          for _ in 0..<10_000 where threads.withLock({ $0.count < size }) {
            tiny.initialize(repeating: 1)
            try forEachPart(size) { part in
              threads.withLock { _ = $0.insert(UInt(pthread_self())) }
              // Long enough for another thread to take the next part.
              usleep(200)
              tiny[part] = 1e-10 * factor.pointee
            }
            #expect(tiny.allSatisfy { ($0 == 0) == flushes })
          }
          #expect(threads.withLock { $0.count } == size)
        }
      }
    }
  }
}
