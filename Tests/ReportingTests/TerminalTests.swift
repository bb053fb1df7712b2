import Reporting
import Testing

struct TerminalTests {
  @Test(arguments: [
    ([:], true, true, true),
    ([:], false, false, false),
    (["TERM": "xterm-256color"], true, true, true),
    (["TERM": "dumb"], true, false, false),
    (["NO_COLOR": "1"], true, true, false),
    (["NO_COLOR": "0"], true, true, false),
    (["NO_COLOR": ""], true, true, true),
    (["NO_COLOR": "1", "TERM": "dumb"], true, false, false),
    (["TERM": "xterm"], false, false, false),
  ])
  func honoursTheEnvironment(
    _ environment: [String: String], _ isTerminal: Bool, _ isInteractive: Bool, _ usesColor: Bool
  ) {
    let terminal = Capture().terminal(environment, isTerminal: isTerminal)
    #expect(terminal.isInteractive == isInteractive)
    #expect(terminal.usesColor == usesColor)
  }

  @Test func colorsOnlyWhereTheyAreWanted() {
    let plain = Capture().terminal(["NO_COLOR": "1"], isTerminal: true)
    for text in [
      plain.bold("x"), plain.dim("x"), plain.green("x"), plain.yellow("x"), plain.red("x"),
    ] { #expect(text == "x") }
    let colored = Capture().terminal(isTerminal: true)
    #expect(colored.red("x") == "\u{1B}[31;1mx\u{1B}[0m")
    #expect(colored.dim("") == "\u{1B}[2m\u{1B}[0m")
  }

  @Test func writesToItsSink() {
    let capture = Capture()
    let terminal = capture.terminal(columns: 37)
    terminal.write("a")
    terminal.write("b\n")
    #expect(capture.text == "ab\n")
    #expect(terminal.width == 37)
  }

  @Test func standardErrorHasAWidth() { #expect(Terminal(environment: [:]).width > 0) }
}
