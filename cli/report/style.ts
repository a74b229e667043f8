/** How the page looks: on a screen in the light and in the dark, on a phone, and on paper. */
import { Markup } from "./html.ts";

export const STYLE = new Markup(`
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d0d7de; --good: #0969da; --bad: #cf222e; --refused: #9a6700; --box: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b1; --paper: #0d1117; --line: #3d444d; --good: #58a6ff; --bad: #ff7b72; --refused: #d29922; --box: #161b22; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--paper); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
a { color: var(--good); }
p.soft, dd small, caption, figcaption { color: var(--soft); }
dl.measures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dl.measures div { background: var(--box); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; }
dl.measures dt { font-weight: 600; }
dl.measures dd { margin: 0; }
dl.measures strong { display: block; font-size: 1.4rem; }
dl.measures small { display: block; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; }
svg { display: block; width: 100%; max-width: 36rem; font-size: 11px; }
svg text { fill: var(--text); }
.grid { stroke: var(--line); }
.confirmed, .step, .median { fill: var(--good); }
.reverted { fill: var(--bad); }
.refused { fill: var(--refused); }
.range { stroke: var(--good); stroke-width: 2; }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .8em; background: currentColor; }
.key.confirmed { color: var(--good); } .key.reverted { color: var(--bad); } .key.refused { color: var(--refused); }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
td.text { overflow-wrap: anywhere; min-width: 14rem; }
caption { text-align: left; padding-bottom: .3rem; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print {
  :root { --text: #000; --soft: #333; --paper: #fff; --line: #999; --good: #0550ae; --bad: #a40e26; --refused: #7d4e00; --box: #fff; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  section.series { break-before: page; }
  .table { overflow: visible; }
  tr, figure, dl.measures div { break-inside: avoid; }
  thead { display: table-header-group; }
  svg, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`);
