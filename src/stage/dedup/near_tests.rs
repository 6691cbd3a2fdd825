//! What `near-dedup` promises: which documents go, which stay, and that neither order nor budget matters.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;

use super::super::testing::{document, resolve};
use super::*;
use crate::document::Note;
use crate::stage::Verdict;

fn near() -> NearDedup {
    Options::default().build().unwrap()
}

/// Words of a story that no other story has.
fn words(story: u32, range: Range<u32>) -> String {
    range.map(|word| format!("s{story}w{word}")).collect::<Vec<_>>().join(" ")
}

fn numbered(bodies: &[String]) -> Vec<Document> {
    let source = |number| format!("source-{number}");
    let bodies = (0u32..).zip(bodies);
    bodies.map(|(number, body)| document(number, &source(number), "", body)).collect()
}

type Row = (u64, u32, &'static str, &'static str);

fn rows(verdicts: &Verdicts) -> Vec<Row> {
    let row = |(id, verdict)| match verdict {
        Verdict::Duplicate(copy) => Some((id, copy.of.0, copy.kind.class(), copy.action.as_str())),
        _ => None,
    };
    verdicts.sorted().into_iter().filter_map(row).collect()
}

fn found(options: &Options, bodies: &[String]) -> Vec<Row> {
    let stage = options.build().unwrap();
    let documents = numbered(bodies);
    let all = resolve(&stage, &documents, usize::MAX);
    assert_eq!(resolve(&stage, &documents, 200), all, "spilled");
    rows(&all)
}

const DROPPED: &str = "dropped";
const LABELLED: &str = "labelled";

#[test]
fn what_is_alike_goes_and_what_is_not_stays() {
    let text = |text: &str| text.to_owned();
    let base = words(1, 0..304);
    let cases: Vec<(&str, Vec<String>, Vec<Row>)> = vec![
        ("nothing", vec![], vec![]),
        ("empty documents", vec![text(""), text("")], vec![]),
        ("no tokens", vec![text("..."), text("...")], vec![]),
        ("one word twice", vec![text("storm"), text("Storm!")], vec![(1, 0, "reprint", DROPPED)]),
        ("four words", vec![text("a b c d"), text("A, b, c. D")], vec![(1, 0, "reprint", DROPPED)]),
        ("other words", vec![text("storm"), text("rain")], vec![]),
        ("other stories", vec![base.clone(), words(2, 0..304)], vec![]),
        ("cut to a half", vec![base.clone(), words(1, 0..152)], vec![(1, 0, "shortened", DROPPED)]),
        (
            "the cut one first: the whole one says more",
            vec![words(1, 0..152), base.clone()],
            vec![(0, 1, "shortened", DROPPED)],
        ),
        (
            "other beginning, other end",
            vec![
                base.clone(),
                format!("{} {} {}", words(2, 0..150), words(1, 0..304), words(3, 0..150)),
            ],
            vec![(0, 1, "shortened", DROPPED)],
        ),
        (
            "both have something of their own",
            vec![
                format!("{} {}", words(1, 0..200), words(2, 0..90)),
                format!("{} {}", words(1, 0..200), words(3, 0..90)),
            ],
            vec![(1, 0, "update", LABELLED)],
        ),
        ("short and contained", vec![base, words(1, 0..15)], vec![]),
    ];
    for (name, bodies, expected) in cases {
        assert_eq!(found(&Options::default(), &bodies), expected, "{name}");
    }
}

#[test]
fn what_is_kept_can_be_chosen() {
    let bodies = [words(1, 0..160), words(1, 0..300), words(1, 0..310)];
    let cases = [
        (Options { keep: Keep::Longest, ..Options::default() }, vec![0, 2]),
        (Options { prefer_sources: vec!["source-2".into()], ..Options::default() }, vec![0, 1]),
        (Options { action: Action::Label, ..Options::default() }, vec![]),
        // The first is short: the others say more, so they stay, and the third goes for the second.
        (Options { keep: Keep::First, ..Options::default() }, vec![2]),
    ];
    for (options, expected) in cases {
        let dropped: Vec<u64> = found(&options, &bodies)
            .iter()
            .filter(|row| row.3 == DROPPED)
            .map(|row| row.0)
            .collect();
        assert_eq!(dropped, expected, "{options:?}");
    }
}

#[test]
fn a_round_up_joins_nothing_and_is_noted() {
    let bodies =
        [words(1, 0..300), words(2, 0..300), format!("{} {}", words(1, 0..300), words(2, 0..300))];
    let verdicts = resolve(&near(), &numbered(&bodies), usize::MAX);
    assert_eq!(rows(&verdicts), []);
    assert_eq!(verdicts.sorted(), [(2, Verdict::Note(Note::Composite))]);
}

#[test]
fn many_documents_that_share_a_paragraph_are_not_joined() {
    let paragraph = words(999, 0..40);
    let bodies: Vec<String> =
        (0..60).map(|story| format!("{}\n\n{paragraph}", words(story, 0..200))).collect();
    assert_eq!(found(&Options::default(), &bodies), []);
}

#[test]
fn a_disclaimer_of_a_few_stories_joins_none() {
    let disclaimer = words(999, 0..150);
    let mut bodies = Vec::new();
    for story in 0..5 {
        bodies.push(words(story, 0..160));
        bodies.push(format!("{}\n\n{disclaimer}", words(story, 0..160)));
    }
    let expected: Vec<Row> =
        (0..5).map(|story| (2 * story, 2 * story as u32 + 1, "reprint", DROPPED)).collect();
    assert_eq!(found(&Options::default(), &bodies), expected);
}

#[test]
fn a_story_in_more_sources_than_the_cap_is_one_cluster() {
    let story = words(999, 0..300);
    let bodies: Vec<String> =
        (0..80).map(|source| format!("{} {story}", words(source, 0..6))).collect();
    let expected: Vec<Row> = (1..80).map(|id| (id, 0, "reprint", DROPPED)).collect();
    assert_eq!(found(&Options::default(), &bodies), expected);
}

#[test]
fn other_numbers_make_another_notice_and_are_never_dropped() {
    let notice = |half: u32, figures: &str| {
        format!("{} {figures} {}", words(1, 0..half), words(1, half..2 * half))
    };
    let (one, other) =
        ("11 12 13 14 15 16 17 18 19 20 21 22", "31 32 33 34 35 36 37 38 39 40 41 42");
    let table = [notice(100, one), notice(100, other)];
    let report = [notice(400, &one[..11]), notice(400, &other[..11])];
    let careless = Options { numbers: 0.0, ..Options::default() };
    assert_eq!(found(&Options::default(), &table), []);
    let notes = resolve(&near(), &numbered(&table), usize::MAX).sorted();
    assert_eq!(notes, [(0, Verdict::Note(Note::Template)), (1, Verdict::Note(Note::Template))]);
    assert_eq!(found(&Options::default(), &report), [(1, 0, "update", LABELLED)]);
    assert_eq!(found(&careless, &table), [(1, 0, "reprint", DROPPED)]);
}

/// Two events in one valley, and what its paper always says of the valley behind them.
#[test]
fn two_reports_over_one_background_are_two_stories() {
    let background = "The Sennet valley has lived with its dam since the spring of the great thaw. \
        Engineers of the water board measure the wall twice a week, farmers below it pay a levy for \
        the canal, and the school of Elmsford teaches every child where to run when the siren blows. \
        Last autumn the board asked for new gates, and the county refused because the old ones had \
        been painted the year before. Since then the two have met four times in the hall of the \
        brewery, where the mayor pours the beer himself and nobody has ever signed anything. The \
        levy has risen twice, the canal has not been dredged, and the paint is coming off again.";
    let flood = "Siren wakes Elmsford as meadow goes under\n\nTorrential rain drowned forty sheep on \
        Tuesday night near Pellow farm, whose owner reached the roof with three dogs and a lantern.";
    let vote = "County agrees to buy steel gates\n\nCommissioners approved the purchase after a short \
        session on Friday, with only Harriet Moss opposed, citing debt and interest payments.";
    let updated = "Siren wakes Elmsford, forty sheep drown on Pellow farm\n\nTorrential rain put the \
        meadow under water; the owner was brought from his roof with dogs and lantern on Wednesday.";
    let page = |number, source, head: &str| {
        let (title, lede) = head.split_once("\n\n").unwrap();
        document(number, source, title, &format!("{lede}\n\n{background}"))
    };
    let found = |other: Document| {
        rows(&resolve(&near(), &[page(0, "valley-echo", flood), other], usize::MAX)).len()
    };
    assert_eq!(found(page(1, "valley-echo", vote)), 0, "another event");
    assert_eq!(found(page(1, "valley-echo", updated)), 1, "the same event told again");
    assert_eq!(found(page(1, "harbour-post", vote)), 1, "a paper that copies");
}

#[test]
fn without_containment_a_cut_copy_is_only_labelled() {
    let jaccard_only = Options { containment: 0.0, ..Options::default() };
    let both = [words(1, 0..304), words(1, 0..152)];
    assert_eq!(found(&jaccard_only, &both), [(1, 0, "update", LABELLED)]);
}

/// A made-up text: words of the letters of a script, joined as the script joins them.
fn in_script(letters: &str, space: &str, story: u32, range: Range<u32>) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let word = |number: u32| -> String {
        let mut seed = 1_000 * story + number;
        let letter = |_| {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            letters[(seed >> 16) as usize % letters.len()]
        };
        (0..4).map(letter).collect()
    };
    range.map(word).collect::<Vec<_>>().join(space)
}

#[test]
fn the_same_edits_are_found_in_every_script() {
    let scripts = [
        ("Latin", "abcdefghijklmnopqrstuvwxyz", " "),
        ("Arabic", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", " "),
        ("Cyrillic", "абвгдежзиклмнопрстуфхцчшщыэюя", " "),
        ("Devanagari", "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधन", " "),
        ("Thai", "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภม", ""),
        ("Han", "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏", ""),
        ("kana", "あいうえおかきくけこさしすせそたちつてとなにぬねの", ""),
    ];
    for (name, letters, space) in scripts {
        let words = |story, range| in_script(letters, space, story, range);
        let base = words(1, 0..300);
        let copies = [
            ("cut", words(1, 0..180)),
            ("wrapped", [words(2, 0..40), base.clone(), words(3, 0..40)].join("\n\n")),
            (
                "abridged",
                (0..10).map(|n| words(1, 30 * n..30 * n + 22)).collect::<Vec<_>>().join(" "),
            ),
            ("updated", [words(1, 0..200), words(4, 0..120)].join("\n\n")),
            ("reordered", [words(1, 150..300), words(1, 0..150)].join("\n\n")),
        ];
        for (edit, copy) in copies {
            let rows = found(&Options::default(), &[base.clone(), copy, words(5, 0..300)]);
            assert_eq!(rows.len(), 1, "{name}, {edit}");
            assert!(rows[0].0 < 2 && rows[0].1 < 2, "{name}, {edit}: {rows:?}");
        }
    }
}

/// The groups that the rows make, as sets of the bodies' positions before they were turned by `first`.
fn groups(bodies: &[String], first: usize) -> BTreeSet<BTreeSet<usize>> {
    let count = bodies.len();
    let rows = found(&Options::default(), bodies);
    let root = |document: usize| {
        let mut at = document;
        while let Some(row) = rows.iter().find(|row| row.0 == at as u64) {
            at = row.1 as usize;
        }
        at
    };
    let mut groups = std::collections::BTreeMap::<usize, BTreeSet<usize>>::new();
    for document in 0..count {
        groups.entry(root(document)).or_default().insert((document + first) % count);
    }
    groups.into_values().collect()
}

/// Only where two clusters hold a document equally well does the first of them get it.
#[test]
fn another_order_of_files_makes_the_same_clusters() {
    let mut bodies = Vec::new();
    for story in 0..4 {
        let len = 300 + 40 * story;
        bodies.push(words(story, 0..len));
        bodies.push(words(story, 0..len / 2));
        bodies.push(format!("{} {}", words(100 + story, 0..10), words(story, 0..len)));
        bodies.push(format!("{} {}", words(story, 0..len - 30), words(200 + story, 0..70)));
    }
    bodies.push(format!("{} {}", words(0, 0..300), words(1, 0..340)));
    let expected = groups(&bodies, 0);
    assert_eq!(expected.len(), 5, "four stories and a round-up: {expected:?}");
    for turn in 1..bodies.len() {
        let mut turned = bodies.clone();
        turned.rotate_left(turn);
        assert_eq!(groups(&turned, turn), expected, "turned by {turn}");
    }
}

#[test]
fn options_out_of_range_are_named() {
    let good = Options::default();
    let cases = [
        ("jaccard", Options { jaccard: 0.0, ..good.clone() }),
        ("jaccard", Options { jaccard: f64::NAN, ..good.clone() }),
        ("containment", Options { containment: 1.01, ..good.clone() }),
        ("likely-jaccard", Options { likely_jaccard: 0.0, ..good.clone() }),
        ("likely-containment", Options { likely_containment: -0.1, ..good.clone() }),
        ("numbers", Options { numbers: -0.1, ..good.clone() }),
        ("shingle-words", Options { shingle_words: 0, ..good.clone() }),
        ("shingle-characters", Options { shingle_characters: 65, ..good.clone() }),
        ("rare-groups", Options { rare_groups: 255, ..good.clone() }),
        ("rare-stories", Options { rare_stories: 0, ..good.clone() }),
        ("index-keys", Options { index_keys: 57, ..good.clone() }),
        ("min-shared-keys", Options { min_shared_keys: 25, ..good.clone() }),
        ("max-key-documents", Options { max_key_documents: 1, ..good }),
    ];
    for (key, options) in cases {
        let error = options.build().unwrap_err();
        let named = format!("`stage.near-dedup.{key}` must be ");
        assert!(error.to_string().starts_with(&named), "{key}: {error}");
        assert!(matches!(error, Error::Setup(_)), "{key}");
    }
}

/// Bodies that overlap in many ways: one or two runs of words out of three stories.
fn bodies() -> impl Strategy<Value = Vec<String>> {
    let run = (0u32..3, 0u32..30, 1u32..60)
        .prop_map(|(story, start, len)| words(story, start..start + len));
    let body = proptest::collection::vec(run, 0..3).prop_map(|runs| runs.join(" "));
    proptest::collection::vec(body, 0..14)
}

fn naive(body: &str) -> BTreeSet<Vec<&str>> {
    let words: Vec<&str> = body.split_whitespace().collect();
    match words.len() {
        0 => BTreeSet::new(),
        1..5 => BTreeSet::from([words]),
        _ => words.windows(5).map(<[&str]>::to_vec).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_cluster_keeps_one_and_what_goes_stands_in_what_stays(bodies in bodies()) {
        let found = found(&Options::default(), &bodies);
        let dropped: BTreeSet<u64> =
            found.iter().filter(|row| row.3 == DROPPED).map(|row| row.0).collect();
        for (id, of, _, action) in &found {
            prop_assert!(u64::from(*of) != *id, "its own duplicate");
            prop_assert!(!dropped.contains(&u64::from(*of)), "the kept one is dropped");
            // Whoever follows the rows of a cluster comes to its one representative.
            let mut at = *of;
            let mut steps = 0;
            while let Some(next) = found.iter().find(|row| row.0 == u64::from(at)) {
                (at, steps) = (next.1, steps + 1);
                prop_assert!(steps <= bodies.len(), "a circle");
            }
            if *action == DROPPED {
                let (own, kept) = (naive(&bodies[*id as usize]), naive(&bodies[*of as usize]));
                let inside = own.intersection(&kept).count() as f64 / own.len() as f64;
                // The threshold is 0.8; the sample errs, and common shingles do not count.
                prop_assert!(inside >= 0.5, "{} of {} stands in {}", inside, id, of);
            }
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(bodies in bodies(), budget in 1usize..5_000) {
        let mut documents = numbered(&bodies);
        let all = resolve(&near(), &documents, usize::MAX);
        documents.reverse();
        prop_assert_eq!(all, resolve(&near(), &documents, budget));
    }

    #[test]
    fn an_unrelated_document_changes_no_verdict(bodies in bodies(), number in 0u32..14) {
        let mut documents = numbered(&bodies);
        for document in &mut documents {
            document.id.0 = 2 * document.id.0 + 1;
        }
        let before = resolve(&near(), &documents, usize::MAX);
        documents.push(document(2 * number, "other", "", &words(77, 0..90)));
        documents.sort_by_key(|document| document.id);
        prop_assert_eq!(before, resolve(&near(), &documents, usize::MAX));
    }
}

#[test]
fn a_document_whose_greater_part_is_a_common_passage_does_not_go_for_the_rest() {
    let range = |story: u32, from: u32, to: u32| {
        (from..=to).map(|word| format!("s{story}w{word}")).collect::<Vec<_>>().join(" ")
    };
    let bodies: Vec<String> = vec![
        range(1, 25, 76),
        format!("{} {}", range(2, 12, 35), range(0, 0, 40)),
        format!("{} {}", range(2, 13, 28), range(1, 27, 39)),
        range(1, 0, 37),
        format!("{} {}", range(1, 12, 40), range(2, 0, 7)),
    ];
    let found = found(&Options::default(), &bodies);
    assert!(found.iter().all(|row| row.3 != DROPPED), "{found:?}");
}
