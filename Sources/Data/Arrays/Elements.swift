/// Moves elements of 1, 2, 4 or 8 bytes between arrays with other orders of their axes.
enum Elements {
  /// The distance between neighbours along each axis of an array in C order, in elements.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides = shape
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step *= max(shape[axis], 1)
    }
    return strides
  }

  /// Copies `count` elements of `size` bytes; places and steps are in bytes.
  static func copy(
    _ count: Int, size: Int, from source: UnsafeRawBufferPointer, at start: Int, step: Int,
    to target: UnsafeMutableRawBufferPointer, at place: Int, step targetStep: Int
  ) {
    func move<Bits: BitwiseCopyable>(_ type: Bits.Type) {
      var (from, to) = (start, place)
      for _ in 0..<count {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: from, as: type), toByteOffset: to, as: type)
        from += step
        to += targetStep
      }
    }
    switch size {
    case 1: move(UInt8.self)
    case 2: move(UInt16.self)
    case 4: move(UInt32.self)
    default: move(UInt64.self)
    }
  }

  /// Copies an array in C order to where its elements belong in an array of other strides.
  ///
  /// - Parameters:
  ///   - shape: of the source; its elements have `size` bytes.
  ///   - strides: the distance in the target between neighbours along each axis of the source, in elements.
  ///   - start: the place in the target of the first element, in elements.
  static func scatter(
    _ source: UnsafeRawBufferPointer, _ shape: [Int], size: Int,
    to target: UnsafeMutableRawBufferPointer, strides: [Int], at start: Int = 0
  ) {
    guard let length = shape.last, let step = strides.last else {
      copy(1, size: size, from: source, at: 0, step: 0, to: target, at: start * size, step: 0)
      return
    }
    if shape.contains(0) { return }
    var indices = shape.map { _ in 0 }
    var (from, to) = (0, start)
    let outer = shape.indices.dropLast()
    while true {
      copy(
        length, size: size, from: source, at: from * size, step: size, to: target, at: to * size,
        step: step * size)
      from += length
      var isDone = true
      for axis in outer.reversed() {
        indices[axis] += 1
        to += strides[axis]
        if indices[axis] < shape[axis] {
          isDone = false
          break
        }
        to -= indices[axis] * strides[axis]
        indices[axis] = 0
      }
      if isDone { return }
    }
  }
}
