/// Where an image lies in the model's input after the transforms of evaluation, which resize, crop, pad and mirror:
/// x in the input is `scaleX` times x in the image plus `offsetX`, and y likewise. The upper left pixel covers 0 to 1.
package struct ImagePlacement: Hashable, Sendable {
  package var scaleX: Double
  package var scaleY: Double
  package var offsetX: Double
  package var offsetY: Double
  /// The size of the image in pixels.
  package var width: Int
  package var height: Int

  package init(
    scaleX: Double, scaleY: Double, offsetX: Double, offsetY: Double, width: Int, height: Int
  ) {
    (self.scaleX, self.scaleY) = (scaleX, scaleY)
    (self.offsetX, self.offsetY) = (offsetX, offsetY)
    (self.width, self.height) = (width, height)
  }

  /// The image's own coordinates of a place in the input.
  package func original(x: Double, y: Double) -> (x: Double, y: Double) {
    ((x - offsetX) / scaleX, (y - offsetY) / scaleY)
  }
}
