import Diagnostics
import Mustache
import Report

/// Renders a ``PageModel`` as HTML. Values in double braces are escaped. Only three values are in
/// triple braces: the style sheets, a drawing by `CurveDrawing` and a base64 address.
enum ComparisonTemplate {
  static func render(_ page: PageModel) throws -> String {
    _ = HTMLText.registered
    do {
      return try MustacheTemplate(string: text).render(Root(page: page))
    } catch {
      throw ProgramFault("the template of comparisons cannot be read: \(error)")
    }
  }

  private struct Root {
    let style = PageStyle.css + "\n" + ComparisonStyle.css
    let page: PageModel
  }

  private static let text =
    "{{% CONTENT_TYPE: \(HTMLText.name)}}" + PageHead.text + head + section + PageHead.tail

  private static let head = """
    <body>
    {{#page}}
    <header>
    <h1>{{title}}</h1>
    <table class="runs stack"><tbody>
    {{#runs}}
    <tr><th><span class="run {{style}}">{{label}}</span></th><td class="mono">{{name}}</td><td class="soft">{{#facts}}<span>{{.}}</span>{{/facts}}</td></tr>
    {{/runs}}
    </tbody></table>
    {{#alerts}}
    <div class="alert {{style}}" role="alert"><strong>{{heading}}</strong>{{#lines}}<span class="line">{{.}}</span>{{/lines}}</div>
    {{/alerts}}
    </header>
    <main>

    """

  private static let section = """
    {{#sections}}
    <section>
    <h2>{{heading}}</h2>
    {{#notes}}
    <p>{{.}}</p>
    {{/notes}}
    <div class="{{layout}}">
    {{#tables}}
    <div>
    {{#caption}}
    <h3>{{.}}</h3>
    {{/caption}}
    <div class="scroll"><table class="{{style}}">
    <thead><tr>{{#heading}}<th class="{{style}}">{{text}}</th>{{/heading}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td class="{{style}}" style="--heat:{{heat}}%" title="{{hint}}">{{text}}{{#bars}}<span class="bar {{style}}"><span style="width:{{width}}%"></span></span>{{/bars}}<small>{{small}}</small></td>{{/cells}}</tr>
    {{/rows}}
    </tbody></table></div>
    </div>
    {{/tables}}
    </div>
    <p class="keys">{{#keys}}<span><span class="key {{style}}"></span>{{text}}</span>{{/keys}}</p>
    <div class="figures">
    {{#charts}}
    <figure>{{{svg}}}<figcaption>{{caption}}</figcaption></figure>
    {{/charts}}
    </div>
    <div class="tiles">
    {{#tiles}}
    <figure class="tile"><img src="{{{address}}}" alt="{{label}}"><figcaption><b>{{label}}</b>{{#lines}}<span>{{.}}</span>{{/lines}}</figcaption></figure>
    {{/tiles}}
    </div>
    {{#remarks}}
    <p class="soft">{{.}}</p>
    {{/remarks}}
    </section>
    {{/sections}}

    """
}

/// The styles that comparisons add to those of a run's report: a colour and a dash pattern per run.
enum ComparisonStyle {
  /// The number of distinguishable line styles; further runs reuse them.
  static let count = 6

  static func run(_ index: Int) -> String { "s\(index % count)" }

  static let css: String = {
    let dashes = ["none", "7 4", "2 3", "10 3 2 3", "5 2", "1 2"]
    let lines = (0..<count).map { index in
      """
      .chart .s\(index) { stroke: var(--s\(index)); } .chart polyline.s\(index) { stroke-dasharray: \(dashes[index]); }
      .key.s\(index), .run.s\(index) { border-color: var(--s\(index)); } .bar.s\(index) span { background: var(--s\(index)); }
      """
    }
    return palettes + "\n" + lines.joined(separator: "\n") + "\n" + rest
  }()

  private static let palettes = """
    :root { --s0: #0b62c4; --s1: #b35900; --s2: #1a7f37; --s3: #8e3aa8; --s4: #b42318; --s5: #57606a; }
    @media (prefers-color-scheme: dark) {
      :root { --s0: #68aef5; --s1: #f0a050; --s2: #56c271; --s3: #d08ae8; --s4: #ff8478; --s5: #b9c2cb; }
    }
    @media print {
      :root { --s0: #0b62c4; --s1: #b35900; --s2: #1a7f37; --s3: #8e3aa8; --s4: #b42318; --s5: #57606a; }
    }
    """

  private static let rest = """
    .runs { margin: 12px 0 0; } .runs td, .runs th { border: 0; padding: 2px 10px 2px 0; }
    .runs .soft span + span::before { content: " · "; }
    .run { display: inline-block; min-width: 26px; padding: 0 6px; text-align: center; color: var(--ink); border: 2px solid; border-radius: 6px; }
    .alert.good { background: var(--good-tint); color: var(--good); }
    .alert .line { display: block; color: var(--ink); margin-top: 4px; }
    .keys { display: flex; flex-wrap: wrap; gap: 4px 14px; color: var(--soft); } .keys:empty { display: none; }
    .figures:empty, .tiles:empty { display: none; }
    td small:empty { display: none; }
    .best { font-weight: 700; } .best small { font-weight: 400; }
    .best::before { content: "● "; color: var(--good); }
    .sheets { display: flex; flex-wrap: wrap; gap: 4px 28px; } .sheets > div { max-width: 100%; }
    .words { min-width: 210px; }
    .dim { color: var(--soft); }
    .bar + .bar { margin-top: 2px; }
    .matrix td.total { color: var(--soft); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 14px; }
    .tile img { image-rendering: pixelated; aspect-ratio: 1; object-fit: contain; padding: 4px; }
    .tile figcaption span, .tile figcaption b { display: block; font-size: 12.5px; line-height: 1.35; }
    .tile figcaption b { color: var(--ink); }
    """
}
