"""A contact sheet of a batch in one HTML file: what failed first, then what is doubtful, so that a person looks there.

It needs nothing but a browser: small cut-outs are part of it, and so are the few lines of script that sort and filter.
"""

import base64
import html
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from matting_studio.app.batch.rows import Row, RowState
from matting_studio.app.batch.workplace import Workplace, put_in_place

_MARK = '<meta name="generator" content="Matting Studio, contact sheet of a batch">'
_HEAD_BYTES = 1024
"""The mark is among them."""

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
{mark}
<title>{title}</title>
<style>
  :root {{ --page: #f4f4f5; --card: #fff; --text: #1c1c1f; --quiet: #6a6a72; --line: #dcdce0; --bad: #b3261e;
    --square: #d9d9de; --ground: #fff; }}
  @media (prefers-color-scheme: dark) {{ :root {{ --page: #19191c; --card: #232327; --text: #ececf0; --quiet: #9a9aa3;
    --line: #37373d; --bad: #ff8a80; --square: #3a3a41; --ground: #2b2b30; }} }}
  body {{ margin: 0; background: var(--page); color: var(--text); font: 14px/1.4 system-ui, sans-serif; }}
  header {{ position: sticky; top: 0; z-index: 1; background: var(--page); border-bottom: 1px solid var(--line);
    padding: 12px 16px; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; }}
  h1 {{ font-size: 16px; margin: 0; }}
  .quiet {{ color: var(--quiet); }}
  main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(208px, 1fr)); gap: 12px; padding: 16px; }}
  article {{ background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow: hidden;
    content-visibility: auto; contain-intrinsic-size: 208px 300px; }}
  article[hidden] {{ display: none; }}
  .picture {{ height: 200px; display: grid; place-items: center; background: repeating-conic-gradient(
    var(--square) 0 25%, var(--ground) 0 50%) 0 / 20px 20px; }}
  .picture img {{ max-width: 192px; max-height: 192px; }}
  .white .picture {{ background: #fff; }}
  .black .picture, .alpha .picture {{ background: #000; }}
  .alpha .picture img {{ filter: brightness(0) invert(1); }}
  .text {{ padding: 8px 10px; overflow-wrap: anywhere; }}
  .bad {{ color: var(--bad); }}
  a {{ color: inherit; }}
  label, select, input {{ font: inherit; }}
</style>
<body>
<header>
  <h1>{title}</h1>
  <span class="quiet">{summary}</span>
  <label>Show <select id="show"><option value="">all</option>{states}</select></label>
  <label>Sort by <select id="sort"><option value="doubt">doubt</option><option value="name">name</option>
    <option value="seconds">time</option></select></label>
  <label>On <select id="ground"><option value="">checkerboard</option><option value="white">white</option>
    <option value="black">black</option><option value="alpha">alpha only</option></select></label>
  <label>Name has <input id="filter" type="search" size="14"></label>
  <span class="quiet" id="count"></span>
</header>
<main>
"""

_FOOT = """</main>
<script>
  const main = document.querySelector("main"), cards = [...main.children];
  const pick = (name) => document.getElementById(name);
  function sort() {
    const by = pick("sort").value;
    const byName = (a, b) => a.dataset.name.localeCompare(b.dataset.name);
    const order = by === "name" ? byName : (a, b) => b.dataset[by] - a.dataset[by] || byName(a, b);
    main.append(...cards.sort(order));
  }
  function filter() {
    const text = pick("filter").value.toLowerCase(), state = pick("show").value;
    let shown = 0;
    for (const card of cards) {
      card.hidden = !card.dataset.name.toLowerCase().includes(text) || (state && card.dataset.state !== state);
      shown += !card.hidden;
    }
    pick("count").textContent = shown + " of " + cards.length;
  }
  pick("sort").onchange = sort;
  pick("show").onchange = pick("filter").oninput = filter;
  pick("ground").onchange = () => { document.body.className = pick("ground").value; };
  filter();
</script>
</body>
</html>
"""


def write_report(path: Path, rows: Sequence[Row], place: Workplace) -> None:
    """Write the contact sheet, whole or not at all; links in it are relative to where it lies. Raises OSError."""
    draft = place.partial / "report.html"
    with draft.open("wb") as file:
        for part in _parts(path, rows, place.output):
            # Names that are no text are shown with their odd bytes as escapes.
            file.write(part.encode(errors="backslashreplace"))
    path.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(draft, path)


def is_report(path: Path) -> bool:
    """Whether a file is a contact sheet, by what is in it. Raises OSError."""
    with path.open("rb") as file:
        return _MARK.encode() in file.read(_HEAD_BYTES)


def by_doubt(row: Row) -> tuple[float, str]:
    """What should be looked at first comes first: failures, then by falling doubt."""
    return -_doubt(row), row.name


def _parts(path: Path, rows: Sequence[Row], output: Path) -> Iterator[str]:
    counts = {state: sum(row.state is state for row in rows) for state in RowState}
    present = [state for state, count in counts.items() if count]
    yield _HEAD.format(
        mark=_MARK,
        title=html.escape(f"Batch: {output.name or output}"),
        summary=f"{datetime.now():%Y-%m-%d %H:%M}, " + ", ".join(f"{counts[state]} {state}" for state in present),
        states="".join(f"<option>{state}</option>" for state in present),
    )
    for row in sorted(rows, key=by_doubt):
        yield _card(row, path.absolute().parent)
    yield _FOOT


def _card(row: Row, folder: Path) -> str:
    name = html.escape(row.name)
    facts = [str(row.state)]
    if row.seconds is not None:
        facts.append(f"{row.seconds:.1f} s")
    if row.doubt is not None:
        facts.append(f"doubt {row.doubt:.2f}")
    lines = [f'<div class="quiet">{", ".join((*facts, *map(html.escape, row.doubts)))}</div>']
    if row.reason is not None:
        lines.append(f'<div class="bad">{html.escape(row.reason)}</div>')
    lines += [f'<div class="quiet">{html.escape(warning)}</div>' for warning in row.warnings]
    links = " ".join(f'<a href="{_link(result, folder)}">{html.escape(result.name)}</a>' for result in row.results)
    return (
        f'<article data-name="{name}" data-state="{row.state}" data-doubt="{_doubt(row)}" '
        f'data-seconds="{row.seconds or 0}">\n'
        f'<div class="picture">{_picture(row)}</div>\n'
        f'<div class="text"><a href="{_link(row.photo, folder)}">{name}</a>{"".join(lines)}<div>{links}</div></div>\n'
        "</article>\n"
    )


def _picture(row: Row) -> str:
    if row.thumbnail is None:
        return ""
    try:
        data = row.thumbnail.read_bytes()
    except OSError:  # somebody tidied up, or took the disk away: the rest is worth a report still
        return ""
    return f'<img loading="lazy" alt="" src="data:image/webp;base64,{base64.b64encode(data).decode()}">'


def _link(target: Path, folder: Path) -> str:
    try:
        relative = os.path.relpath(target.absolute(), folder)
    except ValueError:  # another drive of Windows
        return target.absolute().as_uri()
    return quote(Path(relative).as_posix().encode(errors="surrogateescape"))


def _doubt(row: Row) -> float:
    """Failures stand before everything."""
    if row.state is RowState.FAILED:
        return 2.0
    return -1.0 if row.doubt is None else row.doubt
