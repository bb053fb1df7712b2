/// A task whose report shows the numbers of some figures as a coloured table, so that no page needs both.
package protocol TabulatedFigures: Task {
  /// The names of these figures.
  static var tabulated: [String] { get }
}
