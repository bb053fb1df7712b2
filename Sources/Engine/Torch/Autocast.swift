internal import CTorch

/// Runs `body` under autocast, like `torch.autocast`: operations that benefit from lower precision, such as
/// convolutions and matrix products, compute in `dtype`; operations that need float32 compute in float32.
///
/// Converted copies of the weights are cached until the outermost call ends. `body` must not suspend, because
/// the mode is thread-local.
/// - Parameters:
///   - dtype: bfloat16 or float16.
///   - device: The device whose operations are affected.
package func withAutocast<R>(
  to dtype: ScalarType, on device: Device, _ body: () throws -> R
) throws -> R {
  var before = ct_autocast()
  try ct_autocast_begin(device.code, dtype.code, &before).check("withAutocast")
  let result: R
  do {
    result = try body()
  } catch {
    try ct_autocast_end(before).check("withAutocast")
    throw error
  }
  try ct_autocast_end(before).check("withAutocast")
  return result
}
