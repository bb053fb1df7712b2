import Report

/// The template of the page. Values in double braces are escaped; only the style sheet and drawings, which are made of
/// numbers and escaped names, are in triple braces.
enum TableExplanationTemplate {
  static let text =
    MarkedPage.explanation.head + PageHead.opening + ExplanationOpening.warnings + body
    + PageHead.tail

  private static let body = """
    <section>
    <h2>Permutation importance</h2>
    <div class="scroll"><table class="plain bars">
    <thead><tr><th>column</th><th class="wide">{{importanceHeading}}</th><th class="n">mean</th><th class="n narrow-off">± sd</th><th class="n narrow-off">95% interval</th></tr></thead>
    <tbody>
    {{#bars}}
    <tr><td>{{column}}</td><td class="wide"><span class="track"><span class="fill{{#isNegative}} minus{{/isNegative}}" style="{{bar}}"></span>{{#whisker}}<span class="whisker" style="{{.}}"></span>{{/whisker}}</span></td><td class="n">{{mean}}</td><td class="n narrow-off">{{deviation}}</td><td class="n narrow-off">{{interval}}</td></tr>
    {{/bars}}
    </tbody></table></div>
    <p class="soft">{{basis}}</p>
    {{#associations}}
    <div class="alert warn"><span>{{.}}</span></div>
    {{/associations}}
    </section>
    <section>
    <h2>Partial dependence</h2>
    {{#effectNotes}}
    <p>{{.}}</p>
    {{/effectNotes}}
    {{#effects}}
    <h3>{{column}}</h3>
    <div class="effects">
    {{#drawings}}
    <figure><figcaption>{{title}}</figcaption>{{{svg}}}</figure>
    {{/drawings}}
    </div>
    {{#keys}}<span class="entry"><span class="line {{style}}"></span>{{name}}</span> {{/keys}}
    <p class="soft">{{note}}</p>
    {{/effects}}
    </section>
    {{#hasRows}}
    <section>
    <h2>Rows</h2>
    {{#rows}}
    <h3>{{title}}</h3>
    <div class="scroll"><table class="plain bars">
    <tbody>
    {{#bars}}
    <tr><td>{{column}}</td><td class="wide"><span class="track"><span class="fill{{#isNegative}} minus{{/isNegative}}" style="{{bar}}"></span></span></td><td class="n">{{mean}}</td></tr>
    {{/bars}}
    </tbody></table></div>
    {{/rows}}
    {{#rowNotes}}
    <p class="soft">{{.}}</p>
    {{/rowNotes}}
    </section>
    {{/hasRows}}

    """

  static let css = """
    :root { --k0: #0072b2; --k1: #c85200; --k2: #00825f; --k3: #b5508c; --k4: #8a6d00; --k5: #5b4bc4; --k6: #5f6670; --k7: #8c3b2a; }
    @media (prefers-color-scheme: dark) {
      :root { --k0: #56b4e9; --k1: #f58f4a; --k2: #2fc79c; --k3: #e79bc6; --k4: #e2c44c; --k5: #a79bf5; --k6: #b4bbc4; --k7: #d98c77; }
    }
    .bars td { vertical-align: middle; } .bars .wide { width: 55%; min-width: 110px; }
    .track { display: block; position: relative; height: 16px; background: var(--tint); border-radius: 3px; }
    .fill { position: absolute; top: 2px; bottom: 2px; background: var(--val); border-radius: 2px; min-width: 1px; }
    .fill.minus { background: var(--train); }
    .whisker { position: absolute; top: 7px; height: 2px; background: var(--ink); min-width: 1px; }
    .effects { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 14px; }
    .effects figcaption { margin: 0 0 4px; }
    .effect polyline.ice { stroke: var(--soft); stroke-width: 1; opacity: .28; }
    .effect circle.ice { fill: var(--soft); stroke: none; opacity: .28; }
    .effect polyline.mean { stroke-width: 3.5; stroke-linejoin: round; } .effect circle.mean { stroke: none; }
    .effect circle.val { fill: var(--val); }
    .effect .tick { stroke: var(--soft); stroke-width: 1.5; }
    .k0 { stroke: var(--k0); background: var(--k0); } .k1 { stroke: var(--k1); background: var(--k1); }
    .k2 { stroke: var(--k2); background: var(--k2); } .k3 { stroke: var(--k3); background: var(--k3); }
    .k4 { stroke: var(--k4); background: var(--k4); } .k5 { stroke: var(--k5); background: var(--k5); }
    .k6 { stroke: var(--k6); background: var(--k6); } .k7 { stroke: var(--k7); background: var(--k7); }
    .effect circle.k0 { fill: var(--k0); } .effect circle.k1 { fill: var(--k1); } .effect circle.k2 { fill: var(--k2); }
    .effect circle.k3 { fill: var(--k3); } .effect circle.k4 { fill: var(--k4); } .effect circle.k5 { fill: var(--k5); }
    .effect circle.k6 { fill: var(--k6); } .effect circle.k7 { fill: var(--k7); }
    .entry { margin-right: 14px; white-space: nowrap; } .line { display: inline-block; width: 20px; height: 4px; margin-right: 6px; vertical-align: middle; border-radius: 2px; }
    """
}
