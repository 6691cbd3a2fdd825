//! Tests of the stage as a whole. All texts are inventions.

use proptest::prelude::*;

use super::examples::{FRAME, unmark};
use super::*;
use crate::document::DocId;
use crate::document::Language;

pub(super) fn stage() -> Boilerplate {
    Options::default().build().expect("the built-in packs are valid")
}

pub(super) fn english(title: &str, body: &str) -> Document {
    let mut document = Document::new(DocId(0), "a.txt", "s", title, body);
    document.language =
        Some(Language { code: "en".into(), confidence: 1.0, ..Language::default() });
    document
}

pub(super) fn clean(stage: &Boilerplate, title: &str, body: &str) -> Document {
    let mut document = english(title, body);
    let findings = stage.examine(&document);
    document.apply(stage.name(), findings);
    document
}

/// Six lines of prose, with `middle` after the third and `end` behind the last.
pub(super) fn article(middle: &str, end: &str) -> String {
    let parts = [&FRAME[..3], &[middle][..], &FRAME[3..], &[end][..]].concat();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_rule_has_examples_and_they_hold() {
    let stage = stage();
    for rule in stage.packs.iter().flat_map(|pack| &pack.compiled().rules) {
        assert!(!rule.cut.is_empty() && !rule.keep.is_empty(), "{}", rule.code);
        assert!(rule.reason.ends_with('.'), "{}", rule.code);
    }
    assert_eq!(stage.self_test().map_err(|error| error.to_string()), Ok(()));
}

#[test]
fn an_article_loses_its_ornaments_and_nothing_else() {
    let promo =
        "JUST IN: Orchard owners \u{2018}trying to buy the lake\u{2019} \u{2013} council leader";
    let title = "Valley wakes up: Farmers mend 10,000 fences ahead of market | World | News";
    let document = clean(&stage(), title, &article(promo, "Source link"));
    assert_eq!(document.title(), "Valley wakes up: Farmers mend 10,000 fences ahead of market");
    assert_eq!(document.body(), article("", ""));
    let rules: Vec<_> = document.removed().iter().map(|removal| removal.rule.as_ref()).collect();
    assert_eq!(rules[2..], ["en/promo-flash", "en/source-link"]);
}

/// Patterns may take time by the square of what they look at, so that they do not look at what is no headline.
#[test]
fn no_pattern_is_tried_on_a_title_of_thousands_of_characters() {
    let words = "Farmers mend 10,000 fences ahead of market ";
    for (repeats, is_cut) in [(1, true), (46, true), (47, false), (2_000, false)] {
        let title = format!("{}| World | News", words.repeat(repeats));
        let document = clean(&stage(), &title, &article("", ""));
        assert_eq!(!document.title().ends_with("| News"), is_cut, "{} characters", title.len());
    }
}

#[test]
fn residue_goes_wherever_it_stands() {
    let table = [
        ("a promo with a label", "READ MORE: Orchard owners buy the lake", ""),
        (
            "a label and its headlines",
            "DON\u{2019}T MISS\n\nOrchard owners buy the lake [INSIGHT]\n\nWho will pay for the lake? [ANALYSIS]",
            "",
        ),
        ("an advertisement", "Advertisement", "Advertisement"),
        ("a picture credit", "Photo: Jane Roe", ""),
        (
            "a trailer of several lines",
            "",
            "(Reporting by Jane Roe; Editing by John Doe)\n\nFollow us on Twitter\n\nSource link",
        ),
        ("invitations", "Sign up for our newsletter", "12 comments"),
        (
            "a list of links at the end",
            "",
            "Related stories\n\nOrchard owners buy the lake\n\nWho will pay for the lake?",
        ),
        ("a drawn line", "___", ""),
    ];
    for (name, middle, end) in table {
        assert_eq!(clean(&stage(), "T", &article(middle, end)).body(), article("", ""), "{name}");
    }
}

#[test]
fn article_text_that_looks_like_residue_stays() {
    let table = [
        (
            "a quoted post",
            "JUST IN: Orchard owners buy the lake in secret\n\n\u{2014} Jane Roe (@janeroe) May 3, 2022",
        ),
        (
            "a post whose attribution is long",
            "JUST IN: Orchard owners buy the lake in secret\n\nThat was the first message of Jane Roe \
             (@janeroe), who writes on sheep, and many more followed it.",
        ),
        ("a post in quotation marks", "\u{201c}JUST IN: Orchard owners buy the lake\u{201d}"),
        (
            "a live blog",
            "14:05\n\nJUST IN: Orchard owners buy the lake\n\n14:20\n\nBREAKING: Council stops the sale of the lake\n\n15:10",
        ),
        (
            "a heading whose text goes on",
            "LATEST: Farmers mend fences\n\nFarmers will mend more fences this week, and the heading above says so in capitals.",
        ),
        (
            "a sentence about a source link",
            "The source link is broken, said the engineer who built the page.",
        ),
        (
            "an interview",
            "Q: Do you read the comments?\n\nA: Comments are for others.\n\nQ: And will you share this story?\n\nA: No.",
        ),
        (
            "a transcript",
            "ROE: Follow us on the way to the lake.\n\nDOE: We will subscribe to that plan, as they say.",
        ),
        ("results", "Rovers 2 Town 1\n\nUnited 0 City 0\n\nWanderers 3 Athletic 3"),
        (
            "a recipe",
            "200 g flour\n\n3 eggs\n\nPrint the pattern on the dough\n\nBake for 30 minutes",
        ),
        (
            "a poem",
            "More and more the river calls\n\nRead me where the water falls\n\nShare the bread and share the light",
        ),
        (
            "a source under a chart",
            "Source: National Statistics Office\n\nThe chart shows that the price of wool fell by half within the last ten years.",
        ),
        (
            "an article on cookies",
            "Cookies are small files, and most visitors accept them without reading what they do.",
        ),
        (
            "an article on newsletters",
            "The market wants more people to subscribe to its newsletter, the owners said on Monday.",
        ),
        (
            "a subheading",
            "Related problems\n\nThe valley has other problems as well, and none of them can be solved before the snow.",
        ),
        (
            "a question as a subheading in capitals",
            "WHO WILL SPEAK FOR THE SHEEP OF THE NORTHERN VALLEYS NOW?",
        ),
        (
            "a quotation about reporting",
            "\u{201c}Reporting by phone was slow,\u{201d} she said, \u{201c}and editing by night was worse.\u{201d}",
        ),
    ];
    for (name, middle) in table {
        let body = article(middle, "");
        assert_eq!(clean(&stage(), "Valley in the fog", &body).body(), body, "{name}");
    }
}

#[test]
fn sentences_go_from_a_document_without_line_breaks() {
    let text = FRAME.join(" ");
    let flat = format!(
        "{} Sign up to our newsletter here. {} Follow us on X for more. {}",
        FRAME[..2].join(" "),
        FRAME[2..4].join(" "),
        FRAME[4..].join(" ")
    );
    let document = clean(&stage(), "T", &flat);
    assert_eq!(document.body(), text);
    let rules: Vec<_> = document.removed().iter().map(|removal| removal.rule.as_ref()).collect();
    assert_eq!(rules, ["en/newsletter-sentence", "en/follow-sentence"]);
}

#[test]
fn reported_and_quoted_invitations_stay() {
    let table = [
        "She asked them to sign up for the newsletter. They laughed and went home.",
        "The card read: “Sign up to our newsletter here. It is free.” They laughed and went home.",
        "‘Sign up to our newsletter here. Do it now,’ said the card. They laughed and went home.",
    ];
    for text in table {
        let body = article(text, "");
        assert_eq!(clean(&stage(), "T", &body).body(), body, "{text}");
    }
}

#[test]
fn very_short_articles_stay_whole() {
    let table = [
        ("one line", "Read more: Orchard owners buy the lake"),
        ("a bulletin", "Roads are closed.\nComments\nUpdated at 9.30"),
        ("only furniture", "Advertisement"),
        (
            "a page of links",
            "Read more: Lake is sold\nRead more: Who owns it?\nThe lake lies still.",
        ),
    ];
    for (name, body) in table {
        let document = clean(&stage(), "T", body);
        assert!(document.is_kept() && !document.body().is_empty(), "{name}");
    }
}

#[test]
fn a_body_that_rules_would_mostly_take_loses_only_what_is_sure() {
    let links = "Read more: Lake is sold\nRead more: Who owns it?\nThe lake lies still.";
    let document = clean(&stage(), "T", &format!("Advertisement\n{links}"));
    assert_eq!(document.body(), links);
    let lenient = Options { max_share: 0.9, ..Options::default() };
    let lenient = lenient.build().expect("the options are valid");
    assert_eq!(clean(&lenient, "T", links).body(), "The lake lies still.");
}

#[test]
fn titles_lose_sites_and_sections_but_no_speakers() {
    let table = [
        ("a chain of sections", "Fog lifts at noon | World | News", "Fog lifts at noon"),
        ("an outlet", "Fog lifts at noon - Harbour Lantern", "Fog lifts at noon"),
        (
            "a section and an outlet",
            "Fog lifts at noon \u{2014} Harbour Times | Weather",
            "Fog lifts at noon",
        ),
        ("a label", "WATCH: Fog lifts at noon", "Fog lifts at noon"),
        (
            "a speaker",
            "\u{2018}Fog is a problem\u{2019} - Minister",
            "\u{2018}Fog is a problem\u{2019} - Minister",
        ),
        ("a speaker in the body", "Fog will lift - Grandparents", "Fog will lift - Grandparents"),
        ("a clause", "Fog lifts - and stays away", "Fog lifts - and stays away"),
        ("a hyphen", "Twenty-one sheep lost in fog", "Twenty-one sheep lost in fog"),
        ("a score", "Rovers 2 - 1 Town", "Rovers 2 - 1 Town"),
        ("nothing but sections", "World | News", "World | News"),
    ];
    for (name, title, expected) in table {
        assert_eq!(clean(&stage(), title, &article("", "")).title(), expected, "{name}");
    }
}

#[test]
fn a_first_line_that_repeats_the_headline_goes() {
    let body = format!("Fog lifts over the northern valleys!\n\n{}", article("", ""));
    let title = "Fog lifts over the northern valleys - Harbour Lantern";
    assert_eq!(clean(&stage(), title, &body).body(), article("", ""));
}

#[test]
fn rules_can_be_switched_off_and_misspelt_codes_are_errors() {
    let options = Options { disable: vec!["en/source-link".to_owned()], ..Options::default() };
    let stage = options.build().expect("the code exists");
    let body = article("", "Source link");
    assert_eq!(clean(&stage, "T", &body).body(), body);
    let options = Options { disable: vec!["any/title-repeated".to_owned()], ..Options::default() };
    let stage = options.build().expect("the code exists");
    let body = format!("Fog lifts over the northern valleys\n\n{}", article("", ""));
    assert_eq!(clean(&stage, "Fog lifts over the northern valleys", &body).body(), body);
    let options = Options { disable: vec!["en/source-lnk".to_owned()], ..Options::default() };
    let message = options.build().err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("hint: did you mean `en/source-link`?"), "{message}");
}

#[test]
fn packs_are_for_the_document_s_language() {
    let mut document = english("T", &article("", "Source link"));
    document.language =
        Some(Language { code: "de".into(), confidence: 1.0, ..Language::default() });
    assert_eq!(stage().examine(&document).cuts, []);
}

#[test]
fn explain_shows_guards_beside_their_thresholds_and_agrees_with_examine() {
    let stage = stage();
    let body = article("JUST IN: Orchard owners buy the lake @roe", "Source link");
    let document = english("Fog lifts at noon | News", &body);
    let traces = stage.explain(&document);
    let promo = traces.iter().find(|trace| trace.text.starts_with("JUST IN")).expect("it is there");
    let failed: Vec<_> = promo.trials[0].checks.iter().filter(|check| !check.passed).collect();
    assert_eq!((failed[0].guard, failed[0].value, failed[0].limit), ("no-links", 0.0, 1.0));
    assert_eq!(promo.cuts, []);
    let mut told: Vec<_> = traces.iter().flat_map(|trace| trace.cuts.clone()).collect();
    let cuts = stage.examine(&document).cuts;
    let mut found: Vec<_> = cuts.into_iter().map(|cut| (cut.at, cut.rule.into_owned())).collect();
    told.sort_by_key(|(at, _)| at.start);
    found.sort_by_key(|(at, _)| at.start);
    assert_eq!(told, found);
}

#[test]
fn a_page_that_gives_way_line_by_line_is_not_followed_to_its_end() {
    let stage = stage();
    let body = |notices: usize, lines: usize| {
        let prose = FRAME.iter().cycle().take(lines).map(|line| (*line).to_owned());
        let notices = (0..notices).map(|year| {
            format!(
                "\u{a9} Valley Echo, the paper of the valley and its sheep {}",
                1000 + year % 999
            )
        });
        prose.chain(notices).collect::<Vec<_>>().join("\n")
    };
    for (notices, lines, is_followed) in [(300, 200, true), (9_000, 6_000, false)] {
        let body = body(notices, lines);
        let left = clean(&stage, "Fog lifts at noon", &body);
        assert_eq!(left.lines().count() == lines, is_followed, "{notices} notices");
        assert_eq!(left.lines().count() == lines + notices, !is_followed, "{notices} notices");
        assert_eq!(stage.examine(&left).cuts, vec![]);
    }
}

/// Lines of the packs' own examples, and prose.
pub(super) fn arbitrary_lines() -> impl Strategy<Value = Vec<String>> {
    let mut lines: Vec<String> = FRAME.iter().map(|line| (*line).to_owned()).collect();
    let stage = stage();
    for rule in stage.packs.iter().flat_map(|pack| &pack.compiled().rules) {
        for example in rule.cut.iter().chain(&rule.keep) {
            lines.extend(unmark(example, true).lines().map(str::to_owned));
        }
    }
    let prose = prop::sample::select(FRAME.to_vec()).prop_map(str::to_owned);
    let line = prop_oneof![1 => prose, 1 => prop::sample::select(lines)];
    prop::collection::vec(line, 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_examined(title in "\\PC{0,40}", body in "(\\PC{0,30}\n?|[|:>@ -]{1,3}|READ MORE:|\u{200b}){0,12}") {
        thread_local!(static STAGE: Boilerplate = stage());
        STAGE.with(|stage| {
            let document = Document::new(DocId(0), "a.txt", "s", &title, &body);
            prop_assert_eq!(stage.explain(&document).len(), document.lines().count() + 1);
            Ok(())
        })?;
    }

    #[test]
    fn paragraphs_cleaned_twice_are_cleaned_once(
        paragraphs in prop::collection::vec(arbitrary_lines(), 1..4),
    ) {
        thread_local!(static STAGE: Boilerplate = {
            let packs = BUILT_IN.iter().map(|pack| pack.name.to_owned()).collect();
            Options { packs, ..Options::default() }.build().expect("the built-in packs are valid")
        });
        let body = paragraphs.iter().map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n");
        STAGE.with(|stage| {
            let mut document = Document::new(DocId(0), "a.txt", "s", "T", &body);
            let told = stage.explain(&document);
            let findings = stage.examine(&document);
            let told: usize = told.iter().map(|trace| trace.cuts.len()).sum();
            prop_assert_eq!(told, findings.cuts.len());
            let had_body = !document.body().is_empty();
            document.apply(stage.name(), findings);
            prop_assert_eq!(!document.body().is_empty(), had_body);
            prop_assert_eq!(stage.examine(&document).cuts, vec![]);
            Ok(())
        })?;
    }

    #[test]
    fn cleaning_twice_is_cleaning_once(title in arbitrary_lines(), body in arbitrary_lines()) {
        thread_local!(static STAGE: Boilerplate = stage());
        let title = title.into_iter().take(3).collect::<Vec<_>>().join(" | ");
        STAGE.with(|stage| {
            let document = clean(stage, &title, &body.join("\n\n"));
            if document.is_kept() {
                prop_assert_eq!(stage.examine(&document).cuts, vec![]);
            }
            prop_assert_eq!(document.body().is_empty(), body.is_empty());
            Ok(())
        })?;
    }
}
