use proptest::prelude::*;

use super::*;
use crate::document::{Fate, Rejection};
use crate::pipeline::stories::Place;
use crate::pipeline::work::counted;

/// Source, what is special about it, and its words.
type Drawn = (u8, u8, Vec<u8>);

/// Documents of a few words, sources and fates, each with its place among the stories.
fn documents() -> impl Strategy<Value = Vec<Drawn>> {
    let document = (0u8..3, 0u8..12, proptest::collection::vec(0u8..30, 0..40));
    proptest::collection::vec(document, 0..14)
}

fn totals(parts: &Parts, documents: &[(usize, &Drawn)]) -> Totals {
    let mut totals = Totals::new(parts, &std::env::temp_dir()).unwrap();
    for (id, (source, kind, words)) in documents {
        let words: Vec<_> = words.iter().map(|word| format!("word{word}")).collect();
        let mut text = format!("Follow us on every channel\n\n{}.", words.join(" "));
        if kind % 3 == 0 {
            text = text.replace(" word1", ". Word1");
        }
        let source = format!("source {source}");
        let mut document = Document::new(DocId(*id as u32), "a", source, "", &text);
        document.dating.day = format!("2025-03-{:02}", 1 + kind);
        let place = (kind % 4 != 0).then(|| Place {
            cluster: u64::from(kind % 4),
            is_root: *id < 4 && id % 4 == usize::from(kind % 4),
            name: Some("its name"),
        });
        if kind % 5 == 4 {
            let (stage, reason) = ("input".into(), "too_long".into());
            document.fate = Fate::Rejected(Rejection { stage, reason, detail: String::new() });
        }
        totals.add(&counted(document, parts.families), place).unwrap();
    }
    totals
}

fn pieces(totals: Totals, ranges: u64) -> Vec<(u64, Vec<u8>)> {
    totals.into_chunks(ranges).unwrap().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Pieces are the same bytes whatever they were merged from: any cut of the documents, any order, any tree.
    #[test]
    fn sums_merge_in_any_order_and_any_tree(
        documents in documents(),
        owners in proptest::collection::vec(0usize..4, 14),
        order in any::<u64>(),
        is_spilled in any::<bool>(),
        ranges in 1u64..4,
    ) {
        let toml = "stages = [\"stats\"]\n[stage.stats]\nfamilies = [\"diversity\", \"words\", \"before\", \"arf\", \
            \"characters\", \"ngrams\", \"collocations\"]\ncollocation-window = [1, 2]\n";
        let mut config = Config::parse("test", toml).unwrap();
        config.run.max_memory.0 = if is_spilled { 512 << 10 } else { 1 << 30 };
        let stages = config.build_stages().unwrap();
        let parts = Parts::new((config, stages)).unwrap();
        let all: Vec<_> = documents.iter().enumerate().collect();
        let expected = pieces(totals(&parts, &all), ranges);
        let mut apart: Vec<_> = (0..4)
            .map(|owner| {
                let mine = all.iter().copied().filter(|(id, _)| owners[*id] == owner);
                totals(&parts, &mine.rev().collect::<Vec<_>>())
            })
            .collect();
        let mut order = order;
        while apart.len() > 1 {
            let one = apart.remove(order as usize % apart.len());
            let other = apart.remove((order >> 8) as usize % apart.len());
            order = order.rotate_left(16) ^ 5;
            let mut both = Totals::new(&parts, &std::env::temp_dir()).unwrap();
            for (_, piece) in pieces(one, ranges).into_iter().chain(pieces(other, 2)) {
                both.merge(&piece).unwrap();
            }
            apart.push(both);
        }
        prop_assert_eq!(pieces(apart.remove(0), ranges), expected);
    }
}
