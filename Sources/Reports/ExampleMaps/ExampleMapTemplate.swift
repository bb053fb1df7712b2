/// The templates of a map, within a section. Values in double braces are escaped.
package enum ExampleMapTemplate {
  /// The points, and a legend that hides some of them.
  package static let view = """
    <div class="view">
    {{#notes}}
    <p>{{.}}</p>
    {{/notes}}
    <div class="choices">
    <label><input type="radio" name="map" id="tsne" checked> t-SNE</label>
    <label><input type="radio" name="map" id="pca"> principal components</label>
    {{#hasWrong}}<label><input type="checkbox" id="wrong"> wrong predictions only ({{wrong}})</label>{{/hasWrong}}
    </div>
    <div class="map">
    {{#points}}
    <i class="{{style}}" style="{{place}}" data-t="{{text}}"></i>
    {{/points}}
    {{#labels}}
    <b class="name g{{number}}" style="{{place}}">{{name}}</b>
    {{/labels}}
    </div>
    <div class="scroll"><table class="legend">
    <thead><tr><th>{{groupHeading}}</th><th class="n">examples</th>{{#hasPurity}}<th class="n">neighbour purity</th>{{/hasPurity}}</tr></thead>
    <tbody>
    {{#groups}}
    <tr><td><label>{{#hasFilter}}<input type="checkbox" id="g{{number}}" checked aria-label="show {{name}}">{{/hasFilter}}<span class="dot {{style}}"></span>{{name}}</label></td><td class="n">{{count}}</td>{{#hasPurity}}<td class="n">{{purity}}</td>{{/hasPurity}}</tr>
    {{/groups}}
    </tbody></table></div>
    </div>

    """

  /// What the map is worth.
  package static let numbers = """
    {{#numbers}}
    <p>{{.}}</p>
    {{/numbers}}
    {{#remarks}}
    <p class="soft">{{.}}</p>
    {{/remarks}}

    """

  /// Colours, shapes and places of points.
  static let css = """
    :root {
      --c0: #0072b2; --c1: #c85200; --c2: #00825f; --c3: #b5508c; --c4: #8a6d00; --c5: #5b4bc4; --c6: #5f6670; --c7: #8c3b2a;
      --q0: #0b4f9e; --q1: #4a86c8; --q2: #7c858f; --q3: #cc7a1e; --q4: #9c3d00;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --c0: #56b4e9; --c1: #f58f4a; --c2: #2fc79c; --c3: #e79bc6; --c4: #e2c44c; --c5: #a79bf5; --c6: #b4bbc4; --c7: #d98c77;
        --q0: #3f8fe8; --q1: #8fc4f7; --q2: #aab4bf; --q3: #f2b36b; --q4: #e0702e;
      }
    }
    .choices { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0; }
    .map { position: relative; width: 100%; max-width: 860px; aspect-ratio: 1; margin: 0 auto 14px; background: var(--tint); border: 1px solid var(--line); border-radius: 8px; }
    .p { position: absolute; width: 8px; height: 8px; margin: -4px 0 0 -4px; border-radius: 50%; left: calc(var(--x) * 1%); top: calc(var(--y) * 1%); transition: left .7s, top .7s; }
    .name { position: absolute; left: calc(var(--x) * 1%); top: calc(var(--y) * 1%); transform: translate(-50%, -50%); padding: 0 5px; border-radius: 4px; font-size: 13px; line-height: 1.35; background: color-mix(in srgb, var(--paper) 82%, transparent); pointer-events: none; transition: left .7s, top .7s; white-space: nowrap; max-width: 40%; overflow: hidden; text-overflow: ellipsis; }
    .view:has(#pca:checked) .p, .view:has(#pca:checked) .name { left: calc(var(--a) * 1%); top: calc(var(--b) * 1%); }
    .view:has(#wrong:checked) .p:not(.w) { display: none; }
    .c0 { background: var(--c0); } .c1 { background: var(--c1); } .c2 { background: var(--c2); } .c3 { background: var(--c3); }
    .c4 { background: var(--c4); } .c5 { background: var(--c5); } .c6 { background: var(--c6); } .c7 { background: var(--c7); }
    .q0 { background: var(--q0); } .q1 { background: var(--q1); } .q2 { background: var(--q2); } .q3 { background: var(--q3); } .q4 { background: var(--q4); }
    .s1 { border-radius: 0; } .s2 { border-radius: 0; transform: rotate(45deg) scale(.85); } .s3 { border-radius: 0; border-bottom-left-radius: 100%; }
    .p.w { box-shadow: 0 0 0 1.5px var(--paper), 0 0 0 3.5px var(--ink); }
    .p:hover { z-index: 9; transform: none; }
    .p:hover::after { content: attr(data-t); position: absolute; left: 14px; top: -4px; width: max-content; max-width: 200px; padding: 3px 8px; border-radius: 4px; font: 13px/1.35 system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; color: var(--paper); background: var(--ink); }
    .p.t:hover::before { content: ""; position: absolute; left: 14px; top: -120px; width: 112px; height: 112px; border: 1px solid var(--ink); border-radius: 4px; background-color: #fff; background-position: calc(var(--u) * -112px) calc(var(--v) * -112px); image-rendering: pixelated; }
    .p.r:hover::after, .p.r:hover::before { left: auto; right: 14px; }
    .dot { display: inline-block; width: 11px; height: 11px; margin: 0 8px 0 4px; border-radius: 50%; }
    .dot.s1, .dot.s2, .dot.s3 { border-radius: 0; } .dot.s3 { border-bottom-left-radius: 100%; }
    .view .scroll { max-height: 460px; overflow-y: auto; } .legend { margin: 0 auto; } .legend td { padding: 2px 10px; }
    @media (max-width: 560px) { .p { width: 6px; height: 6px; margin: -3px 0 0 -3px; } .name { font-size: 11px; } .p:hover::after { max-width: 150px; } }
    @media (prefers-reduced-motion: reduce) { .p, .name { transition: none; } }
    """
}
