import ExperimentConfig
import Reporting
import Testing

struct ProgressBarTests {
  @Test(arguments: [
    (0, "──────────   0%"), (0.049, "──────────   4%"), (0.05, "╸─────────   5%"),
    (0.1, "━─────────  10%"), (0.5, "━━━━━─────  50%"), (0.55, "━━━━━╸────  55%"),
    (0.999, "━━━━━━━━━╸  99%"), (1, "━━━━━━━━━━ 100%"), (1.5, "━━━━━━━━━━ 100%"),
    (-0.5, "──────────   0%"), (.infinity, "━━━━━━━━━━ 100%"), (-.infinity, "──────────   0%"),
    (.nan, "──────────   0%"), (1e300, "━━━━━━━━━━ 100%"),
  ])
  func showsAShare(_ share: Double, _ expected: String) {
    #expect(ProgressBar.render(share, width: 10) == expected)
  }

  @Test func isAlwaysAsWide() {
    for step in 0...1000 {
      #expect(ProgressBar.render(Double(step) / 1000, width: 20).count == 25)
      #expect(ProgressBar.render(Double(step) / 1000, width: 0).count == 5)
    }
  }
}

struct ClockTextTests {
  @Test(arguments: [
    (0, "0:00"), (0.2, "0:01"), (59, "0:59"), (59.5, "1:00"), (65, "1:05"), (3599, "59:59"),
    (3599.5, "1:00:00"), (3600, "1:00:00"), (7400, "2:03:20"), (360_000, "100:00:00"),
    (-5, "0:00"), (.infinity, "2777:46:40"), (1e300, "2777:46:40"), (.nan, "–"),
  ])
  func isWritten(_ seconds: Double, _ expected: String) {
    #expect(NumberText.clock(seconds) == expected)
  }
}
