"""Computes the figures of a run again with other people's code, and says where they differ and why.

    python measures.py OUT

OUT is the output of `stages = ["language", "stats"]` with the families diversity, readability, words, shape, arf, growth and
collocations (any window, either kind of dispersion parts), over a dump in which every document is a source of its own, so that the figures of a source are those of a document. Needs
lexicalrichness, textstat==0.7.4 (later ones download a dictionary), lexical-diversity, uniseg and xxhash from PyPI. Not a part of
`cargo test`: it is run when a formula or the tokenizer changes.

Words and sentences come from uniseg, which follows UAX #29 with tables of its own; formulas from LexicalRichness,
lexical-diversity (Kyle), textstat, and, where no package has them, written out here from quanteda, tlda and the papers.
"""

import csv
import math
import re
import statistics
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import textstat
import xxhash
from lexical_diversity import lex_div
from lexicalrichness import LexicalRichness
from scipy.optimize import minimize_scalar
from scipy.special import zeta
from uniseg.graphemecluster import grapheme_clusters
from uniseg.sentencebreak import sentences
from uniseg.wordbreak import words

csv.field_size_limit(1 << 30)
EXACT = 1.5e-6  # six decimals are printed, and a figure of integers is rounded once

REASONS = {
    "LexicalRichness msttr": "drops the last segment even where it is full (`del scores[-1]`)",
    "LexicalRichness Maas": "natural logarithms; ours are base 10: times ln 10",
    "LexicalRichness, own tokens": "lower case, punctuation and digits deleted, split at white space: 3.5 vanishes, don't is dont",
    "quanteda Maas": "the square root of a²",
    "lexical-diversity (Kyle) mtld_min10": "a factor that closes on the last token counts as a partial one",
    "textstat, own text": "words at white space, hyphenation points (pyphen) as syllables, which are too few, sentences at [.!?]",
}


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def unguarded(cell):
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(tuple("=+-@\t\r\0＝＋－＠")) else cell


def is_word(segment):
    return any(character.isalnum() for character in segment)


def tokenized(text):
    """Tokens as they stand and as types, and tokens a sentence; a line end ends a sentence."""
    raw, lengths = [], []
    for line in text.split("\n"):
        for sentence in sentences(line):
            tokens = [word.lstrip() for word in words(sentence) if is_word(word)]
            if tokens or is_word(sentence):
                lengths.append(len(tokens))
                raw += tokens
    return raw, [unicodedata.normalize("NFC", token).lower() for token in raw], lengths


def quanteda(tokens):
    """textstat_lexdiv, from its R and C++ code."""
    spectrum = Counter(Counter(tokens).values())
    n, v = len(tokens), len(set(tokens))
    squares = sum(types * (i / n) ** 2 for i, types in spectrum.items())
    return {
        "ttr": v / n,
        "herdan_c": math.log10(v) / math.log10(n),
        "root_ttr": v / math.sqrt(n),
        "cttr": v / math.sqrt(2 * n),
        "yule_k": 1e4 * (-1 / n + squares),
        "simpson_d": sum(types * (i / n) * ((i - 1) / (n - 1)) for i, types in spectrum.items()),
        "Maas": math.sqrt((math.log10(n) - math.log10(v)) / math.log10(n) ** 2),
    }


def zipf_beta(tokens):
    spectrum = Counter(Counter(tokens).values())
    v = sum(spectrum.values())
    logs = sum(types * math.log(i) for i, types in spectrum.items())
    loss = lambda beta: beta * logs + v * math.log(zeta(beta))
    return minimize_scalar(loss, bounds=(1.0001, 30), method="bounded", options={"xatol": 1e-10}).x


def arf(tokens):
    places = defaultdict(list)
    for place, token in enumerate(tokens):
        places[token].append(place)
    n, figures = len(tokens), {}
    for token, at in places.items():
        v = n / len(at)
        distances = [after - before for before, after in zip(at, at[1:])] + [at[0] + n - at[-1]]
        figures[token] = sum(min(distance, v) for distance in distances) / v
    return figures


def dispersion(parts, sizes):
    """tlda's formulas over all parts of a language; `parts` in the order of `sizes`."""
    t, w, k = sum(parts), sum(sizes), len(sizes)
    shares, weights = [part / t for part in parts], [size / w for size in sizes]
    rates = [part / size for part, size in zip(parts, sizes)]
    mean = sum(rates) / k
    dp = sum(abs(s - e) for s, e in zip(shares, weights)) / 2
    kl = sum(s * math.log2(s / e) for s, e in zip(shares, weights) if s)
    relative = [rate / sum(rates) for rate in rates]
    spread = math.sqrt(sum((rate - mean) ** 2 for rate in rates) / k)
    return {
        "range": sum(part > 0 for part in parts),
        "juilland_d": 1 - spread / mean / math.sqrt(k - 1),
        "dp": dp,
        "dp_norm": dp / (1 - min(weights)),
        "carroll_d2": -sum(r * math.log2(r) for r in relative if r) / math.log2(k),
        "rosengren_s": sum(math.sqrt(e * part) for e, part in zip(weights, parts)) ** 2 / t,
        "d_kl": kl / (1 + kl),
    }


class Table:
    def __init__(self):
        self.found = defaultdict(list)

    def add(self, measure, against, ours, theirs):
        if ours in ("", None) or theirs is None:
            return
        self.found[measure, against].append((float(ours), float(theirs)))

    def print(self):
        print(f"{'measure':24} {'against':30} {'values':>7} {'equal':>7} {'largest difference':>19}  reason")
        for (measure, against), pairs in self.found.items():
            equal = sum(abs(ours - theirs) <= EXACT + 1e-9 * abs(theirs) for ours, theirs in pairs)
            most = max(abs(ours - theirs) for ours, theirs in pairs)
            relative = statistics.median((ours - theirs) / theirs if theirs else 0.0 for ours, theirs in pairs)
            reason = ""
            if equal < len(pairs):
                keys = (f"{against} {measure}", against)
                reason = next((REASONS[key] for key in keys if key in REASONS), "UNEXPLAINED")
                reason += f" (median {100 * relative:+.1f} %)"
            print(f"{measure:24} {against:30} {len(pairs):7} {equal:7} {most:19.7f}  {reason}")


def attempt(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except (ValueError, ZeroDivisionError):
        return None


def of_documents(out, table, texts, languages):
    figures = defaultdict(dict)
    for name in ("sizes", "diversity", "frequency", "readability"):
        for row in rows(out / f"stats/{name}.csv"):
            if row["scope"] == "source" and row["state"] == "after":
                figures[row["key"]][row["statistic"]] = row["value"]
    wide = {row["id"]: row for row in rows(out / "stats/documents.csv")}
    for identity, (source, text) in texts.items():
        ours, row, language = figures[source], wide[identity], languages[identity]
        raw, tokens, lengths = tokenized(text)
        table.add("tokens", "uniseg", row["tokens"], len(tokens))
        table.add("sentences", "uniseg", row["sentences"], len(lengths))
        table.add("types", "uniseg", row["types"], len(set(tokens)))
        table.add("chars", "len(str)", row["chars"], len(text))
        lex, own = LexicalRichness(tokens, preprocessor=None, tokenizer=None), LexicalRichness(text)
        named = {"ttr": "ttr", "root_ttr": "rttr", "cttr": "cttr", "herdan_c": "Herdan", "yule_k": "yulek", "simpson_d": "simpsond", "maas_a2": "Maas"}
        for name, theirs in named.items():
            table.add("Maas" if name == "maas_a2" else name, "LexicalRichness", ours[name], getattr(lex, theirs))
        table.add("maas_a2", "lexical-diversity (Kyle)", ours["maas_a2"], lex_div.maas_ttr(tokens))
        for name, window in (("mattr_100", 100), ("mattr_500", 500)):
            table.add(name, "LexicalRichness", row[name], attempt(lex.mattr, window_size=window))
        table.add("msttr", "LexicalRichness", row["msttr_100"], attempt(lex.msttr, segment_window=100))
        full = [len(set(tokens[at : at + 100])) / 100 for at in range(0, len(tokens) - 99, 100)]
        table.add("msttr_100", "definition", row["msttr_100"], statistics.mean(full) if full else None)
        table.add("mtld", "LexicalRichness", row["mtld"], attempt(lex.mtld, threshold=0.72))
        table.add("mtld_min10", "lexical-diversity (Kyle)", row["mtld_min10"], lex_div.mtld(tokens))
        table.add("hdd_42", "LexicalRichness", row["hdd_42"], attempt(lex.hdd, draws=42))
        table.add("hdd_42", "lexical-diversity (Kyle)", row["hdd_42"], lex_div.hdd(tokens) if len(tokens) >= 42 else None)
        for name, theirs in quanteda(tokens).items():
            table.add(name, "quanteda", ours["maas_a2" if name == "Maas" else name], theirs)
        table.add("entropy_h", "definition", ours["entropy_h"], -sum(f / len(tokens) * math.log2(f / len(tokens)) for f in Counter(tokens).values()))
        table.add("zipf_beta_mle", "scipy", ours["zipf_beta_mle"], zipf_beta(tokens))
        for name, theirs in (("ttr", own.ttr), ("mtld", attempt(own.mtld)), ("mattr_100", attempt(own.mattr, window_size=100))):
            table.add(name, "LexicalRichness, own tokens", ours.get(name) or row[name], theirs)
        shape(table, text, raw, ours)
        readability(table, text, raw, lengths, ours, row, language)


def shape(table, text, raw, ours):
    def of_category(letter):
        return sum(unicodedata.category(character)[0] == letter for character in text)

    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    table.add("bytes", "len(bytes)", ours["bytes"], len(text.encode()))
    table.add("paragraphs", "pattern", ours["paragraphs"], len(paragraphs))
    table.add("graphemes", "uniseg", ours["graphemes"], sum(1 for _ in grapheme_clusters(text)))
    table.add("puncts", "unicodedata", ours["puncts"], of_category("P"))
    table.add("symbols", "unicodedata", ours["symbols"], of_category("S"))
    table.add("numbers", "definition", ours["numbers"], sum(not any(map(str.isalpha, token)) for token in raw))
    table.add("sentence_tokens_mean", "uniseg", ours["sentence_tokens_mean"], ours["sentence_tokens_mean"] and len(raw) / len(tokenized(text)[2]))
    by_paragraph = [len(tokenized(part)[1]) for part in paragraphs]
    table.add("paragraph_tokens_mean", "uniseg", ours["paragraph_tokens_mean"], statistics.mean(by_paragraph))
    table.add("paragraph_tokens_p50", "uniseg", ours["paragraph_tokens_p50"], sorted(by_paragraph)[(len(by_paragraph) + 1) // 2 - 1])
    table.add("token_chars_mean", "uniseg", ours["token_chars_mean"], statistics.mean(map(len, raw)))


def readability(table, text, raw, lengths, ours, row, language):
    n, s = len(raw), len(lengths)
    long = sum(len(token) > 6 for token in raw)
    chars = sum(map(len, raw))
    table.add("lix", "formula on uniseg", row["lix"], n / s + 100 * long / n)
    table.add("rix", "formula on uniseg", row["rix"], long / s)
    textstat.set_lang(language if language in ("en", "de", "es", "fr", "it", "nl", "ru", "hu") else "en")
    textstat.set_rounding(False)
    table.add("lix", "textstat, own text", row["lix"], textstat.lix(text))
    table.add("rix", "textstat, own text", row["rix"], textstat.rix(text))
    if language == "en":
        table.add("ari_en", "formula on uniseg", ours["ari_en"], 4.71 * chars / n + 0.5 * n / s - 21.43)
        table.add("coleman_liau_en", "formula on uniseg", ours["coleman_liau_en"], 5.88 * chars / n - 29.6 * s / n - 15.8)
        others = {"ari_en": textstat.automated_readability_index, "coleman_liau_en": textstat.coleman_liau_index, "fog_en": textstat.gunning_fog,
                  "fk_grade_en": textstat.flesch_kincaid_grade, "smog_en": textstat.smog_index}
        for name, theirs in others.items():
            table.add(name, "textstat, own text", ours[name], theirs(text))
    if row["flesch"]:
        table.add(row["flesch_formula"], "textstat, own text", row["flesch"], textstat.flesch_reading_ease(text))
    if language == "it":
        table.add("gulpease_it", "textstat, own text", ours["gulpease_it"], textstat.gulpease_index(text))
        table.add("gulpease_it", "formula on uniseg", ours["gulpease_it"], 89 + (300 * s - 10 * chars) / n)
    if language == "de":
        for variant in (1, 2, 3, 4):
            table.add(f"wiener_{variant}_de", "textstat, own text", ours[f"wiener_{variant}_de"], textstat.wiener_sachtextformel(text, variant))


def of_languages(out, table, texts, languages):
    """Word lists with dispersion and ARF: every document is a part."""
    tokens = {identity: tokenized(text)[1] for identity, (_, text) in texts.items()}
    for language in set(languages.values()):
        parts = [identity for identity in texts if languages[identity] == language]
        parts.sort(key=lambda identity: xxhash.xxh3_64_intdigest(texts[identity][1].encode()))
        counts = [Counter(tokens[identity]) for identity in parts]
        sizes = [len(tokens[identity]) for identity in parts]
        in_order = [token for identity in parts for token in tokens[identity]]
        growth(out, table, language, sum(counts, Counter()), in_order)
        reduced = arf(in_order)
        for row in rows(out / "stats/words.csv"):
            if row["language"] != language:
                continue
            word = unguarded(row["word"])
            table.add("frequency", "uniseg", row["frequency"], sum(count[word] for count in counts))
            table.add("documents", "uniseg", row["documents"], sum(word in count for count in counts))
            table.add("rel_docf", "uniseg", row["rel_docf"], sum(word in count for count in counts) / len(parts))
            table.add("arf", "definition", row["arf"], reduced.get(word))
            if len(parts) > 1:
                for name, theirs in dispersion([count[word] for count in counts], sizes).items():
                    table.add(name, "tlda", row[name], theirs)


def growth(out, table, language, counts, in_order):
    n, spectrum = sum(counts.values()), Counter(counts.values())
    for row in rows(out / "stats/growth.csv"):
        if (row["scope"], row["key"]) == ("language", language):
            left = 1 - int(row["tokens"]) / n
            theirs = len(counts) - sum(types * left**i for i, types in spectrum.items())
            table.add("growth", "Baayen 2001", row["types"], theirs)
            table.add("growth observed", "definition", row["types_observed"], len(set(in_order[: int(row["tokens"])])))


def of_pairs(out, table, texts, languages):
    if not (out / "stats/collocations.csv").exists():
        return
    pairs, singles = defaultdict(Counter), defaultdict(Counter)
    windows = {row["window"] for row in rows(out / "stats/collocations.csv")} or {"0 1"}
    left, right = map(int, windows.pop().split())
    for identity, (_, text) in texts.items():
        _, tokens, lengths = tokenized(text)
        singles[languages[identity]].update(tokens)
        at = 0
        for length in lengths:
            sentence = tokens[at : at + length]
            for place, collocate in enumerate(sentence):
                near = sentence[max(0, place - right) : place] + sentence[place + 1 : place + 1 + left]
                pairs[languages[identity]].update((word, collocate) for word in set(near))
            at += length
    for row in rows(out / "stats/collocations.csv"):
        single = singles[row["language"]]
        x, y = unguarded(row["collocation"]).split(" ")
        o, fx, fy, n = pairs[row["language"]][x, y], single[x], single[y], sum(single.values())
        fx *= left + right
        e = fx * fy / n
        if min(fx - o, fy - o, n - fx - fy + o) < 0:
            assert row["g2"] == row["lambda"] == row["z"] == ""
            continue
        smooth = [cell + 0.5 for cell in (o, fx - o, fy - o, n - fx - fy + o)]
        interaction = math.log(smooth[0] * smooth[3] / smooth[1] / smooth[2])
        cells = [(o, e), (fx - o, fx * (n - fy) / n), (fy - o, fy * (n - fx) / n), (n - fx - fy + o, (n - fx) * (n - fy) / n)]
        g2 = 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen > 0)
        table.add("collocation frequency", "uniseg", row["frequency"], o)
        theirs = {"mi": math.log2(o / e), "mi3": math.log2(o**3 / e), "t": (o - e) / math.sqrt(o), "g2": math.copysign(g2, o - e), "log_dice": 14 + math.log2(2 * o / (fx + fy)),
                  "lambda": interaction, "z": interaction / math.sqrt(sum(1 / cell for cell in smooth))}
        for name, value in theirs.items():
            table.add(name, "definition", row[name], value)


def main(out):
    texts, languages = {}, {}
    for row in rows(out / "documents.csv"):
        texts[row["id"]] = (row["source"], unguarded(row["text"]))
        languages[row["id"]] = row["language"]
    table = Table()
    of_documents(out, table, texts, languages)
    of_languages(out, table, texts, languages)
    of_pairs(out, table, texts, languages)
    print(f"{len(texts)} texts, {', '.join(f'{n} {code}' for code, n in Counter(languages.values()).most_common())}\n")
    table.print()


main(Path(sys.argv[1]))
