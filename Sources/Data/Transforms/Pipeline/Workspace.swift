/// Memory for the images between two steps, one buffer for each thread.
final class Workspace {
  let even: UnsafeMutableRawPointer
  let odd: UnsafeMutableRawPointer
  let scratch: UnsafeMutableRawPointer

  init(image: Int, scratch size: Int) {
    even = .allocate(byteCount: image, alignment: 64)
    odd = .allocate(byteCount: image, alignment: 64)
    scratch = .allocate(byteCount: size, alignment: 64)
  }

  deinit {
    even.deallocate()
    odd.deallocate()
    scratch.deallocate()
  }
}

@available(*, unavailable)
extension Workspace: Sendable {}
