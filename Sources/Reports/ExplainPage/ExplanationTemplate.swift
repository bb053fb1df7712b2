import Report

/// The template of the page. Values in double braces are escaped. Only the style sheet, colours of scales and base64
/// addresses are in triple braces.
enum ExplanationTemplate {
  static let text =
    MarkedPage.explanation.head + PageHead.opening + body + PageHead.tail

  private static let body = """
    {{#notes}}
    <div class="alert warn"><span>{{.}}</span></div>
    {{/notes}}
    {{#scales}}
    <div class="scale"><span>{{low}}</span><i style="background:linear-gradient(to right, {{{colors}}})"></i><span>{{high}}</span></div>
    {{/scales}}
    </header>
    <main>
    {{#examples}}
    <section>
    <h2>{{name}}</h2>
    {{#lines}}
    <p>{{.}}</p>
    {{/lines}}
    <div class="maps">
    {{#pictures}}
    <figure><img src="{{{address}}}" alt="{{title}}"><figcaption><b>{{title}}</b>{{#lines}}<span>{{.}}</span>{{/lines}}</figcaption></figure>
    {{/pictures}}
    </div>
    </section>
    {{/examples}}
    {{#hasSanity}}
    <section>
    <h2>Do the maps depend on the weights?</h2>
    <p>Maps of models whose weights were randomised from the output on (Adebayo et al., 2018), beside these: 1 means the same, 0 nothing in common. The means are over the pictures above.</p>
    <div class="scroll"><table class="plain">
    <thead><tr><th>Method</th><th>Randomised</th><th class="n">Rank correlation</th><th class="n">Structural similarity</th></tr></thead>
    <tbody>
    {{#similarities}}
    <tr><td>{{method}}</td><td>{{extent}}</td><td class="n">{{rankCorrelation}}</td><td class="n">{{structuralSimilarity}}</td></tr>
    {{/similarities}}
    </tbody></table></div>
    {{#verdicts}}
    <p>{{.}}</p>
    {{/verdicts}}
    </section>
    {{/hasSanity}}
    <section>
    <h2>What the maps show</h2>
    {{#meanings}}
    <p>{{.}}</p>
    {{/meanings}}
    <p class="soft">{{caution}}</p>
    </section>

    """

  static let css = """
    .maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(200px, 46%), 1fr)); gap: 14px; }
    .maps img { image-rendering: pixelated; padding: 4px; background: var(--paper); }
    .maps figcaption b, .maps figcaption span { display: block; font-size: 12.5px; line-height: 1.35; }
    .maps figcaption b { color: var(--ink); }
    .scale { display: inline-flex; align-items: center; gap: 8px; margin: 12px 22px 0 0; color: var(--soft); font-size: 12.5px; }
    .scale i { width: 150px; height: 12px; border-radius: 3px; border: 1px solid var(--line); }
    """
}
