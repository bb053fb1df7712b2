import Glibc
import Synchronization
import Testing

@testable import Transforms

@Suite struct ParallelTests {
  #if arch(x86_64)
    /// Threads of the pool flush denormal numbers exactly if the calling thread does.
    @Test(arguments: [false, true])
    func allThreadsComputeInTheModeOfTheCaller(flushes: Bool) {
      var before = fenv_t()
      fegetenv(&before)
      defer { fesetenv(&before) }
      var mode = before
      // Flush to zero, and denormals are zero.
      mode.__mxcsr = flushes ? before.__mxcsr | 0x8040 : before.__mxcsr & ~0x8040
      fesetenv(&mode)
      let denormal = Float.leastNormalMagnitude
      let half = Float(Int.random(in: 1...1)) / 2
      let zeros = Atomic(0)
      Parallel.forRanges(4096, threads: 16) { range in
        // Long enough that the pool's threads take part.
        usleep(2000)
        for _ in range where denormal * half == 0 { zeros.wrappingAdd(1, ordering: .relaxed) }
      }
      #expect(zeros.load(ordering: .relaxed) == (flushes ? 4096 : 0))
    }
  #endif

  @Test func everyIndexOnce() {
    let sum = Atomic(0)
    Parallel.forRanges(1000, threads: 7) { range in
      for index in range { sum.wrappingAdd(index, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 499_500)
  }
}
