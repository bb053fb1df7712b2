/// The style sheet of the pages: one column, light or dark following the system, readable at a
/// width of 400 pixels and in print.
package enum PageStyle {
  package static let css = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --tint: #f5f7f9;
      --train: #b35900; --val: #0b62c4; --right: #2a78d0; --wrong: #e07b00; --on-wrong: #201000;
      --good: #1a7f37; --warn: #8a5a00; --bad: #b42318;
      --good-tint: #e7f5ea; --warn-tint: #fdf3d8; --bad-tint: #fdecea; --changed: #fff3c4;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #12161c; --ink: #e4e8ec; --soft: #9aa5b1; --line: #313944; --tint: #1a2028;
        --train: #f0a050; --val: #68aef5; --right: #2f77c4; --wrong: #c46a00; --on-wrong: #ffffff;
        --good: #56c271; --warn: #e5b84a; --bad: #ff8478;
        --good-tint: #14281a; --warn-tint: #2e2612; --bad-tint: #331a18; --changed: #3d3413;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 24px 20px 48px; max-width: 1120px; background: var(--paper);
      color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif;
      overflow-wrap: anywhere;
    }
    h1 { font-size: 28px; line-height: 1.2; margin: 0; }
    h2 { font-size: 19px; margin: 40px 0 12px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
    h3 { font-size: 15px; margin: 20px 0 8px; }
    p { margin: 8px 0; }
    code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px; }
    .soft, figcaption, caption { color: var(--soft); }
    .top { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; }
    .badge { padding: 1px 10px; border-radius: 10px; font-size: 13px; font-weight: 600; border: 1px solid currentColor; }
    .badge.good { color: var(--good); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); }
    .tags span { display: inline-block; margin: 6px 6px 0 0; padding: 0 8px; border-radius: 8px; font-size: 13px; background: var(--tint); border: 1px solid var(--line); }
    .note { margin: 6px 0 0; white-space: pre-line; } .note small { color: var(--soft); margin-right: 8px; }
    .facts { color: var(--soft); } .facts span + span::before { content: " · "; }
    .alert { margin: 14px 0 0; padding: 10px 14px; border-left: 5px solid; border-radius: 4px; }
    .alert strong { display: block; } .alert span { color: var(--ink); white-space: pre-line; }
    .alert.bad { background: var(--bad-tint); color: var(--bad); }
    .alert.warn { background: var(--warn-tint); color: var(--warn); }
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 10px; margin-top: 20px; }
    .card { background: var(--tint); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
    .card b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; }
    .card small { color: var(--soft); display: block; font-size: 12.5px; }
    ul.insights { list-style: none; padding: 0; margin: 0; }
    ul.insights li { display: flex; gap: 10px; padding: 5px 0; }
    ul.insights i { flex: 0 0 22px; height: 22px; line-height: 22px; text-align: center; border-radius: 11px; font-style: normal; font-weight: 700; background: var(--tint); color: var(--soft); }
    li.good i { background: var(--good-tint); color: var(--good); }
    li.warning i { background: var(--warn-tint); color: var(--warn); }
    .scroll { overflow-x: auto; max-width: 100%; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { padding: 4px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; color: var(--soft); white-space: nowrap; }
    .n { text-align: right; white-space: nowrap; }
    td small { display: block; color: var(--soft); }
    .plain { width: 100%; }
    .scroll td { overflow-wrap: break-word; }
    .label { min-width: 90px; }
    .matrix td, .matrix th { text-align: center; padding: 3px 4px; min-width: 38px; border: 2px solid var(--paper); white-space: nowrap; }
    .matrix th.row { text-align: right; }
    .matrix .zero { color: var(--soft); opacity: .55; }
    .right { background: color-mix(in srgb, var(--right) var(--heat), transparent); }
    .wrong { background: color-mix(in srgb, var(--wrong) var(--heat), transparent); }
    .deep { color: #fff; font-weight: 600; }
    .wrong.deep { color: var(--on-wrong); }
    .bar { display: block; height: 8px; min-width: 60px; margin-top: 7px; border-radius: 4px; background: var(--line); }
    .bar span { display: block; height: 8px; border-radius: 4px; background: var(--val); }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 18px; }
    figure { margin: 0; }
    figure.wide { grid-column: 1 / -1; }
    figure img { display: block; width: 100%; height: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 6px; }
    figcaption { margin-top: 4px; font-size: 13.5px; }
    @media (max-width: 600px) {
      figure.plot { overflow-x: auto; }
      figure.plot img { width: 600px; max-width: none; }
      figure.plot figcaption { position: sticky; left: 0; }
    }
    .explained img { image-rendering: pixelated; padding: 4px; background: var(--paper); }
    .explained figcaption b, .explained figcaption span { display: block; }
    .explained figcaption b { color: var(--ink); }
    .chart { display: block; width: 100%; height: auto; background: var(--tint); border: 1px solid var(--line); border-radius: 6px; }
    .chart text { fill: var(--soft); font-size: 11px; }
    .chart .grid { stroke: var(--line); } .chart .best { stroke: var(--good); stroke-dasharray: 4 4; }
    .chart polyline { fill: none; stroke-width: 2; }
    .chart .train { stroke: var(--train); } .chart .val { stroke: var(--val); }
    .chart polyline.train { stroke-dasharray: 6 3; }
    .chart circle { fill: var(--paper); stroke-width: 1.5; }
    .key { display: inline-block; width: 22px; height: 0; border-top: 3px solid; vertical-align: middle; margin: 0 5px 0 12px; }
    .key.train { border-top-style: dashed; border-color: var(--train); } .key.val { border-color: var(--val); }
    .key.best { border-top: 2px dashed var(--good); }
    .yaml { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: 8px 0; width: 100%; }
    .yaml div { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 0 12px; }
    .yaml span:first-child { white-space: pre-wrap; flex: 1 1 300px; }
    .yaml span:last-child { color: var(--soft); flex: 1 1 200px; }
    .yaml .dim { color: var(--soft); }
    .yaml .changed { background: var(--changed); font-weight: 600; }
    .yaml .changed span:last-child { color: var(--ink); }
    .graph td:first-child { position: relative; padding-left: 28px; }
    .graph td:first-child::before { content: ""; position: absolute; left: 11px; top: 0; bottom: 0; border-left: 2px solid var(--line); }
    .graph td:first-child::after { content: ""; position: absolute; left: 7px; top: 10px; width: 10px; height: 10px; border-radius: 50%; background: var(--val); }
    .graph tr:first-child td:first-child::before { top: 12px; }
    .graph tr:last-child td:first-child::before { bottom: auto; height: 12px; }
    .graph .ends td:first-child::after { background: var(--paper); border: 2px solid var(--val); }
    .hash { color: var(--soft); font-size: 11.5px; }
    footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
    @media (max-width: 560px) {
      body { padding: 16px 12px 32px; font-size: 14.5px; }
      .cards { grid-template-columns: repeat(2, 1fr); }
      th, td { padding: 4px 6px; }
      .yaml div { flex-wrap: nowrap; gap: 8px; padding: 0 8px; font-size: 12px; }
      .yaml span:first-child { flex: 1 1 auto; }
      .yaml span:last-child { flex: 0 1 42%; font-size: 11px; text-align: right; }
      .bar { min-width: 34px; }
      .narrow-off { display: none; } .label { min-width: 40px; }
      .matrix td, .matrix th { min-width: 30px; padding: 3px 1px; font-size: 12px; border-width: 1px; }
      .stack tr { display: block; padding: 4px 0; border-bottom: 1px solid var(--line); }
      .stack th, .stack td { display: block; border: 0; padding: 0 4px; text-align: left; }
    }
    @media print {
      :root {
        color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --tint: #fff;
        --train: #b35900; --val: #0b62c4; --right: #2a78d0; --wrong: #e07b00; --on-wrong: #201000;
        --good: #1a7f37; --warn: #8a5a00; --bad: #b42318; --changed: #fff3c4;
        --good-tint: #fff; --warn-tint: #fff; --bad-tint: #fff;
      }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      body { max-width: none; padding: 0; font-size: 11pt; }
      .scroll { overflow: visible; }
      h2, h3, caption { break-after: avoid; }
      figure, tr, .card, .alert, li { break-inside: avoid; }
      .matrix { font-size: 8pt; } .hash { font-size: 6.5pt; }
    }
    """
}
