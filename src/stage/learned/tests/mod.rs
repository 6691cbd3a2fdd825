//! What is learned from small corpora, and what is not.

mod evidence;
mod known;

use super::furniture::reached_from_the_edges;
use super::*;
use crate::census::Workspace;
use crate::document::DocId;

fn stage() -> LearnedBoilerplate {
    Options::default().build().unwrap()
}

fn corpus(bodies: &[(&str, String)]) -> Vec<Document> {
    let document = |(index, (source, body)): (usize, &(&str, String))| {
        Document::new(DocId(index as u32), format!("{index}.txt"), *source, "", body)
    };
    bodies.iter().enumerate().map(document).collect()
}

fn resolve(stage: &LearnedBoilerplate, documents: &[Document]) -> Verdicts {
    let folder = tempfile::tempdir().unwrap();
    let mut census = Workspace::new(folder.path(), 1 << 20).census();
    for document in documents {
        for row in stage.observe(document) {
            census.push(document.id, row.key, &row.payload).unwrap();
        }
    }
    stage.resolve(census.into_groups().unwrap()).unwrap()
}

fn cleaned(stage: &LearnedBoilerplate, documents: &[Document]) -> Vec<String> {
    let verdicts = resolve(stage, documents);
    let clean = |document: &Document| {
        let mut document = document.clone();
        let findings = stage.examine(&document, &verdicts);
        document.apply("learned-boilerplate", findings);
        document.body().to_owned()
    };
    documents.iter().map(clean).collect()
}

/// An article nobody else has: five paragraphs about the number `n`.
fn story(n: usize) -> String {
    let words = ["bridge", "harbour", "council", "school", "orchard", "railway", "museum"];
    let paragraph = |part: usize| {
        format!(
            "Part {part}: the {} of quarter {}{part}x was the talk of the town.",
            words[n % 7],
            "abcdefghij".as_bytes()[n % 10] as char
        ) + &"y".repeat(n + part)
    };
    (0..5).map(paragraph).collect::<Vec<_>>().join("\n\n")
}

const FOOTER: &str = "Our desk answers letters on weekdays";

#[test]
fn lines_are_compared_by_their_normal_form() {
    for (line, expected) in [
        ("Page  7 |\tEdition", "page 0 | edition"),
        ("Printed 03/11/2031, 12:30", "printed 03/11/2031, 12:30"),
        ("Printed 03/11/2031", "printed 0"),
        ("12:30", "0"),
        ("Net 3.1 mln vs 2.9 mln", "net 3.1 mln vs 2.9 mln"),
        ("No. 7.", "no. 0."),
        ("ÜBER ١٢ Straße", "über 0 straße"),
    ] {
        assert_eq!(normalised(line), expected);
    }
}

#[test]
fn furniture_is_joined_to_an_end_of_the_page() {
    let table = [
        ("a footer", "....RRR", "....RRR"),
        ("a date within", "R.R....", "R.R...."),
        ("row labels", "..R..R..", "........"),
        ("both ends", "R....R.R", "R....R.R"),
        ("all of it", "RRRR", "RRRR"),
        ("nothing", "", ""),
    ];
    for (name, lines, expected) in table {
        let recurs: Vec<_> = lines.chars().map(|c| c == 'R').collect();
        let reached = reached_from_the_edges(&recurs);
        let cut: String = lines
            .chars()
            .zip(reached)
            .map(|(line, reached)| match reached.from_head || reached.from_tail {
                true => line,
                false => '.',
            })
            .collect();
        assert_eq!(cut, expected, "{name}");
    }
}

#[test]
fn a_line_that_ends_the_articles_of_a_source_is_cut() {
    let bodies: Vec<_> = (0..8).map(|n| ("gazette", format!("{}\n\n{FOOTER}", story(n)))).collect();
    let texts = cleaned(&stage(), &corpus(&bodies));
    assert!(texts.iter().all(|text| !text.contains(FOOTER)), "{texts:?}");
    assert_eq!(texts[3], story(3));
}

#[test]
fn a_number_and_case_do_not_hide_a_line() {
    let footer = |n: usize| match n % 2 {
        0 => format!("Printed 0{n}/11/2031 | EDITION"),
        _ => format!("printed 1{n}/02/2032 |  Edition"),
    };
    let bodies: Vec<_> = (0..8).map(|n| ("g", format!("{}\n\n{}", story(n), footer(n)))).collect();
    assert!(
        cleaned(&stage(), &corpus(&bodies))
            .iter()
            .all(|text| !text.to_lowercase().contains("edition"))
    );
}

#[test]
fn what_is_not_boilerplate_stays() {
    let in_middle = |n: usize| {
        let story = story(n);
        let (head, tail) = story.split_at(story.rfind("\n\nPart 3").unwrap());
        let long = story.replace("talk", "pride");
        format!("{long}\n\n{head}\n\nWhat happens next{tail}\n\n{long}")
    };
    let speaker = |n: usize| {
        let said: Vec<_> =
            story(n).split("\n\n").map(|line| format!("ada holm\n\n{line}")).collect();
        said.join("\n\n")
    };
    let cases: [(&str, Vec<(&str, String)>); 6] = [
        ("a speaker of transcripts", (0..9).map(|n| ("g", speaker(n))).collect()),
        (
            "figures of reports",
            (0..9).map(|n| ("g", format!("Net {n}.1 mln vs 2.{n} mln\n\n{}", story(n)))).collect(),
        ),
        ("a sub-head in the middle", (0..9).map(|n| ("g", in_middle(n))).collect()),
        ("too few documents", (0..4).map(|n| ("g", format!("{}\n\n{FOOTER}", story(n)))).collect()),
        (
            "reprints of one story",
            (0..9).map(|_| ("g", format!("{}\n\n{FOOTER}", story(1)))).collect(),
        ),
        (
            "different sources",
            (0..9).map(|n| (["a", "b", "c"][n % 3], format!("{}\n\n{FOOTER}", story(n)))).collect(),
        ),
    ];
    for (name, bodies) in cases {
        let documents = corpus(&bodies);
        let expected: Vec<_> =
            documents.iter().map(|document| document.body().to_owned()).collect();
        assert_eq!(cleaned(&stage(), &documents), expected, "{name}");
    }
}

#[test]
fn a_document_that_is_mostly_repetition_is_left_alone() {
    let mut bodies: Vec<_> = (0..8).map(|n| ("g", format!("{}\n\n{FOOTER}", story(n)))).collect();
    bodies.push(("g", format!("Closed today.\n\n{FOOTER}")));
    let texts = cleaned(&stage(), &corpus(&bodies));
    assert!(texts[8].contains(FOOTER) && !texts[0].contains(FOOTER));
}

/// Headlines of one source, each over a story of its own, as they come out.
fn titles_cleaned(titles: &[String]) -> Vec<String> {
    let document = |(n, title): (usize, &String)| {
        let body = format!("{}\n\nThe minister of roads was there.", story(n));
        Document::new(DocId(n as u32), format!("{n}.txt"), "g", title, &body)
    };
    let documents: Vec<_> = titles.iter().enumerate().map(document).collect();
    let verdicts = resolve(&stage(), &documents);
    let clean = |document: &Document| {
        let mut document = document.clone();
        let findings = stage().examine(&document, &verdicts);
        document.apply("learned-boilerplate", findings);
        document.title().to_owned()
    };
    documents.iter().map(clean).collect()
}

#[test]
fn what_the_headlines_of_a_source_share_is_an_ornament() {
    let plain = |n: usize| format!("The bridge of mile {n} opens");
    type Title<'a> = &'a dyn Fn(usize) -> String;
    let table: [(&str, Title<'_>, bool); 7] = [
        ("an outlet", &|n| format!("{} - Valley Echo", plain(n)), true),
        ("a chain", &|n| format!("{} | World | Valley Echo", plain(n)), true),
        ("a label", &|n| format!("WATCH: {}", plain(n)), true),
        ("digits are folded", &|n| format!("{} | Issue {}", plain(n), n + 1), true),
        ("a closing quotation mark", &|n| format!("\"{}\" - Ada Holm", plain(n)), false),
        (
            "a speaker in a few headlines",
            &|n| plain(n) + if n % 3 == 0 { " - Minister" } else { "" },
            false,
        ),
        ("a series", &|n| format!("Analysis: {}", plain(n)), false),
    ];
    for (name, title, is_cut) in table {
        let titles: Vec<_> = (0..18).map(title).collect();
        let expected: Vec<_> = match is_cut {
            true => (0..18).map(plain).collect(),
            false => titles.clone(),
        };
        assert_eq!(titles_cleaned(&titles), expected, "{name}");
    }
    let few: Vec<_> = (0..4).map(|n| format!("{} | Valley Echo", plain(n))).collect();
    assert_eq!(titles_cleaned(&few), few, "too few documents");
}

#[test]
fn options_out_of_range_name_the_key() {
    let options = Options { min_share: 2.0, ..Options::default() };
    assert!(options.build().err().unwrap().to_string().contains("min-share"));
    let options = Options { min_documents: 1, ..Options::default() };
    assert!(options.build().err().unwrap().to_string().contains("min-documents"));
}

/// Headline and body of each document as they come out, and the rules that cut.
fn cut_by(stage: &LearnedBoilerplate, documents: &[Document]) -> Vec<(String, Vec<String>)> {
    let verdicts = resolve(stage, documents);
    let clean = |document: &Document| {
        let mut document = document.clone();
        let findings = stage.examine(&document, &verdicts);
        let rules = findings.cuts.iter().map(|cut| cut.rule.to_string()).collect();
        document.apply("learned-boilerplate", findings);
        (document.text().to_owned(), rules)
    };
    documents.iter().map(clean).collect()
}
