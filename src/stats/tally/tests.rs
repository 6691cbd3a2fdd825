//! Sums over parts of a corpus are those over all of it.

use proptest::prelude::*;

use super::*;
use crate::census::Workspace;
use crate::document::{DocId, Findings, Language};
use crate::stats::lexicon::Lexicon;
use crate::stats::reduced::WordOrder;
use crate::stats::vocabulary::Vocabulary;
use crate::stats::{Families, Groups, figures};

const FAMILIES: Families = Families {
    diversity: true,
    readability: true,
    words: true,
    arf: true,
    shape: true,
    before: true,
    characters: false,
    ngrams: false,
    collocations: false,
};

/// Source, language, day, words.
type Page = (u8, u8, u8, Vec<u8>);

fn document((source, language, day, words): &Page) -> Document {
    let body: Vec<_> = words.iter().map(|word| format!("word{word}")).collect();
    let body = format!("Say {}.", body.join(" "));
    let mut document = Document::new(DocId(0), "a", format!("s{source}"), "", &body);
    let mut findings = Findings::default();
    findings.cut(0..4, "first");
    document.apply("test", findings);
    document.date = (*day > 0).then(|| format!("2025-03-0{day}T09:00Z"));
    let code = if *language == 0 { "en" } else { "de" };
    document.language = Some(Language { code: code.into(), ..Language::default() });
    document
}

/// All sums of some pages: groups, words after and before, words in their order.
type Sums = (Tally, [Vocabulary; 2], WordOrder);

fn count(pages: &[Page]) -> Sums {
    let workspace = Workspace::new(&std::env::temp_dir(), 2_000);
    let mut tally = Tally::default();
    let [mut words, mut before] = [(); 2].map(|()| Vocabulary::new(&workspace));
    let mut order = WordOrder::new(&workspace);
    for page in pages {
        let document = document(page);
        let profile = Profile::of(&document, FAMILIES);
        let cell = tally.add(&document, Some(&profile));
        let lexis = profile.lexis.as_ref().expect("words between spaces");
        words.add(cell, lexis.words(), |place| lexis.spelling(place)).unwrap();
        let was = profile.lexis_before().expect("words between spaces");
        before.add(cell, was.words(), |place| was.spelling(place)).unwrap();
        let language = u32::from(document.language.as_ref().is_some_and(|l| *l.code == *"de"));
        order.add(document.body(), language, &lexis.packed).unwrap();
    }
    (tally, [words, before], order)
}

/// Everything that is published of a corpus.
fn published((tally, [words, before], order): Sums) -> Vec<String> {
    let mut lexicon = Lexicon::of(words, &tally, 50, false).unwrap();
    order.finish(&["en", "de"].map(str::to_owned), &mut lexicon).unwrap();
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
    rows.extend(tally.days().iter().map(|day| format!("{day:?}")));
    rows.extend(lexicon.words.iter().map(|words| format!("{words:?}")));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_figure_depends_on_order_cut_or_merging(
        mut pages in proptest::collection::vec(
            (0u8..3, 0u8..2, 0u8..4, proptest::collection::vec(0u8..30, 0..160)), 1..12),
        cuts in (0usize..12, 0usize..12),
    ) {
        let whole = published(count(&pages));
        let (first, second) = (cuts.0.min(pages.len()), cuts.1.min(pages.len()));
        let (first, second) = (first.min(second), first.max(second));
        let (mut tally, [mut words, mut before], mut order) = count(&pages[..first]);
        for part in [&pages[first..second], &pages[second..]] {
            let (more, [more_words, more_before], more_order) = count(part);
            // As it would come from another machine.
            let bytes = postcard::to_stdvec(&more).unwrap();
            let more: Tally = postcard::from_bytes(&bytes).unwrap();
            let numbers = tally.merge(&more);
            words.merge(more_words, &numbers).unwrap();
            before.merge(more_before, &numbers).unwrap();
            order.merge(more_order, &[0, 1]).unwrap();
        }
        prop_assert_eq!(&published((tally, [words, before], order)), &whole);
        pages.reverse();
        prop_assert_eq!(&published(count(&pages)), &whole);
    }
}
