/// The classes of boxes.
package struct BoxClasses: Hashable, Sendable {
  /// Indexed by class number.
  package var names: [String]
  /// What COCO's files call each class, by class number; empty if the annotations call classes by their names.
  package var ids: [Int]
  /// The largest number of boxes that an image of the data set has, in any split.
  package var most: Int

  /// - Precondition: there are as many ids as names, or none.
  package init(_ names: [String], ids: [Int], most: Int) {
    precondition(ids.isEmpty || names.count == ids.count)
    (self.names, self.ids, self.most) = (names, ids, most)
  }
}
