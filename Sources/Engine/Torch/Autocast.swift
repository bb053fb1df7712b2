internal import CTorch

/// Runs `body` under autocast: operations that gain by it, such as convolutions and matrix products,
/// compute in `dtype`, and those that need it in float32, as inside of `torch.autocast`.
///
/// The copies that it makes of weights are forgotten at the end of the outermost call. It is no place
/// for `await`: the mode belongs to the thread.
/// - Parameters:
///   - dtype: bfloat16 or float16.
///   - device: Whose operations are meant.
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
