import Report

/// The template of the page. Values in double braces are escaped. Only the style sheet and base64 addresses are in
/// triple braces.
enum DataPageTemplate {
  static let text =
    DataPage.file.head + PageHead.opening + warnings + section + PageHead.tail

  private static let warnings = """
    {{#warnings}}
    <div class="alert {{style}}"><strong>{{heading}}</strong><span>{{meaning}}</span><span class="advice">{{advice}}</span></div>
    {{/warnings}}
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
    {{#tables}}
    <div class="scroll"><table class="plain">
    <thead><tr>{{#heading}}<th class="{{style}}">{{text}}</th>{{/heading}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td class="{{style}}">{{#swatches}}<span class="swatch" style="background:{{.}}"></span>{{/swatches}}{{text}}{{#bars}}<span class="bar"><span style="width:{{.}}%"></span></span>{{/bars}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody></table></div>
    {{/tables}}
    {{#rows}}
    <h3>{{heading}}</h3>
    <div class="pictures {{style}}">
    {{#pictures}}
    <figure><img src="{{{address}}}" alt="{{title}}"><figcaption><b>{{title}}</b>{{#lines}}<span>{{.}}</span>{{/lines}}</figcaption></figure>
    {{/pictures}}
    </div>
    {{/rows}}
    {{#remarks}}
    <p class="soft">{{.}}</p>
    {{/remarks}}
    </section>
    {{/sections}}

    """

  static let css = """
    .alert.note { background: var(--tint); color: var(--soft); border-left-color: var(--line); }
    .alert.note strong { color: var(--ink); }
    .alert .advice { display: block; margin-top: 2px; font-weight: 600; }
    .alert.good { background: var(--good-tint); color: var(--good); }
    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px; margin-bottom: 8px; }
    .pictures img { image-rendering: pixelated; aspect-ratio: 1; object-fit: contain; padding: 4px; }
    .pictures figcaption span, .pictures figcaption b { display: block; font-size: 12.5px; line-height: 1.35; }
    .pictures figcaption b { color: var(--ink); }
    .pictures.large { grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr)); }
    .pictures.large img { image-rendering: auto; aspect-ratio: auto; }
    .scroll + .scroll { margin-top: 14px; }
    .bar { max-width: 420px; }
    .swatch { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 2px; border: 1px solid var(--line); }
    @media (max-width: 560px) { .pictures { grid-template-columns: repeat(auto-fill, minmax(82px, 1fr)); gap: 8px; } }
    """
}
