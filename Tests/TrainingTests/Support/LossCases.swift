import DeviceChecks
import Foundation
import Testing

extension LossCase {
  static let all: [LossCase] = {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (try? all(in: tests.appending(path: "Fixtures/tasks/losses.json").path)) ?? []
  }()
}

extension LossCase: CustomTestStringConvertible {
  package var testDescription: String { title }
}
