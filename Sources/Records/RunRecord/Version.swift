/// The versions that a run records and that are part of its identity.
package enum Version {
  package static let runner = "1.0.0"

  /// The compiler's version, which determines the vector instructions in the program's own loops.
  package static var swift: String {
    #if compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }
}
