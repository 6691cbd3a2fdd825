//! Sums over parts of a corpus are those over all of it.

use proptest::prelude::*;

use super::*;
use crate::census::Workspace;
use crate::document::{DocId, Drop, Findings, Language};
use crate::stats::again::{Asked, WordOrder};
use crate::stats::lexicon::{Lexicon, Sequences};
use crate::stats::sequences::Window;
use crate::stats::vocabulary::Vocabulary;
use crate::stats::{Families, Groups, figures};

const FAMILIES: Families = Families {
    diversity: true,
    readability: true,
    words: true,
    arf: true,
    shape: true,
    before: true,
    growth: true,
    dropped: true,
    characters: true,
    ngrams: true,
    collocations: true,
    collocation_window: WINDOW,
    dispersion_over_documents: true,
};
const WINDOW: Window = Window { left: 2, right: 1 };
const AGAIN: Asked = Asked { reduced_frequency: true, dispersion: true, growth: true };

/// Source, language, day, words.
type Page = (u8, u8, u8, Vec<u8>);

fn document((source, language, day, words): &Page) -> Document {
    let body: Vec<_> = words.iter().map(|word| format!("word{word}")).collect();
    // Paragraphs and sentences of a few words.
    let body: Vec<_> = body.chunks(7).map(|words| words.join(" ")).collect();
    let body = format!("Say {}.", body.join(".\n\nSo "));
    let mut document = Document::new(DocId(0), "a", format!("s{source}"), "", &body);
    let mut findings = Findings::default();
    findings.cut(0..4, "first");
    document.apply("test", findings);
    document.dating.day = if *day > 0 { format!("2025-03-0{day}") } else { String::new() };
    let code = if *language == 0 { "en" } else { "de" };
    let (confidence, foreign_share) = (f64::from(*day) / 4.0, f64::from(*source) / 20.0);
    let label = Language { confidence, foreign_share, ..Language::default() };
    document.language = Some(Language { code: code.into(), ..label });
    if words.len() == 3 {
        let why = "short".into();
        let reject = Drop::Reject { reason: why, detail: String::new() };
        document.apply("gate", Findings { drop: Some(reject), ..Findings::default() });
        document.measures = Some(crate::stats::measure(&document));
        document.forget_text();
    }
    document
}

/// All sums of some pages: groups, words after and before, words in their order; by language sequences of words and of
/// characters, and pairs.
struct Sums {
    tally: Tally,
    words: [Vocabulary; 2],
    order: WordOrder,
    sequences: Vec<Vocabulary>,
}

/// Lengths of sequences of words, of characters, and the pairs.
const KINDS: usize = 4 + 3 + 1;
const LANGUAGES: [&str; 2] = ["en", "de"];

fn count(pages: &[Page]) -> Sums {
    let workspace = Workspace::new(&std::env::temp_dir(), 2_000);
    let mut tally = Tally::default();
    let [mut words, mut before] = [(); 2].map(|()| Vocabulary::new(&workspace));
    let mut order = WordOrder::new(&workspace);
    // How sequences go to disk is tested with the vocabulary; eight tables that do so for each case would take a minute.
    let roomy = Workspace::new(&std::env::temp_dir(), 1 << 20);
    let mut sequences: Vec<_> = (0..KINDS).map(|_| Vocabulary::new(&roomy)).collect();
    for page in pages {
        let document = document(page);
        let profile = document.is_kept().then(|| Profile::of(&document, FAMILIES));
        let cell = tally.add(&document, profile.as_ref());
        let Some(profile) = profile else { continue };
        let lexis = profile.lexis.as_ref().expect("words between spaces");
        words.add(cell, lexis.words(), |place| lexis.spelling(place)).unwrap();
        let was = profile.lexis_before().expect("words between spaces");
        before.add(cell, was.words(), |place| was.spelling(place)).unwrap();
        let language = u32::from(document.language.as_ref().is_some_and(|l| *l.code == *"de"));
        order.add(document.body(), language, &lexis.packed).unwrap();
        let of_words = lexis.ngrams.iter().flat_map(|of| of.lengths());
        let of_characters = profile.characters.iter().flat_map(|of| of.lengths());
        for (all, of) in sequences.iter_mut().zip(of_words.chain(of_characters)) {
            all.add(language, of.strings(), |place| of.spelling(place)).unwrap();
        }
        let pairs = lexis.pairs.as_ref().expect("a window beyond the next word");
        let all = sequences.last_mut().expect("the pairs");
        all.add(language, pairs.strings(), |place| pairs.spelling(&lexis.reading, place)).unwrap();
    }
    Sums { tally, words: [words, before], order, sequences }
}

impl Sums {
    /// Adds another part of the corpus, as it would come from another machine.
    fn merge(&mut self, more: Self) {
        let bytes = postcard::to_stdvec(&more.tally).unwrap();
        let tally: Tally = postcard::from_bytes(&bytes).unwrap();
        let numbers = self.tally.merge(&tally);
        for (words, more) in self.words.iter_mut().zip(more.words) {
            words.merge(more, &numbers).unwrap();
        }
        self.order.merge(more.order, &[0, 1]).unwrap();
        for (sequences, more) in self.sequences.iter_mut().zip(more.sequences) {
            sequences.merge(more, &[0, 1]).unwrap();
        }
    }

    /// Everything that is published of a corpus.
    fn published(self) -> Vec<String> {
        let Self { tally, words: [words, before], order, sequences } = self;
        let languages = LANGUAGES.map(str::to_owned);
        let mut lexicon = Lexicon::of(words, &tally, 50, true).unwrap();
        order.finish(&languages, &mut lexicon, AGAIN).unwrap();
        let before = Lexicon::of(before, &tally, 0, false).unwrap();
        let groups = Groups::of(&tally);
        let diversity = groups.iter().flat_map(|(scope, key, cell)| {
            let mut rows = figures::diversity(cell, lexicon.spectrum(scope, key), scope, key);
            rows.extend(figures::diversity_before(cell, before.spectrum(scope, key), scope, key));
            rows
        });
        let figures = groups.funnel_figures().chain(groups.size_figures(FAMILIES)).chain(diversity);
        let figures = figures.chain(figures::readability(&tally, &groups));
        let mut rows: Vec<_> = figures.map(|figure| format!("{figure:?}")).collect();
        rows.extend(groups.iter().map(|(scope, key, cell)| {
            format!("{scope} {key} {:?} {:?}", cell.funnel.kept_text, cell.funnel.dropped_text)
        }));
        rows.extend(tally.days().iter().map(|day| format!("{day:?}")));
        rows.extend(lexicon.words.iter().map(|words| format!("{words:?}")));
        rows.push(format!("{:?}", lexicon.observed));
        for sequences in sequences {
            let lists = Sequences::of(sequences, &languages, 50, Some((&lexicon, WINDOW))).unwrap();
            rows.push(format!("{lists:?}"));
        }
        rows
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_figure_depends_on_order_cut_or_merging(
        mut pages in proptest::collection::vec(
            (0u8..3, 0u8..2, 0u8..4, proptest::collection::vec(0u8..30, 0..160)), 1..12),
        cuts in (0usize..12, 0usize..12),
    ) {
        let whole = count(&pages).published();
        let (first, second) = (cuts.0.min(pages.len()), cuts.1.min(pages.len()));
        let (first, second) = (first.min(second), first.max(second));
        let mut sums = count(&pages[..first]);
        sums.merge(count(&pages[first..second]));
        sums.merge(count(&pages[second..]));
        prop_assert_eq!(&sums.published(), &whole);
        pages.reverse();
        prop_assert_eq!(&count(&pages).published(), &whole);
    }
}

#[test]
fn of_too_many_days_the_same_are_kept_in_any_order() {
    let days: Vec<_> = (0..MAX_DAYS + 20).map(|day| format!("{day:07}")).collect();
    let count = |days: &mut dyn Iterator<Item = &String>| {
        let mut tally = Tally::default();
        for day in days {
            tally.merge_day(day, Day { found: 1, kept: 1 });
            tally.merge_day(day, Day { found: 1, kept: 0 });
        }
        tally
    };
    let forward = count(&mut days.iter());
    assert_eq!(forward, count(&mut days.iter().rev()));
    assert_eq!(forward.days().len(), MAX_DAYS + 1);
    assert_eq!(forward.days().get(""), Some(&Day { found: 40, kept: 20 }));
    let (mut left, right) = (count(&mut days[5..].iter()), count(&mut days[..5].iter()));
    left.merge(&right);
    assert_eq!(left, forward);
}
