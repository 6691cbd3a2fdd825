//! Tests of the line classifier as a part of the stage: what the engine makes of its models. All texts are inventions.

use proptest::prelude::*;

use super::classifier::{END_NAMES, ENDS, LINES, Model};
use super::examples::FRAME;
use super::tests::{arbitrary_lines, article, clean, english, stage};
use super::*;

/// The stage with a classifier that takes every short line: what the engine makes of it must hold for any model.
fn eager() -> Boilerplate {
    scoring(9.0)
}

/// The stage with a classifier that gives short lines a score: `sum` before the logistic function, less two.
fn scoring(sum: f32) -> Boilerplate {
    let leaf = |value| classifier::Node { feature: None, value, left: 0 };
    let root = classifier::Node { feature: Some(0), value: 30.5, left: 1 };
    let lines = Model::new(&LINES, -2.0, vec![vec![root, leaf(sum), leaf(0.0)]]);
    let models = Models { lines, ..Models::built_in() };
    // No place reaches more than all: the end is left to its own tests.
    let options = Options { end_threshold: 1.0, ..Options::default() };
    options.build_with_models(models).expect("the options are valid")
}

#[test]
fn the_classifier_takes_links_in_prose_and_leaves_lists_alone() {
    let links = "Lake news\n\nValley sports\n\nMore from the valley";
    let page = "Photo archive\n\nValley podcasts\n\nFilm, app and video";
    // Without three lines that speak of the page, what looks like links is the article's own.
    for few in ["", "Photo archive\n\nValley podcasts"] {
        let body = article(links, few);
        assert_eq!(clean(&eager(), "T", &body).body(), body);
    }
    let body = article(links, page);
    let document = clean(&eager(), "T", &body);
    assert_eq!(document.body(), article("", ""));
    assert_eq!(document.removed()[0].rule, "line-model-99");
    let traces = eager().explain(&english("T", &body));
    let link = traces.iter().find(|trace| trace.text == "Lake news").expect("it is there");
    let guards: Vec<_> = link.trials[0].checks.iter().map(|check| check.guard).collect();
    assert_eq!(guards[..2], ["score", "chars"]);
    let list = (1..40).map(|n| format!("{n}. Runner {n}, {n}:05")).collect::<Vec<_>>().join("\n");
    assert_eq!(eager().examine(&english("T", &list)).cuts, []);
}

#[test]
fn a_live_blog_is_left_alone_and_a_page_with_dated_comments_is_not() {
    let page = "Photo archive\n\nValley podcasts\n\nFilm, app and video";
    for (name, stamps, stays) in [
        ("entries", ["14:05", "13:40", "12:10"], true),
        ("comments", ["3.5.2031 14:05", "3.5.2031 13:40", "2.5.2031 12:10"], false),
    ] {
        let entries = stamps.iter().zip(FRAME).map(|(stamp, prose)| format!("{stamp}\n\n{prose}"));
        let body = article("", &format!("{}\n\n{page}", entries.collect::<Vec<_>>().join("\n\n")));
        assert_eq!(clean(&eager(), "T", &body).body().contains("Photo archive"), stays, "{name}");
    }
}

#[test]
fn where_many_lines_for_each_of_prose_look_like_residue_only_the_sure_ones_go() {
    let page = "Photo archive\n\nValley podcasts\n\nFilm, app and video";
    // Scores of .96 and of .98.
    for (sum, links, stays) in [(5.2, 40, false), (5.2, 60, true), (6.0, 60, false)] {
        let links: Vec<_> = (0..links).map(|link| format!("Fog {link}")).collect();
        let body = article("", &format!("{page}\n\n{}", links.join("\n\n")));
        let left = clean(&scoring(sum), "T", &body);
        assert_eq!(left.body() == body, stays, "{sum}, {} links", links.len());
    }
}

/// The stage with models by which each short line is residue, and the article ends at one place for sure, if no line went
/// before it.
fn ending_at(place: f32) -> Boilerplate {
    let leaf = |value| classifier::Node { feature: None, value, left: 0 };
    let ask = |feature, value, left| classifier::Node { feature: Some(feature), value, left };
    let gone = END_NAMES.iter().position(|name| *name == "gone-before").expect("a feature") as u16;
    let lines = Model::new(&LINES, -2.0, vec![vec![ask(0, 30.5, 1), leaf(9.0), leaf(0.0)]]);
    let tree = vec![
        ask(0, place - 0.5, 1),
        leaf(0.0),
        ask(0, place + 0.5, 3),
        ask(gone, 0.5, 5),
        leaf(0.0),
        leaf(9.0),
        leaf(0.0),
    ];
    let models = Models { lines, ends: Model::new(&ENDS, 0.0, vec![tree]) };
    Options::default().build_with_models(models).expect("the options are valid")
}

/// What readers and other articles say behind an article, with what shows that it has ended.
const TAIL: &str = "Post a comment\n\nwooly_bully, Tuesday at 9.14 am\n\n\
    lol who wrote this, my uncle lost two of his up there and nobody asked him!\n\nReply Share\n\n\
    Anonymous, Tuesday at 10.02 am\n\nTypical. You would think that somebody pays for it in the end...\n\nReply Share\n\n\
    Sign in to join the discussion";

/// An article that keeps to its subject.
const HARBOUR: &str = "The harbour bridge was closed for two hours on Monday after a crane had lost its load, the port authority said.\n\n\
    Nobody was hurt when the load fell onto the bridge at nine in the morning, a spokesman of the authority said.\n\n\
    \u{201c}We saw the crane sway, and then the load was on the bridge,\u{201d} said Ada Holm, who runs a kiosk at the harbour.\n\n\
    Two engineers looked at the crane on Monday afternoon and found a broken cable, according to the port authority.\n\n\
    The crane had been inspected in spring, and the cable was then said to be sound, the harbour master told the council.\n\n\
    The council will hear the authority and the owner of the crane next week, before the bridge is repaired in autumn.";

#[test]
fn what_readers_say_behind_the_article_goes_and_explain_says_why() {
    let body = format!("{HARBOUR}\n\n{TAIL}");
    let document = clean(&stage(), "Harbour bridge closed as crane loses its load", &body);
    assert_eq!(document.body(), HARBOUR);
    let traces = stage().explain(&english("Harbour bridge closed as crane loses its load", &body));
    let reader = traces.iter().find(|line| line.text.starts_with("lol who")).expect("it is there");
    let (_, rule) = &reader.cuts[0];
    assert_eq!(classifier::reason(rule), "It stands behind the article's end.");
    let check = reader.trials.iter().find(|trial| trial.rule == *rule).expect("a trial");
    assert_eq!(check.checks[0].guard, "article-has-ended");
}

/// Other articles' first sentences, as they stand below an article.
const TEASERS: [&str; 7] = [
    "A baker in the old town has won a prize for a loaf that nobody wanted to eat.",
    "The council has put off its vote on the new swimming pool for a third time.",
    "Two schools in the north will share a headteacher from next summer.",
    "The price of firewood has risen by a third within a year, dealers say.",
    "Three foxes live in the cemetery, and the gardeners have given them names.",
    "An orchestra without a conductor plays on Saturday in the old customs hall.",
    "The lake is warmer than it has been in any May since the war.",
];

#[test]
fn a_line_that_closes_the_article_shows_its_end_wherever_it_stands_but_not_where_many_do() {
    let leaf = classifier::Node { feature: None, value: 0.0, left: 0 };
    let ends = Model::new(&ENDS, 0.0, vec![vec![leaf]]);
    let models = Models { ends, ..Models::built_in() };
    // By this model the article may end anywhere.
    let options = Options { max_share: 1.0, ..Options::default() };
    let stage = options.build_with_models(models).expect("the options are valid");
    let notice = "\u{a9} 2024 Valley Echo. All rights reserved.";
    let licence = "(Ada Holm) Photo licence: all rights reserved";
    let foot = ["Photo archive", "Post a comment"];
    // So many that no notice before them is at the page's foot.
    let teasers = TEASERS.repeat(4);
    let parts = FRAME[2..].iter().flat_map(|part| [*part, licence]);
    let parts: Vec<&str> = FRAME[..2].iter().copied().chain(parts).collect();
    for (name, article, notice, left) in [
        ("a notice of copyright", &FRAME[..], vec![notice], FRAME.len()),
        ("none", &FRAME[..], vec![], FRAME.len() + teasers.len() + 1),
        ("licences of pictures", &parts[..], vec![], parts.len() + teasers.len() + 1),
    ] {
        let lines = [article, &notice, &teasers, &foot].concat();
        let body = clean(&stage, "Fog lifts at noon", &lines.join("\n\n"));
        assert_eq!(body.body(), lines[..left].join("\n\n"), "{name}");
    }
    let lines = [&FRAME[..], &[notice], &teasers, &foot].concat();
    let told = stage.explain(&english("Fog lifts at noon", &lines.join("\n\n")));
    let teaser = told.iter().find(|line| line.text == TEASERS[0]).expect("it is there");
    let checks = &teaser.trials[0].checks;
    let told: Vec<_> = checks.iter().map(|check| (check.guard, check.limit)).collect();
    assert_eq!(told, [("article-has-ended", 0.2), ("a-line-closes-it", 1.0)]);
    // Eight of 37 places stand before it or are it.
    assert_eq!((checks[0].value, teaser.cuts[0].1.as_str()), (0.216, "article-end-20"));
}

#[test]
fn an_end_is_believed_behind_three_lines_of_prose_and_before_a_line_that_speaks_of_the_page() {
    let (remark, page) = ("Ha, wool that wet", "Photo archive");
    for (name, prose, tail, place, stays) in [
        ("a line that speaks of the page", 6, vec![page], 4, 4),
        ("it, and another behind it", 6, vec![page, remark], 4, 4),
        ("none", 6, vec![remark], 4, 7),
        ("it before the end", 6, vec![page, remark], 7, 8),
        ("two lines of prose", 3, vec![page], 2, 4),
        ("three", 4, vec![page], 3, 3),
    ] {
        let lines = [&FRAME[..prose], &tail].concat();
        let left = clean(&ending_at(place as f32), "Fog lifts at noon", &lines.join("\n"));
        assert_eq!(left.body(), lines[..stays].join("\n"), "{name}");
    }
}

#[test]
fn a_list_of_the_articles_own_stays_behind_its_end_and_shows_nothing() {
    let winners = [
        "Film - Fog over the Valley",
        "Drama - Shorn",
        "Song - Ewe",
        "Photo - Wool in the archive",
    ];
    for (name, page, left) in [
        ("no line but the list's speaks of the page", vec!["Ha, wool that wet"], 9),
        ("one behind it does", vec!["Ha, wool that wet", "Photo archive"], 8),
    ] {
        let lines = [&FRAME[..4], &winners, &page].concat();
        let body = clean(&ending_at(4.0), "Fog lifts at noon", &lines.join("\n"));
        assert_eq!(body.body(), lines[..left].join("\n"), "{name}");
    }
}

#[test]
fn of_a_page_that_outweighs_its_article_more_may_go_behind_an_end_that_the_model_is_sure_of() {
    let flat = classifier::Node { feature: None, value: 0.0, left: 0 };
    let ends = Model::new(&ENDS, 0.0, vec![vec![flat]]);
    let unsure = Models { ends, ..Models::built_in() };
    let foot = ["Photo archive", "Post a comment"];
    let notice = ["\u{a9} 2024 Valley Echo. All rights reserved."];
    let (sure, unsure) = (ending_at(6.0), Options::default().build_with_models(unsure).unwrap());
    // A set of teasers is as long as the article; what a rule takes from the foot is no part of it.
    for (name, stage, closing, sets, goes) in [
        ("seven tenths, and a sure end", &sure, &[][..], 3, true),
        ("more than nine tenths", &sure, &[], 15, false),
        ("half, and an end for what closes it", &unsure, &notice, 1, true),
        ("eight tenths, and an end for what closes it", &unsure, &notice, 4, false),
    ] {
        let lines = [&FRAME[..], closing, &TEASERS.repeat(sets), &foot].concat();
        let left = if goes { FRAME.len() } else { lines.len() - 1 };
        let body = clean(stage, "Fog lifts at noon", &lines.join("\n\n"));
        assert_eq!(body.body(), lines[..left].join("\n\n"), "{name}");
        assert_eq!(stage.examine(&body).cuts, [], "{name}");
    }
}

#[test]
fn an_end_is_looked_for_as_if_no_line_were_gone_as_well() {
    let tail = ["READ MORE: Seven families and their sheep", "Photo archive"];
    let lines = [&FRAME[..1], &tail[..1], &FRAME[1..], &tail[1..]].concat();
    let stage = ending_at(4.0);
    let left = clean(&stage, "Fog lifts at noon", &lines.join("\n"));
    assert_eq!(left.body(), FRAME[..4].join("\n"));
    assert_eq!(stage.examine(&left).cuts, []);
}

/// Cleans prose with lines of all sorts among it, twice: the second time nothing may go.
fn clean_twice(
    stage: &Boilerplate,
    body: &[String],
    labels: &[String],
) -> Result<(), TestCaseError> {
    let lines: Vec<&String> = body.iter().chain(labels).collect();
    let body = lines.iter().enumerate().map(|(at, _)| lines[at * 7 % lines.len()].as_str());
    let body = [&FRAME.join("\n"), "\n", &body.collect::<Vec<_>>().join("\n")].concat();
    let document = clean(stage, "Fog lifts at noon", &body);
    prop_assert_eq!(stage.examine(&document).cuts, vec![]);
    Ok(())
}

/// Short lines that look like names, sections and buttons.
fn arbitrary_labels() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[A-Za-z]{2,9}( [A-Za-z0-9|]{1,9}){0,4}", 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cleaning_twice_with_the_classifier_is_cleaning_once(body in arbitrary_lines(), labels in arbitrary_labels()) {
        thread_local!(static STAGE: Boilerplate = eager());
        STAGE.with(|stage| clean_twice(stage, &body, &labels))?;
    }

    #[test]
    fn cleaning_twice_with_an_end_is_cleaning_once(body in arbitrary_lines(), labels in arbitrary_labels()) {
        thread_local!(static STAGE: Boilerplate = ending_at(8.0));
        STAGE.with(|stage| clean_twice(stage, &body, &labels))?;
    }
}
