//! The tables of words: lists, sequences and collocations.

use super::super::file::PublishedFile;
use super::super::publish::Publication;
use super::super::table::Value::{Count, Decimal, Text};
use super::super::table::{Column, Rows, Table, TableWriter};
use crate::error::Error;
use crate::stats::Groups;
use crate::stats::lexicon::{Collocation, Lexicon, Sequences, Word};
use crate::stats::sequences::Window;
use crate::stats::spectrum::Spectrum;

/// A word of a language, or a sequence of them.
pub struct WordRow<'r> {
    language: &'r str,
    rank: u64,
    word: &'r Word,
    /// Of the language.
    tokens: u64,
    /// How many words, or characters, it is.
    words: u64,
    /// Documents of the language whose words can be told.
    documents: u64,
    /// What its dispersion is taken over.
    parts: &'r str,
}

/// Rows of lists of words.
pub struct Words;

impl Rows for Words {
    type Row<'r> = WordRow<'r>;
}

/// `stats/words.csv`.
pub static WORDS: Table<Words> = Table {
    path: "stats/words.csv",
    row: "a word of a language, by frequency",
    columns: &[
        Column("language", Text(|row| row.language), "", "ISO 639-1 code"),
        Column("rank", Count(|row| Some(row.rank)), "", "by frequency, ties by code point order"),
        Column("word", Text(|row| &row.word.spelling), "", "lower case, NFC"),
        Column("frequency", Count(|row| Some(row.word.counts.frequency)), "tokens", "f"),
        Column(
            "per_million",
            Decimal(|row| Some(1e6 * row.word.counts.frequency as f64 / row.tokens as f64)),
            "tokens",
            "f·10⁶/N, N of the language",
        ),
        Column(
            "documents",
            Count(|row| Some(row.word.counts.documents)),
            "documents",
            "documents with it",
        ),
        Column(
            "range",
            Count(|row| Some(row.word.dispersion.as_ref()?.range)),
            "parts",
            "parts with it; the parts of all dispersion figures are the sources of the language, or its documents, as the column parts says",
        ),
        Column(
            "juilland_d",
            Decimal(|row| row.word.dispersion.as_ref()?.juilland_d),
            "",
            "1 − V/√(k−1); 1 is even (Juilland and Chang-Rodríguez 1964)",
        ),
        Column(
            "dp",
            Decimal(|row| Some(row.word.dispersion.as_ref()?.dp)),
            "",
            "½ Σ|t−w|; 0 is even (Gries 2008)",
        ),
        Column(
            "dp_norm",
            Decimal(|row| row.word.dispersion.as_ref()?.dp_norm),
            "",
            "DP/(1 − min w) over all parts; 0 is even (Lijffijt and Gries 2012)",
        ),
        Column(
            "carroll_d2",
            Decimal(|row| row.word.dispersion.as_ref()?.carroll_d2),
            "",
            "relative entropy of the rates; 1 is even (Carroll 1970)",
        ),
        Column(
            "rosengren_s",
            Decimal(|row| Some(row.word.dispersion.as_ref()?.rosengren_s)),
            "",
            "(Σ√(w·T))²/f; 1 is even (Rosengren 1971)",
        ),
        Column(
            "d_kl",
            Decimal(|row| Some(row.word.dispersion.as_ref()?.kl)),
            "",
            "KL/(1+KL), base 2; 0 is even (Gries 2020)",
        ),
        Column(
            "arf",
            Decimal(|row| row.word.reduced_frequency),
            "tokens",
            "average reduced frequency, (1/v) Σ min(d, v), v = N/f, over the documents of the language as a circle, in the order of the hash of their text (Savický and Hlaváčová 2002); empty without the family arf",
        ),
        Column(
            "rel_docf",
            Decimal(|row| match row.documents {
                0 => None,
                documents => Some(row.word.counts.documents as f64 / documents as f64),
            }),
            "",
            "documents / documents of the language whose words can be told",
        ),
        Column("parts", Text(|row| row.parts), "", "what its dispersion is taken over"),
    ],
};

/// `stats/ngrams.csv`.
pub static NGRAMS: Table<Words> = Table {
    path: "stats/ngrams.csv",
    row: "a sequence of words of a language, by frequency",
    columns: &[
        Column("language", Text(|row| row.language), "", "ISO 639-1 code"),
        Column("words", Count(|row| Some(row.words)), "words", "length"),
        Column(
            "rank",
            Count(|row| Some(row.rank)),
            "",
            "by frequency within language and length, ties by code point order",
        ),
        Column(
            "ngram",
            Text(|row| &row.word.spelling),
            "",
            "the words with spaces between them, within one sentence",
        ),
        Column(
            "frequency",
            Count(|row| Some(row.word.counts.frequency)),
            "occurrences",
            "f, exact",
        ),
        Column(
            "documents",
            Count(|row| Some(row.word.counts.documents)),
            "documents",
            "documents with it",
        ),
    ],
};

/// A collocation of a language.
pub struct CollocationRow<'r> {
    language: &'r str,
    rank: u64,
    row: &'r Collocation,
    window: &'r str,
}

/// Rows of `stats/collocations.csv`.
pub struct Collocations;

impl Rows for Collocations {
    type Row<'r> = CollocationRow<'r>;
}

/// `stats/characters.csv`.
pub static CHARACTERS: Table<Words> = Table {
    path: "stats/characters.csv",
    row: "a sequence of characters of a language, by frequency",
    columns: &[
        Column("language", Text(|row| row.language), "", "ISO 639-1 code"),
        Column("characters", Count(|row| Some(row.words)), "characters", "length"),
        Column(
            "rank",
            Count(|row| Some(row.rank)),
            "",
            "by frequency within language and length, ties by code point order",
        ),
        Column(
            "ngram",
            Text(|row| &row.word.spelling),
            "",
            "lower case, NFC, without white space, marks of punctuation included",
        ),
        Column(
            "frequency",
            Count(|row| Some(row.word.counts.frequency)),
            "occurrences",
            "f, exact",
        ),
        Column(
            "documents",
            Count(|row| Some(row.word.counts.documents)),
            "documents",
            "documents with it",
        ),
    ],
};

/// `stats/collocations.csv`.
pub static COLLOCATIONS: Table<Collocations> = Table {
    path: "stats/collocations.csv",
    row: "two words of a language that stand near each other, by logDice",
    columns: &[
        Column("language", Text(|row| row.language), "", "ISO 639-1 code"),
        Column(
            "rank",
            Count(|row| Some(row.rank)),
            "",
            "by logDice, ties by code point order; f ≥ 5 in 3 documents or more",
        ),
        Column(
            "collocation",
            Text(|row| &row.row.spelling),
            "",
            "a word x and a word y in a window of it, within one sentence; with the window 0 1 two adjacent words",
        ),
        Column(
            "frequency",
            Count(|row| Some(row.row.pair.together)),
            "occurrences",
            "O: f(xy), tokens of y in a window of x, each once",
        ),
        Column("documents", Count(|row| Some(row.row.documents)), "documents", "documents with it"),
        Column(
            "first",
            Count(|row| Some(row.row.pair.first)),
            "tokens",
            "f(x), all tokens of the first word",
        ),
        Column(
            "second",
            Count(|row| Some(row.row.pair.second)),
            "tokens",
            "f(y), all tokens of the second word",
        ),
        Column(
            "tokens",
            Count(|row| Some(row.row.pair.pairs)),
            "tokens",
            "N, all tokens of the language",
        ),
        Column(
            "expected",
            Decimal(|row| Some(row.row.pair.expected())),
            "occurrences",
            "E = w·f(x)·f(y)/N, w the places of a window; an upper bound for w > 1 (Evert 2008)",
        ),
        Column(
            "mi",
            Decimal(|row| Some(row.row.pair.mutual_information())),
            "bits",
            "log₂(O/E) (Church and Hanks 1990)",
        ),
        Column(
            "mi3",
            Decimal(|row| Some(row.row.pair.cubed_mutual_information())),
            "bits",
            "log₂(O³/E) (Daille 1994)",
        ),
        Column(
            "t",
            Decimal(|row| Some(row.row.pair.t_score())),
            "",
            "(O−E)/√O (Church et al. 1991)",
        ),
        Column(
            "g2",
            Decimal(|row| row.row.pair.g2()),
            "",
            "2 Σ O ln(O/E) over four cells, signed (Dunning 1993); empty where the windows of x may be most of the corpus",
        ),
        Column(
            "log_dice",
            Decimal(|row| Some(row.row.pair.log_dice())),
            "",
            "14 + log₂(2·f(xy)/(w·f(x)+f(y))) (Rychlý 2008; for w > 1 as in RKorAPClient)",
        ),
        Column(
            "lambda",
            Decimal(|row| row.row.pair.lambda()),
            "",
            "log odds ratio of the four cells of g2, each + ½ (Blaheta and Johnson 2001; quanteda, whose cells are those of pairs)",
        ),
        Column("z", Decimal(|row| row.row.pair.z()), "", "lambda/√(Σ 1/(O+½)), Wald's statistic"),
        Column(
            "window",
            Text(|row| row.window),
            "",
            "places before and behind x that y was looked for in",
        ),
    ],
};

/// Writes `stats/words.csv`: the most frequent words of each language.
pub fn write_words(
    publication: &Publication,
    lexicon: &Lexicon,
    groups: &Groups<'_>,
    parts: &'static str,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &WORDS)?;
    for (language, words) in &lexicon.words {
        let tokens = lexicon.languages.get(language).map_or(0, Spectrum::tokens);
        let group = groups.languages.get(language.as_str());
        let documents = group.map_or(0, |cell| cell.sizes.tokens().n());
        for (rank, word) in (1..).zip(words) {
            table.row(&WordRow { language, rank, word, tokens, words: 1, documents, parts })?;
        }
    }
    table.finish()
}

/// Writes `stats/ngrams.csv` or `stats/characters.csv`: the most frequent sequences of each length in each language.
pub fn write_sequences(
    publication: &Publication,
    table: &'static Table<Words>,
    sequences: &[(usize, Sequences)],
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, table)?;
    for (words, sequences) in sequences {
        for (language, rows) in &sequences.lists {
            for (rank, word) in (1..).zip(rows) {
                let words = *words as u64;
                let row =
                    WordRow { language, rank, word, tokens: 0, words, documents: 0, parts: "" };
                table.row(&row)?;
            }
        }
    }
    table.finish()
}

/// Writes `stats/collocations.csv`: the strongest of each language by logDice.
pub fn write_collocations(
    publication: &Publication,
    pairs: Option<&Sequences>,
    window: Window,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &COLLOCATIONS)?;
    let window = format!("{} {}", window.left, window.right);
    for (language, rows) in pairs.into_iter().flat_map(|pairs| &pairs.collocations) {
        for (rank, row) in (1..).zip(rows) {
            table.row(&CollocationRow { language, rank, row, window: &window })?;
        }
    }
    table.finish()
}
