#!/usr/bin/env python3
"""Lets real producers write dumps of pages of our own, and checks that copydesk reads what they wrote.

    python3 -m venv /tmp/producers && /tmp/producers/bin/pip install trafilatura newspaper4k warcio fastwarc
    /tmp/producers/bin/python tests/producers/produce.py target/release/copydesk
    python3 -m venv /tmp/news-please && /tmp/news-please/bin/pip install news-please
    /tmp/news-please/bin/python tests/producers/produce.py target/release/copydesk

news-please wants another `lxml` than trafilatura does, and so an environment of its own. Not part of `cargo test`: it needs packages from PyPI. A producer that is not installed is named and passed over. The exit code
is the number of dumps that were not read as they should be.
"""

import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

PAGES = [
    (
        "https://www.harbour-post.example/2024/03/02/kite",
        "Kite carries a letter across the bay of Plovermere",
        "2024-03-02",
        [
            "A kite that two sisters had let go on the mole of Plovermere came down on the far side of the bay on Saturday.",
            "The letter on its tail was addressed to nobody in particular, and was answered by the keeper of the toll house there.",
            "He wrote that he had been waiting for mail for eleven years, and enclosed a button for the kite’s lost eye.",
        ],
    ),
    (
        "https://www.harbour-post.example/2024/03/03/well",
        "Well of Nether Aldby gives water again after a century",
        "2024-03-03",
        [
            "The old well on the green of Nether Aldby, dry since the railway was dug, has given water again since Sunday morning.",
            "The parish had wanted to fill it with gravel the week after. The order for four tonnes has been called off.",
            "“It tastes of pennies,” said the sexton, Hieronymus Klee, who was the first to let down a bucket, and the second to drink.",
        ],
    ),
]


def html(page):
    url, title, day, paragraphs = page
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:site_name" content="Harbour Post"><link rel="canonical" href="{url}">'
        f'<meta property="article:published_time" content="{day}T08:00:00Z"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    )


def trafilatura_json(folder):
    import trafilatura

    lines = [
        trafilatura.extract(html(page), url=page[0], output_format="json", with_metadata=True)
        for page in PAGES
    ]
    (folder / "articles.jsonl").write_text("".join(line + "\n" for line in lines))


def trafilatura_files(folder):
    import trafilatura

    for number, page in enumerate(PAGES):
        text = trafilatura.extract(html(page), url=page[0], output_format="json", with_metadata=True)
        (folder / f"{number}.json").write_text(text)


def trafilatura_csv(folder):
    """Tabs, no header, `null` for nothing; a file a page, as its command line writes them, and one with all pages."""
    import trafilatura

    rows = [
        trafilatura.extract(html(page), url=page[0], output_format="csv", with_metadata=True)
        for page in PAGES
    ]
    (folder / "all.csv").write_text("".join(row.rstrip("\n") + "\n" for row in rows))


def trafilatura_csv_files(folder):
    import trafilatura

    for number, page in enumerate(PAGES):
        row = trafilatura.extract(html(page), url=page[0], output_format="csv", with_metadata=True)
        (folder / f"{number}.csv").write_text(row)


def news_please_json(folder):
    from newsplease import NewsPlease

    for number, page in enumerate(PAGES):
        article = NewsPlease.from_html(html(page), url=page[0])
        record = article.get_serializable_dict()
        (folder / f"{number}.json").write_text(json.dumps(record, indent=4, sort_keys=True))


def newspaper_json(folder):
    import newspaper

    articles = []
    for page in PAGES:
        article = newspaper.Article(page[0])
        article.download(input_html=html(page))
        article.parse()
        articles.append(json.loads(article.to_json()))
    (folder / "articles.json").write_text(json.dumps(articles, indent=2))


def warcio_gz(folder):
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with open(folder / "pages.warc.gz", "wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(writer.create_warcinfo_record("pages.warc.gz", {"software": "ours"}))
        for page in PAGES:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], "HTTP/1.1")
            body = io.BytesIO(html(page).encode())
            record = writer.create_warc_record(page[0], "response", payload=body, http_headers=headers)
            writer.write_record(record)
        missing = StatusAndHeaders("404 Not Found", [("Content-Type", "text/html")], "HTTP/1.1")
        record = writer.create_warc_record(
            PAGES[0][0] + "x", "response", payload=io.BytesIO(b"<html>gone</html>"), http_headers=missing
        )
        writer.write_record(record)


def fastwarc_copies(folder):
    """What FastWARC makes of warcio's file, in gzip members of its own."""
    from fastwarc import ArchiveIterator, GzipWriter

    with tempfile.TemporaryDirectory() as work:
        warcio_gz(pathlib.Path(work))
        with open(folder / "pages.warc.gz", "wb") as file, GzipWriter(file) as out:
            for record in ArchiveIterator(str(pathlib.Path(work) / "pages.warc.gz"), parse_http=False):
                record.write(out, checksum_data=True)


# What writes, and the rows of `rejected.csv` it should come to.
PRODUCERS = [
    (trafilatura_json, []),
    (trafilatura_files, []),
    (trafilatura_csv, []),
    (trafilatura_csv_files, []),
    (news_please_json, []),
    (newspaper_json, []),
    (warcio_gz, ["http_status"]),
    (fastwarc_copies, ["http_status"]),
]


def rows(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def wrong_with(binary, folder, out, rejected):
    command = [binary, "run", "--quiet", str(folder), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode not in (0, 3):
        return f"exit {done.returncode}: {done.stderr}"
    documents = {row["title"]: row for row in rows(out / "documents.csv")}
    if [row["reason"] for row in rows(out / "rejected.csv")] != rejected:
        return f"rejected: {rows(out / 'rejected.csv')}"
    if sorted(documents) != sorted(page[1] for page in PAGES):
        return f"titles: {sorted(documents)}"
    for url, title, day, paragraphs in PAGES:
        row = documents[title]
        missing = [paragraph for paragraph in paragraphs if paragraph not in row["text"]]
        if missing:
            return f"{title}: {missing} missing in {row['text']!r}"
        if row["published"] != day:
            return f"{title}: published {row['published']!r}"
        if row["source"] not in ("harbour-post.example", "Harbour Post"):
            return f"{title}: source {row['source']!r}"
        if row.get("url") != url:
            return f"{title}: url {row.get('url')!r}"
    return None


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    failures = 0
    for produce, rejected in PRODUCERS:
        with tempfile.TemporaryDirectory() as work:
            folder, out = pathlib.Path(work) / "dump", pathlib.Path(work) / "out"
            folder.mkdir()
            try:
                produce(folder)
            except ImportError as error:
                print(f"{produce.__name__}: passed over: {error}")
                continue
            wrong = wrong_with(binary, folder, out, rejected)
        print(f"{produce.__name__}: {wrong or 'read as written'}")
        failures += wrong is not None
    sys.exit(failures)


if __name__ == "__main__":
    main()
