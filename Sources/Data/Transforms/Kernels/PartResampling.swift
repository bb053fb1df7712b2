/// A rectangle of an image.
struct ImagePart: Sendable, Equatable {
  var top: Int
  var left: Int
  var height: Int
  var width: Int
}

/// Resamples a part of an image that differs from image to image: the tables are computed in scratch memory.
///
/// The result has the values of cropping `part`, resizing it to `height` times `width` and cropping the
/// output from this at (`top`, `left`), without computing what is outside.
struct PartResampling: Sendable, Equatable {
  var part: ImagePart
  /// The size that the part is resized to.
  var height: Int
  var width: Int
  /// Where the output begins in the resized part.
  var top = 0
  var left = 0
  var filter: Interpolation
  /// For floats; bytes are always antialiased, as in Pillow.
  var antialias: Bool

  /// Bytes of scratch memory for any part of `input`, if the output is not larger than the resized part.
  static func scratchSize(
    _ input: ImageType, _ output: ImageType, filter: Interpolation
  ) -> Int {
    func table(_ input: Int, _ output: Int) -> Int {
      let stride = max(ResampleAxis(filter, input: input, output: output).stride, 4)
      return ResampleWeights<Int32>.byteCount(size: output, stride: stride)
    }
    let tables = table(input.height, output.height) + table(input.width, output.width)
    if input.isFloat {
      return tables
        + FloatResampling.scratchSize(height: input.height, outputWidth: output.width)
    }
    return tables
      + ByteResampling.scratchSize(
        height: input.height, width: input.width, outputHeight: output.height,
        outputWidth: output.width)
  }

  /// - Parameter scratch: memory of `scratchSize` bytes.
  func apply(_ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer) {
    let rows = ResampleAxis(
      filter, input: part.height, output: height, first: top, count: output.type.height)
    let columns = ResampleAxis(
      filter, input: part.width, output: width, first: left, count: output.type.width)
    if filter == .nearest {
      nearest(input, output, rows: rows, columns: columns)
    } else if input.type.isFloat {
      floats(input, output, scratch, rows: rows, columns: columns)
    } else {
      bytes(input, output, scratch, rows: rows, columns: columns)
    }
  }

  private func nearest(
    _ input: Pixels, _ output: Pixels, rows: ResampleAxis, columns: ResampleAxis
  ) {
    let table = input.type.isFloat ? NearestTable.floats : NearestTable.bytes
    let map = PreparedMap(
      rows: table(rows).map { $0 + Int32(part.top) },
      columns: table(columns).map { $0 + Int32(part.left) }, fill: [])
    map.apply(input, output)
  }

  private func bytes(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, rows: ResampleAxis,
    columns: ResampleAxis
  ) {
    var free = scratch
    func table(_ axis: ResampleAxis) -> ResampleWeights<Int32>? {
      if axis.input == axis.output { return nil }
      let table = ResampleWeights<Int32>(in: free, size: axis.count, stride: axis.stride)
      free += ResampleWeights<Int32>.byteCount(size: axis.count, stride: axis.stride)
      table.fillBytes(axis)
      return table
    }
    let columnTable = table(columns)
    let rowTable = table(rows)
    let step = input.type.width
    let first =
      (part.top + (rowTable == nil ? top : 0)) * step + part.left + (columnTable == nil ? left : 0)
    let isVerticalFirst = ByteResampling.isVerticalFirst(columns: columns, rows: rows)
    for channel in 0..<input.type.channels {
      ByteResampling.apply(
        input.bytes + (channel * input.type.planeCount + first), step: step,
        output.bytes + channel * output.type.planeCount, height: rows.count,
        width: columns.count, columns: columnTable, rows: rowTable,
        isVerticalFirst: isVerticalFirst, scratch: free)
    }
  }

  private func floats(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, rows: ResampleAxis,
    columns: ResampleAxis
  ) {
    var free = scratch
    func table(_ axis: ResampleAxis) -> ResampleWeights<Float> {
      let stride = antialias ? axis.stride : 4
      let table = ResampleWeights<Float>(in: free, size: axis.count, stride: stride)
      free += ResampleWeights<Float>.byteCount(size: axis.count, stride: stride)
      table.fill(axis, antialias: antialias)
      return table
    }
    let columnTable = table(columns)
    let rowTable = table(rows)
    let step = input.type.width
    for channel in 0..<input.type.channels {
      FloatResampling.apply(
        input.floats + (channel * input.type.planeCount + part.top * step + part.left), step: step,
        output.floats + channel * output.type.planeCount, columns: columnTable, rows: rowTable,
        scratch: free)
    }
  }
}
