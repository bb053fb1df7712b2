import CKernels
import Graph

extension LayerChain {
  /// A convolution of pictures by direct sums, under the conditions of `isDirect` in CTorch; wider ones take fewer
  /// products by other ways.
  struct Convolution {
    let parameters: Parameters
    let channels: Int
    let height: Int
    let width: Int
    let outChannels: Int
    let outHeight: Int
    let outWidth: Int
    /// The size of the kernel.
    let rows: Int
    let columns: Int
    let stride: Pair
    let padding: Pair

    /// The most values of a picture: more do not stay in the processor's cache.
    private static let mostValues = 1 << 17

    /// Returns `nil` for other convolutions.
    init?(_ settings: Operation.Conv2d, _ node: Graph.Node, from input: Shape) {
      guard let kernel = node.parameters.first(where: { $0.name == "weight" })?.shape,
        kernel.count == 4, input.rank == 3, node.output.rank == 3, kernel[1] <= 16,
        kernel[2] * kernel[3] > 1, settings.groups == 1, settings.dilation == Pair(1, 1),
        settings.extraPadding == Pair(0, 0),
        max(input.count, node.output.count) <= Self.mostValues,
        let parameters = Parameters(
          node, units: kernel[0], unitSize: kernel[1] * kernel[2] * kernel[3])
      else { return nil }
      self.parameters = parameters
      (channels, height, width) = (input.dims[0], input.dims[1], input.dims[2])
      (outChannels, outHeight, outWidth) =
        (node.output.dims[0], node.output.dims[1], node.output.dims[2])
      (rows, columns) = (kernel[2], kernel[3])
      (stride, padding) = (settings.stride, settings.padding)
      guard let kernels = ck_best_direct(Int64(outChannels))?.pointee,
        // Of which all channels are computed at once, or none are padding.
        outChannels <= kernels.panel || outChannels % Int(kernels.lanes) == 0
      else { return nil }
    }
  }
}

extension ck_pool {
  /// Returns `nil` if windows overlap, have distances or padding, or are not those of a picture.
  init?(_ window: Operation.Window, from input: Shape) {
    guard input.rank == 3, window.stride == window.kernel, window.padding == Pair(0, 0),
      window.dilation == Pair(1, 1), !window.ceilMode,
      input.dims[1] >= window.kernel.height, input.dims[2] >= window.kernel.width
    else { return nil }
    self.init(
      height: input.dims[1], width: input.dims[2], channels: input.dims[0],
      window_height: window.kernel.height, window_width: window.kernel.width)
  }
}
