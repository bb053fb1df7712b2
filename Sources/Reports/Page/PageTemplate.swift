import ExampleMaps

/// The template of the report page. Values in double braces are escaped. Only three values are in
/// triple braces: the style sheet, a drawing by ``CurveDrawing`` and a base64 address.
enum PageTemplate {
  static let text =
    "{{% CONTENT_TYPE: \(HTMLText.name)}}" + PageHead.text + head + numbers + pictures + sections
    + ExampleMapTemplate.view + ExampleMapTemplate.numbers + tables + model + rest

  private static let head = """
    <body>
    {{#page}}
    <header>
    <div class="top"><h1>{{name}}</h1><span class="badge {{statusStyle}}">{{status}}</span></div>
    <div class="mono soft">{{directory}}</div>
    <div class="facts">{{#facts}}<span>{{.}}</span>{{/facts}}</div>
    <div class="tags">{{#tags}}<span>{{.}}</span>{{/tags}}</div>
    {{#notes}}
    <p class="note"><small>{{time}}</small>{{text}}</p>
    {{/notes}}
    {{#alerts}}
    <div class="alert {{style}}" role="alert"><strong>{{heading}}</strong><span>{{detail}}</span></div>
    {{/alerts}}
    </header>
    <main>

    """

  private static let numbers = """
    <section class="cards">
    {{#cards}}
    <div class="card"><small>{{label}}</small><b>{{value}}</b><small>{{detail}}</small></div>
    {{/cards}}
    </section>
    {{#hasProblems}}
    <section>
    <h2>What is missing</h2>
    <ul>{{#problems}}<li>{{.}}</li>{{/problems}}</ul>
    </section>
    {{/hasProblems}}
    {{#hasInsights}}
    <section>
    <h2>Findings</h2>
    <p class="soft">✓ as expected, ! worth a look, • a fact</p>
    <ul class="insights">
    {{#insights}}
    <li class="{{style}}"><i>{{mark}}</i><span>{{text}}</span></li>
    {{/insights}}
    </ul>
    </section>
    {{/hasInsights}}

    """

  private static let pictures = """
    <section>
    <h2>Curves and images</h2>
    {{#hasCharts}}
    <p class="soft"><span class="key train"></span>training (running mean)<span class="key val"></span>validation<span class="key best"></span>best epoch</p>
    {{/hasCharts}}
    <div class="figures">
    {{#charts}}
    <figure>{{{svg}}}<figcaption>{{caption}} by epoch</figcaption></figure>
    {{/charts}}
    {{#figures}}
    <figure class="plot {{style}}"><img src="{{{address}}}" alt="{{caption}}"><figcaption>{{caption}}</figcaption></figure>
    {{/figures}}
    </div>
    {{#missingPlots}}
    <p class="soft">{{.}}</p>
    {{/missingPlots}}
    </section>
    {{#scores}}
    <section>
    <h2>All scores</h2>
    <div class="scroll"><table>
    <thead><tr><th>Score</th><th class="n">Validation</th><th class="n">Test</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr><td>{{label}}</td><td class="n">{{validation}}<small>{{validationInterval}}</small></td><td class="n">{{test}}<small>{{testInterval}}</small></td></tr>
    {{/rows}}
    </tbody></table></div>
    {{#notes}}
    <p class="soft">{{.}}</p>
    {{/notes}}
    </section>
    {{/scores}}
    {{#parts}}
    <section>
    <h2>{{title}}</h2>
    <div class="scroll"><table>
    <thead><tr>{{#heading}}<th>{{.}}</th>{{/heading}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody></table></div>
    </section>
    {{/parts}}

    """

  private static let sections = """
    {{#sections}}
    <section>
    {{#title}}
    <h2>{{.}}</h2>
    {{/title}}
    {{#blocks}}
    {{#text}}
    <p class="soft">{{.}}</p>
    {{/text}}
    {{#matrix}}
    <h3>{{title}}</h3>
    <p class="soft">{{note}}</p>
    <div class="scroll"><table class="matrix">
    <thead><tr><th></th>{{#heading}}<th title="{{full}}">{{short}}</th>{{/heading}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr><th class="row" title="{{full}}">{{short}}</th>{{#cells}}<td class="{{style}}" style="--heat:{{heat}}%" title="{{hint}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody></table></div>
    {{/matrix}}
    {{#explained}}
    <div class="figures">
    {{#figures}}
    <figure class="explained"><img src="{{{address}}}" alt="{{name}} with a map of its pixels"><figcaption><b>{{name}}</b>{{#lines}}<span>{{.}}</span>{{/lines}}</figcaption></figure>
    {{/figures}}
    </div>
    {{/explained}}
    {{#map}}

    """

  private static let tables = """
    {{/map}}
    {{#table}}
    {{#title}}
    <h3>{{.}}</h3>
    {{/title}}
    <div class="scroll"><table class="plain">
    <thead><tr>{{#heading}}<th class="{{style}}">{{text}}</th>{{/heading}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr>{{#cells}}<td class="{{style}}">{{#text}}{{.}}{{/text}}{{#bar}}<span class="bar"><span style="width:{{.}}%"></span></span>{{/bar}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody></table></div>
    {{/table}}
    {{/blocks}}
    </section>
    {{/sections}}

    """

  private static let model = """
    {{#hasConfiguration}}
    <section>
    <h2>Configuration</h2>
    <p class="soft">Right: where each value comes from. Grey values are defaults, marked ones were changed on the command line.</p>
    {{#hasOverrides}}
    <p>Changed on the command line: {{#overrides}}<code>{{.}}</code> {{/overrides}}</p>
    {{/hasOverrides}}
    <div class="yaml mono">
    {{#configuration}}
    <div class="{{style}}"><span>{{text}}</span><span>{{origin}}</span></div>
    {{/configuration}}
    </div>
    </section>
    {{/hasConfiguration}}
    {{#model}}
    <section>
    <h2>Model</h2>
    {{#note}}
    <p class="soft">{{.}}</p>
    {{/note}}
    <p>{{total}}</p>
    <div class="scroll"><table class="plain">
    <thead><tr>{{#heading}}<th>{{.}}</th>{{/heading}}<th class="n">Parameters</th><th>Share of all</th></tr></thead>
    <tbody class="{{#isGraph}}graph{{/isGraph}}">
    {{#inputs}}
    <tr class="ends"><td class="mono">{{name}}</td><td></td><td class="mono">{{shape}}</td><td></td><td></td></tr>
    {{/inputs}}
    {{#rows}}
    <tr><td class="mono">{{path}}</td><td>{{layer}}{{#from}}<small>from {{.}}</small>{{/from}}</td><td class="mono">{{output}}</td><td class="n">{{parameters}}</td><td>{{#share}}<span class="bar"><span style="width:{{.}}%"></span></span>{{/share}}</td></tr>
    {{/rows}}
    </tbody></table></div>
    </section>
    {{/model}}

    """

  private static let rest = """
    {{#hasEnvironment}}
    <section>
    <h2>Environment</h2>
    <table class="plain stack"><tbody>
    {{#environment}}
    <tr><th>{{label}}</th><td class="{{style}}">{{value}}</td></tr>
    {{/environment}}
    </tbody></table>
    </section>
    {{/hasEnvironment}}
    <section>
    <h2>Files</h2>
    <p class="soft">Hashes are SHA-256, from MANIFEST.sha256; a file without one depends on the clock or the machine.</p>
    <table class="plain stack"><tbody>
    {{#files}}
    <tr><td class="mono">{{path}}</td><td class="n">{{size}}</td><td class="mono hash">{{hash}}</td></tr>
    {{/files}}
    </tbody></table>
    {{#filesNote}}
    <p class="soft">{{.}}</p>
    {{/filesNote}}
    </section>
    </main>
    <footer>{{footer}}</footer>
    {{/page}}
    </body>
    </html>

    """
}
