"""The fixed parts of the HTML report: style and script. Nothing of a report goes into them.

Both are named in the page's content security policy by their hash, so that nothing else can run or load.
"""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2127; --faint: #5b6673; --line: #d8dee4; --page: #ffffff;
  --card: #f6f8fa; --mark: #fff1b8; --critical: #a40e26; --high: #c2410c; --medium: #8a5a00; --low: #0b6a6a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9aa7b4; --line: #303840;
  --page: #0f1317; --card: #171c22; --mark: #4d3f00; --critical: #ff7b85; --high: #ffa05c; --medium: #e6b450;
  --low: #5cc8c8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; font: 15px/1.5 system-ui, sans-serif;
  background: var(--page); color: var(--ink); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
code, pre, .place { font-family: ui-monospace, monospace; font-size: .875em; overflow-wrap: anywhere; }
.lead { margin: .4rem 0 0; } .faint { color: var(--faint); } .alarm { color: var(--critical); }
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: 1.5rem 0 .75rem; align-items: center; }
.tools[hidden] { display: none; }
.tools input[type=search] { flex: 1 1 16rem; padding: .45rem .6rem; border: 1px solid var(--line);
  border-radius: 6px; background: var(--page); color: inherit; font: inherit; }
details { border: 1px solid var(--line); border-left: 4px solid var(--edge, var(--line)); border-radius: 6px;
  margin: .5rem 0; } details[hidden] { display: none; }
summary { cursor: pointer; padding: .6rem .8rem; display: grid; gap: .1rem .8rem;
  grid-template-columns: 5rem 1fr auto; }
summary .place { grid-column: 2 / 4; color: var(--faint); }
.severity { color: var(--edge); font-weight: 600; }
.critical { --edge: var(--critical); } .high { --edge: var(--high); } .medium { --edge: var(--medium); }
.low { --edge: var(--low); }
.body { padding: 0 .8rem .8rem; border-top: 1px solid var(--line); }
pre { background: var(--card); padding: .6rem .8rem; border-radius: 6px; white-space: pre-wrap; }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 .15em; }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: .3rem .8rem; margin: .8rem 0 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
dd ul, ul.plain { margin: 0; padding-left: 1.1rem; }
a { color: inherit; }
@media print { .tools { display: none; } details { break-inside: avoid; } }
"""
"""One column, light and dark, readable on paper."""

SCRIPT: Final = """
"use strict";
const tools = document.querySelector(".tools");
if (tools) {
  tools.hidden = false;
  const search = tools.querySelector("input[type=search]");
  const boxes = [...tools.querySelectorAll("input[type=checkbox]")];
  const count = tools.querySelector("output");
  const cards = [...document.querySelectorAll("details")];
  const words = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
  const apply = () => {
    const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const kinds = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const card of cards) {
      const fits = kinds.has(card.dataset.severity) && wanted.every((word) => words.get(card).includes(word));
      card.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = shown + " of " + cards.length;
  };
  tools.addEventListener("input", apply);
  apply();
}
"""
"""Filters the findings by words and severity. Without it the page shows them all."""
