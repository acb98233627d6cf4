import { dark, figureStyle, light, type Scheme } from "../figures/svg.ts";

const names = ["paper", "ink", "muted", "rule", "first", "second", "accent"] as const;

/** Every colour is a variable of the scheme that the reader's system is set to; paper is printed in the light one. */
export const style = `
:root{color-scheme:light dark;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header,footer{max-width:70rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--rule)}
p{max-width:46rem;margin:.5rem 0}
.quiet{color:var(--muted)}
a{color:var(--first)}
:focus-visible{outline:2px solid var(--first);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0}
.tiles>div{border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem}
.tiles dt{color:var(--muted);font-size:.85rem}
.tiles dd{margin:0;font-size:1.05rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles dd.small{font-weight:400;font-size:.85rem;color:var(--muted)}
figure{margin:1rem 0;overflow-x:auto}
figcaption{color:var(--muted);font-size:.9rem;max-width:46rem}
.figure{display:block;width:100%;min-width:40rem;height:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--rule);vertical-align:top}
td.number,th.number{text-align:right}
td.links{white-space:nowrap}
td.long{overflow-wrap:anywhere;max-width:22rem}
.scroll th.long{overflow-wrap:anywhere;min-width:11rem}
th button:hover{text-decoration:underline}
.scroll{overflow:auto;max-height:34rem;border:1px solid var(--rule);border-radius:.5rem}
.scroll table{width:100%;font-size:.875rem}
.scroll th,.scroll td{padding:.3rem .5rem}
.scroll tbody th{font-weight:500}
.scroll thead th{position:sticky;top:0;background:var(--paper);white-space:nowrap;box-shadow:inset 0 -1px var(--rule)}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible{outline:2px solid var(--first)}
th button::after{content:"";display:inline-block;width:1em}
th[aria-sort=ascending] button::after{content:" ↑"}
th[aria-sort=descending] button::after{content:" ↓"}
.controls{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;margin:.75rem 0}
.controls[hidden]{display:none}
input[type=search]{font:inherit;padding:.35rem .6rem;min-width:18rem;color:inherit;background:transparent;border:1px solid var(--muted);border-radius:.4rem}
pre{overflow-x:auto;border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem;font-size:.9rem}
.badge{color:var(--accent);font-weight:600}
.doubts{border-left:3px solid var(--accent);padding-left:1rem}
footer{color:var(--muted);font-size:.9rem;padding:2rem 1.5rem 3rem}
${figureStyle({ ...light, ...asVariables() })}
@media (max-width:40rem){section{overflow-x:auto}}
@media print{
.scroll{max-height:none;overflow:visible;border:0}
#ranked tbody tr:nth-child(n+51),.controls,.skip{display:none}
#ranked{font-size:.7rem}#ranked th,#ranked td{padding:.15rem .3rem}.scroll th.long{min-width:0}
#ranked thead th:last-child,#ranked td:last-child{display:none}
h2{break-after:avoid}figure,tr{break-inside:avoid}.figure{min-width:0}
}
`;

function variables(scheme: Scheme): string {
  return names.map((name) => `--${name}:${scheme[name]}`).join(";");
}

function asVariables(): Scheme {
  return Object.fromEntries(names.map((name) => [name, `var(--${name})`])) as Record<(typeof names)[number], string>;
}
