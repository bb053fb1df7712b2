/// The parts that a data set comes in.
package enum DataSplit: String, Sendable, CaseIterable, Codable {
  case train
  case test
}
