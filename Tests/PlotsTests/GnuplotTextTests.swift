import Figures
import Plots
import Testing

@Suite struct GnuplotTextTests {
  @Test func quotesNeverEndATextEarly() {
    for text in ["'", "''; system('x') #", "it's", "\\'", "a' . system('x') . '"] {
      let literal = GnuplotText.quoted(text)
      #expect(literal.hasPrefix("'") && literal.hasSuffix("'"))
      #expect(!literal.dropFirst().dropLast().contains("'"))
      #expect(!GnuplotText.tic(text).dropFirst().dropLast().contains("'"))
    }
    // An apostrophe with a combining mark is one character, and still a quote to gnuplot.
    #expect(!GnuplotText.quoted("'\u{301}").utf8.dropFirst().dropLast().contains(UInt8(ascii: "'")))
  }

  @Test func nothingBreaksTheLineOrTurnsIt() {
    let literal = GnuplotText.quoted("a\nb\r\nc\u{0}d\u{2028}e\u{202E}f\u{85}g\u{FFFE}")
    #expect(literal == "'a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FFFD}g\u{FFFD}'")
  }

  @Test func ticsHaveNoFormats() { #expect(GnuplotText.tic("5 %d") == "'5 %%d'") }

  @Test func longTextsAreCut() {
    #expect(GnuplotText.shortened("abcdef", 4) == "abc…")
    #expect(GnuplotText.shortened("abcd", 4) == "abcd")
    let tower = "a" + String(repeating: "\u{301}", count: 10_000)
    #expect(GnuplotText.shortened(tower, 4).unicodeScalars.count == 4)
  }

  @Test func whatVariesLeavesTheSVG() {
    let svg = """
      <title>Gnuplot</title>
      <desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>
      <g id="p"><title>gnuplot_plot_1</title>
      <g font-family="runner-font" ><text>x</text></g>

      """
    let cleaned = String(
      decoding: SVGFile.cleaned(Array(svg.utf8), title: "a<b&c"), as: UTF8.self)
    #expect(cleaned.contains("<title>a&lt;b&amp;c</title>\n<style>"))
    #expect(!cleaned.contains("GNUPLOT") && !cleaned.contains("gnuplot"))
    #expect(cleaned.contains("sans-serif") && !cleaned.contains("runner-font"))
    #expect(cleaned.hasSuffix("<text>x</text></g>\n"))
  }
}

struct DarkModeTests {
  /// gnuplot writes one colour in several ways.
  @Test func everyDrawingFollowsDarkMode() {
    let svg = "<svg>\n<title>Gnuplot</title>\n<g fill=\"rgb(34,34,34)\"></g>"
    let cleaned = String(
      decoding: SVGFile.cleaned(Array(svg.utf8), title: "a"), as: UTF8.self)
    #expect(
      cleaned.hasPrefix(
        "<svg>\n<title>a</title>\n<style>@media (prefers-color-scheme: dark)"))
    for selector in [
      "[fill='rgb(34,34,34)']", "[stroke='rgb( 34,  34,  34)']", "[stroke='rgb(118, 118, 118)']",
      "[stroke='rgb(221, 221, 221)']", "[color='rgb(  0,   0,   0)']", "rect[fill='#ffffff']",
    ] {
      #expect(cleaned.contains(selector), "\(selector)")
    }
    // Numbers on light cells stay dark.
    #expect(Style.cellInk != Style.ink && !cleaned.contains("rgb(31,31,31)"))
  }
}
