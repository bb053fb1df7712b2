import Diagnostics

/// The error for a node of a model that has the name of the data set's input. Versions before 1.0 allowed that.
package enum NodeNameClash {
  static func message(_ name: String) -> String { "'\(name)' is the name of the data set's input" }

  /// The name of the node.
  ///
  /// - Returns: `nil` if it is another error.
  package static func name(in diagnostic: Diagnostic) -> String? {
    let name = String(diagnostic.message.dropFirst().prefix { $0 != "'" })
    return diagnostic.message == message(name) ? name : nil
  }
}
