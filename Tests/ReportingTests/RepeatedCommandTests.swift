import Reporting
import Testing

/// A command line as it can be typed again.
@Suite struct RepeatedCommandTests {
  @Test func itIsTheProgramsNameAndItsArguments() {
    #expect(
      RepeatedCommand.text(["/opt/bin/runner", "sweep", "a.yaml", "lr=[1e-3,1e-4]"])
        == "runner sweep a.yaml lr=[1e-3,1e-4]")
  }

  @Test func whatAShellWouldTakeApartIsQuoted() {
    #expect(
      RepeatedCommand.text(["runner", "sweep", "zip(a=[1])", "name=it's", ""])
        == #"runner sweep 'zip(a=[1])' 'name=it'\''s' ''"#)
  }

  @Test func whatWasForOnceIsLeftOut() {
    #expect(
      RepeatedCommand.text(["runner", "sweep", "--new", "lr=[1,2]", "--retry", "--needed"])
        == "runner sweep lr=[1,2] --needed")
  }
}
