/// A class for each pixel of an image.
package struct ClassMap: Sendable, Equatable {
  package let height: Int
  package let width: Int
  /// Class numbers in rows from the top; in the truth `FieldKind.ignoredPixel` for pixels without a class.
  package let numbers: [UInt8]

  /// - Precondition: there is a number for each pixel.
  package init(height: Int, width: Int, numbers: [UInt8]) {
    precondition(numbers.count == height * width)
    self.height = height
    self.width = width
    self.numbers = numbers
  }
}
