/**
 * Colours that carry meaning are those of the pictures (`../style.ts`), lighter on dark paper; all
 * text keeps a contrast of 4.5 or more.
 */
export const STYLESHEET = `
:root {
  --paper: #fff; --ink: #1a1f27; --muted: #5d6778; --hairline: #e3e7ed; --track: #f4f6f9;
  --finetune: #0067a3; --frozen: #ab5600; --right: #007a5a; --wrong: #c04600; --link: #0067a3;
  --shade: #1a1f2759;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181f; --ink: #e6e9ef; --muted: #a3adbb; --hairline: #303846; --track: #1c222c;
    --finetune: #58b4ec; --frozen: #f0a53a; --right: #3fbf93; --wrong: #ff9257; --link: #7cc4f2;
    --shade: #ffffff38;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 58rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0; font-size: 2rem; }
h2 { margin: 0 0 .5rem; font-size: 1.4rem; }
h3 { margin: 1.75rem 0 .25rem; font-size: 1.05rem; }
p { max-width: 42rem; margin: .5rem 0; }
section { margin-top: 2.5rem; padding-top: 1.75rem; border-top: 1px solid var(--hairline); }
.muted, figcaption, footer { color: var(--muted); }
footer { margin-top: 3rem; font-size: .9rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .75rem; font-size: .95rem; }
a { color: var(--link); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .875rem; line-height: 1.45; margin-top: .35rem; }
code, .path { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .8125rem; }
.hero { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem 2.5rem; }
.big { margin: 0; font-size: 4rem; font-weight: 650; line-height: 1.1; letter-spacing: -.02em; }
.but { margin: .25rem 0 .75rem; color: var(--wrong); font-size: 1.25rem; font-weight: 600; line-height: 1.3; }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; margin-top: .75rem; }
.charts > figure { flex: 0 1 auto; max-width: 100%; }
.charts figcaption { max-width: 21rem; }
.chart { display: block; max-width: 100%; height: auto; font-size: 12px; overflow: visible; --plot-background: var(--paper); }
.wide {
  max-width: 100%; overflow-x: auto;
  background:
    linear-gradient(90deg, var(--paper) 40%, transparent) left / 2.5rem 100% local,
    linear-gradient(270deg, var(--paper) 40%, transparent) right / 2.5rem 100% local,
    radial-gradient(farthest-side at 0 50%, var(--shade), transparent) left / .8rem 100% scroll,
    radial-gradient(farthest-side at 100% 50%, var(--shade), transparent) right / .8rem 100% scroll;
  background-repeat: no-repeat;
}
.wide:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.wide > div > .chart { max-width: none; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 45%), 1fr)); gap: 1.25rem 1rem; margin-top: 1rem; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.5rem; margin-top: 1rem; }
.pair > div { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--track); }
.right { color: var(--right); font-weight: 600; }
.wrong { color: var(--wrong); font-weight: 600; }
figcaption strong { color: var(--ink); }
.path { font-size: .75rem; }
.path, code, dd { overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .5rem 0; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem 1.25rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--hairline); }
.wide td:not(:last-child) { white-space: nowrap; }
thead th { color: var(--muted); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: normal; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--muted); }
dd { margin: 0; }
details { margin: .75rem 0; }
summary { cursor: pointer; color: var(--link); }
pre { margin: .5rem 0; font: .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.advice { padding-left: 1.4rem; }
.advice li { max-width: 42rem; margin: .75rem 0; }
.legend { color: var(--muted); font-size: .9rem; }
.error { color: var(--wrong); font-weight: 600; }
.warning { color: var(--frozen); font-weight: 600; }
.note { color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.1rem; }
.legend > span { white-space: nowrap; }
.legend span span { display: inline-block; vertical-align: middle; margin-right: .4rem; }
.swatch { width: 1.4rem; height: .3rem; border-radius: 2px; }
.swatch.finetune { background: var(--finetune); }
.swatch.frozen { background: var(--frozen); }
.line { width: 1.5rem; border-top: 2.5px solid var(--muted); }
.line.dashed { border-top: 2px dashed var(--muted); }
.ring { width: .85rem; height: .85rem; border: 2px solid var(--muted); border-radius: 50%; }
.run { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; align-items: flex-start; }
.run > .wide { flex: 1 1 22rem; }
.dag { max-width: 100%; height: auto; flex: 0 1 auto; }
.dag .edges { fill: none; stroke: var(--muted); stroke-width: 1.5; }
.dag rect { fill: var(--track); stroke: var(--muted); stroke-width: 1.5; }
.dag text { fill: var(--ink); font-size: 14px; font-weight: 550; text-anchor: middle; }
.dag .status { font-size: 12px; font-weight: 400; }
.dag .ran rect { stroke: var(--finetune); }
.dag .ran .status { fill: var(--finetune); }
.dag .cached rect { stroke: var(--right); stroke-dasharray: 5 3; }
.dag .cached .status { fill: var(--right); }
.dag .failed rect { stroke: var(--wrong); stroke-width: 2.5; }
.dag .failed .status { fill: var(--wrong); }
@media print { nav { display: none; } section { break-inside: avoid; } }
`;
