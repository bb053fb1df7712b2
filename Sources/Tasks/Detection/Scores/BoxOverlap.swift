import BoxAnnotations

extension Box {
  /// The intersection over union with an annotated box. Of a crowd, which may hold many objects, the share of this
  /// box that lies in it.
  ///
  /// 0 where the two do not overlap. The arithmetic is that of pycocotools (`bbIou` in `maskApi.c`).
  @inline(__always)
  func overlap(_ annotated: Box, isCrowd: Bool) -> Double {
    let width = min(x + self.width, annotated.x + annotated.width) - max(x, annotated.x)
    if width <= 0 { return 0 }
    let height = min(y + self.height, annotated.y + annotated.height) - max(y, annotated.y)
    if height <= 0 { return 0 }
    let common = width * height
    return common / (isCrowd ? area : area + annotated.area - common)
  }
}
