"""Main text of HTML pages: copydesk before and after its stages beside trafilatura and the crates for it, in word F1 and
pages a second.

    python3 -m venv /tmp/pages && /tmp/pages/bin/pip install trafilatura
    cargo build --release --manifest-path benches/peers/extractors/Cargo.toml --target-dir /tmp/extractors
    /tmp/pages/bin/python benches/peers/pages.py ../shared/data/gold_boilerplate_dev.jsonl target/release/copydesk [ARTICLES
        [/tmp/extractors/release/extractors]]

No labelled HTML is at hand, so pages are built: the kept lines of a labelled page are the article, its other lines the
furniture, in seven layouts. What that leaves out is the wildness of real markup; the figures compare, they do not promise.
All files are written to a temporary folder. Needs Python 3.9.
"""

import collections
import csv
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

escape = html.escape


def articles(gold):
    """Headline, lines, and whether each is kept, of labelled pages with 500 characters of article and some furniture."""
    pages = set()
    for row in map(json.loads, open(gold, encoding="utf-8")):
        lines = row["raw_text"].split("\n")
        if row["variant"] != "p_all" or row["page"] in pages or len(lines) != len(row["labels"]):
            continue
        pages.add(row["page"])
        labelled = [(l, k) for l, k in zip(lines, row["labels"]) if l.strip() and k in ("keep", "drop")]
        kept = [line for line, label in labelled if label == "keep"]
        if len(" ".join(kept)) >= 500 and len(kept) < len(labelled):
            yield row["title"] or kept[0][:60], row["lang"], labelled


class Page:
    """One article, and what stands around it."""

    def __init__(self, article, pool, draw):
        self.title, self.language, self.labelled = article
        self.kept = [line for line, label in self.labelled if label == "keep"]
        self.dropped = [line for line, label in self.labelled if label == "drop"]
        self.pool, self.draw = pool, draw

    def teasers(self, count):
        lines = (escape(self.draw.choice(self.pool)) for _ in range(count))
        return "".join(f'<li><a href="/{n}">{line}</a></li>' for n, line in enumerate(lines))

    def paragraphs(self, tag="p"):
        return "\n".join(f"<{tag}>{escape(line)}</{tag}>" for line in self.kept)

    def shell(self, body):
        title = escape(self.title)
        return (
            f'<!DOCTYPE html><html lang="{self.language}"><head><meta charset="utf-8"><title>{title} | The Example Courier</title>'
            f'<meta property="og:title" content="{title}"><script>var x="<p>no</p>";</script></head><body>{body}</body></html>'
        )

    def semantic(self):
        end = "".join(f"<p>{escape(line)}</p>" for line in self.dropped[:6])
        return (
            f"<header><nav><ul>{self.teasers(12)}</ul></nav></header><main><article><h1>{escape(self.title)}</h1>{self.paragraphs()}"
            f'</article><aside class="sidebar"><ul>{self.teasers(8)}</ul></aside></main><footer>{end}</footer>'
        )

    def columns(self):
        left = list(self.dropped)
        body = []
        for number, line in enumerate(self.kept):
            body.append(f"<p>{escape(line)}</p>")
            if left and number % 4 == 2:
                body.append(f'<div class="related"><ul><li><a href="/x">{escape(left.pop())}</a></li></ul></div>')
        return (
            f'<div class="menu">{self.teasers(10)}</div><div class="left"><h1>{escape(self.title)}</h1><div class="story-body">'
            f'{"".join(body)}</div></div><div class="right"><ul>{self.teasers(6)}</ul></div>'
        )

    def table(self):
        text = "<br><br>".join(map(escape, self.kept))
        end = "<br>".join(map(escape, self.dropped[:5]))
        return (
            f"<table><tr><td width=150><ul>{self.teasers(9)}</ul></td><td><b>{escape(self.title)}</b><br><br>{text}</td></tr>"
            f"<tr><td colspan=2><font size=1>{end}</font></td></tr></table>"
        )

    def boxes(self):
        box = escape(self.draw.choice(self.dropped))
        comments = "".join(f'<div class="comment"><p>{escape(self.draw.choice(self.pool))}</p></div>' for _ in range(5))
        return (
            f'<div class="nav"><ul>{self.teasers(14)}</ul></div><h1>{escape(self.title)}</h1><div class="content">'
            f'{self.paragraphs("div")}<div class="newsletter-signup"><p>{box}</p></div></div><div class="comments">{comments}</div>'
        )

    def sections(self):
        parts = []
        for number, line in enumerate(self.kept):
            parts.append(f"<section><p>{escape(line)}</p></section>")
            if number % 5 == 1:
                caption = escape(self.draw.choice(self.pool))
                parts.append(f'<figure><img src="/i.jpg" alt=""><figcaption>{caption}</figcaption></figure>')
            if number % 6 == 3:
                parts.append('<div class="share-bar"><a href=#>Share</a></div><div class="ad">Advertisement</div>')
        return (
            f'<ul class="nav">{self.teasers(10)}</ul><article><h1>{escape(self.title)}</h1>{"".join(parts)}</article>'
            f"<section><h2>More stories</h2><ul>{self.teasers(5)}</ul></section>"
        )

    def in_order(self):
        """The lines of the page where they stood, furniture in boxes of its own."""
        lines = "".join(
            f"<p>{escape(line)}</p>" if label == "keep" else f'<div class="box">{escape(line)}</div>'
            for line, label in self.labelled
        )
        return f'<h1>{escape(self.title)}</h1><div class="body-text">{lines}</div>'

    def bare(self):
        """Every line a paragraph of one block: nothing but the words tells them apart."""
        return "<div>" + "".join(f"<p>{escape(line)}</p>" for line, _ in self.labelled) + "</div>"

    LAYOUTS = (semantic, columns, table, boxes, sections, in_order, bare)


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


def word_f1(expected, found):
    expected, found = words(expected), words(found)
    both = sum((expected & found).values())
    return 2 * both / max(1, sum(expected.values()) + sum(found.values()))


def read(binary, folder, out, stages):
    config = out.with_suffix(".toml")
    config.write_text(f"stages = {json.dumps(stages)}\n")
    began = time.monotonic()
    run = [binary, "run", folder, "-o", out, "--config", config, "--quiet", "--threads", "1"]
    code = subprocess.run(run).returncode
    assert code in (0, 3), code
    seconds = time.monotonic() - began
    csv.field_size_limit(1 << 30)
    rows = csv.DictReader(open(out / "documents.csv", encoding="utf-8", newline=""))
    return {row["id"]: row["text"] for row in rows}, seconds


def by_crates(extractors, folder):
    """What each crate of `extractors/` finds, and the seconds that it takes."""
    for name in subprocess.run([extractors], capture_output=True, text=True, check=True).stdout.split():
        ran = subprocess.run([extractors, name, folder], capture_output=True, text=True, check=True)
        rows = map(json.loads, ran.stdout.splitlines())
        yield f"{name} (crate)", ({row["page"]: row["text"] for row in rows}, float(ran.stderr.split()[-1]))


def main():
    gold, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else 150
    draw = random.Random(7)
    chosen = list(articles(gold))
    draw.shuffle(chosen)
    pool = [line for _, _, lines in chosen for line, label in lines if label == "drop" and len(line) < 140]
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = work / "pages"
        folder.mkdir()
        pages = {}
        for number, article in enumerate(chosen[:limit]):
            page = Page(article, pool, draw)
            for layout in Page.LAYOUTS:
                name = f"{number:03}-{layout.__name__}.html"
                (folder / name).write_text(page.shell(layout(page)), encoding="utf-8")
                pages[name] = "\n".join(page.kept)
        found = {"copydesk, read alone": read(binary, folder, work / "before", [])}
        found["copydesk, cleaned"] = read(binary, folder, work / "after", ["language", "boilerplate", "learned-boilerplate"])
        import trafilatura

        sources = {name: (folder / name).read_text(encoding="utf-8") for name in pages}
        began = time.monotonic()
        texts = {name: trafilatura.extract(source, include_comments=False) or "" for name, source in sources.items()}
        found[f"trafilatura {trafilatura.__version__}"] = texts, time.monotonic() - began
        if len(sys.argv) > 4:
            found.update(by_crates(sys.argv[4], folder))
    print(f"{len(pages)} pages; word F1 by layout: " + ", ".join(layout.__name__ for layout in Page.LAYOUTS))
    for tool, (texts, seconds) in found.items():
        by_layout = collections.defaultdict(list)
        for name, expected in pages.items():
            by_layout[name[4:-5]].append(word_f1(expected, texts.get(name, "")))
        scores = [sum(by_layout[layout.__name__]) / len(by_layout[layout.__name__]) for layout in Page.LAYOUTS]
        each = " ".join(f"{score:.3f}" for score in scores)
        print(f"{tool:24} {sum(scores) / len(scores):.3f}  {each}  {len(pages) / seconds:.0f} pages/s")


main()
