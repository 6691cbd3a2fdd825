//! What is learned from small corpora, and what is not.

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

/// Everything that the articles of a source show, as a file, and as options that use it.
fn learned_file(documents: &[Document]) -> String {
    let stage = stage();
    let verdicts = resolve(&stage, documents);
    let mut learner = Learner::default();
    for document in documents {
        let day = document.date.as_deref().and_then(Day::parse);
        let sightings = stage.sightings(document, &verdicts);
        learner.add(&document.source, !document.title().is_empty(), day, sightings);
    }
    to_toml(&learner.into_entries())
}

fn stage_that_knows(file: &str) -> LearnedBoilerplate {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("learned.toml");
    std::fs::write(&path, file).unwrap();
    Options { known: vec![path], ..Options::default() }.build().unwrap()
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

#[test]
fn what_a_large_dump_taught_is_cut_from_a_single_article() {
    let title = |n: usize| format!("The bridge of mile {n} opens | Valley Echo");
    let bodies = |n: usize| format!("Edition {n}\n\n{}\n\n{FOOTER}", story(n));
    let document = |n: usize| {
        let mut document =
            Document::new(DocId(n as u32), format!("{n}.txt"), "gazette", &title(n), &bodies(n));
        document.date = Some(format!("2031-03-{:02}", n + 1));
        document
    };
    let large: Vec<_> = (0..12).map(document).collect();
    let file = learned_file(&large);
    for part in [
        "text = \"our desk answers letters on weekdays\"\nplace = \"tail\"\ndocuments = 12\nshare = 1.0000\nfirst = \"2031-03-01\"\nlast = \"2031-03-12\"\n",
        "text = \"edition 0\"\nplace = \"head\"",
        "    \"Edition 0\",\n    \"Edition 1\",\n    \"Edition 2\",\n]",
        "text = \"| valley echo\"\nplace = \"title-end\"",
    ] {
        assert!(file.contains(part), "{part} in {file}");
    }
    let mut reversed = large.clone();
    reversed.reverse();
    let numbers = |file: &str| -> Vec<String> {
        file.lines().filter(|line| line.contains(" = ")).map(str::to_owned).collect()
    };
    assert_eq!(numbers(&learned_file(&reversed)), numbers(&file));

    let small = [document(20)];
    let cut = cut_by(&stage_that_knows(&file), &small);
    let rules = ["known-at-head", "known-at-tail", "known-in-title"].map(str::to_owned);
    assert_eq!(cut[0].0, format!("The bridge of mile 20 opens\n\n{}", story(20)));
    assert_eq!(cut[0].1, rules);
    assert_eq!(cut_by(&stage(), &small)[0].1, Vec::<String>::new(), "alone it lacks the evidence");

    let entry = stage_that_knows(&file);
    let at = small[0].text().find(FOOTER).unwrap();
    let entry = entry.known_entry(&small[0], &(at..at + FOOTER.len())).unwrap();
    assert_eq!((entry.documents, entry.place), (12, EntryPlace::Tail));
}

#[test]
fn a_known_line_is_cut_at_its_place_only() {
    let known = |place: &str, text: &str| {
        format!("[[known]]\nsource = \"g\"\ntext = \"{text}\"\nplace = \"{place}\"\n")
    };
    let far = |line: &str| format!("{0}\n\n{line}\n\n{0}", story(1));
    let table = [
        ("at the tail", known("tail", FOOTER), format!("{}\n\n{FOOTER}", story(1)), true),
        (
            "as it stands in an article",
            known("tail", "OUR DESK  answers letters on weekdays"),
            format!("{}\n\n{FOOTER}", story(1)),
            true,
        ),
        ("in the middle", known("tail", FOOTER), far(FOOTER), false),
        ("at the other end", known("head", FOOTER), format!("{}\n\n{FOOTER}", story(1)), false),
        ("at either end", known("edge", FOOTER), format!("{}\n\n{FOOTER}", story(1)), true),
        (
            "a label near the end, with text behind it",
            known("tail", "letters"),
            format!(
                "{}\n\nLetters\n\n{}\n\nThe end of it.",
                story(1),
                story(2).split_once("\n\n").unwrap().0
            ),
            false,
        ),
        ("a label at the end", known("tail", "letters"), format!("{}\n\nLetters", story(1)), true),
        (
            "of another source",
            known("tail", FOOTER).replace("\"g\"", "\"h\""),
            format!("{}\n\n{FOOTER}", story(1)),
            false,
        ),
        ("most of the document", known("tail", FOOTER), format!("Closed.\n\n{FOOTER}"), false),
    ];
    for (name, file, body, is_cut) in table {
        let document = Document::new(DocId(0), "0.txt", "g", "", &body);
        let cut = cut_by(&stage_that_knows(&file), &[document]);
        assert_eq!(!cut[0].1.is_empty(), is_cut, "{name}: {cut:?}");
    }
}

#[test]
fn a_wrong_file_of_known_lines_is_reported_with_its_places() {
    let good = "[[known]]\nsource = \"g\"\ntext = \"letters\"\nplace = \"tail\"\n";
    let table = [
        ("a misspelt key", good.replace("place", "plase"), "k:4:1: ", "did you mean `place`?"),
        ("a misspelt table", good.replace("known", "knwon"), "k:1:3: ", "did you mean `known`?"),
        ("a misspelt place", good.replace("tail", "tale"), "k:4:9: ", "did you mean `tail`?"),
        ("no place", good.replace("place = \"tail\"\n", ""), "k:1:1: ", "missing field `place`"),
        ("no letters", good.replace("letters", "---"), "k:3:8: ", "neither letter nor digit"),
        ("two lines", good.replace("letters", "a\\nb"), "k:3:8: ", "more than one line"),
        ("no source", good.replace("\"g\"", "\"\""), "k:2:10: ", "`source` is empty"),
        ("a share of two", format!("{good}share = 2.0\n"), "k:5:9: ", "between 0 and 1"),
        (
            "a date that is none",
            format!("{good}first = \"soon\"\n"),
            "k:5:9: ",
            "`first` is no date",
        ),
        (
            "dates in the wrong order",
            format!("{good}first = \"2031-03-02\"\nlast = \"2031-03-01\"\n"),
            "k:6:8: ",
            "lies before",
        ),
        (
            "the same line twice",
            format!("{good}{}", good.replace("letters", "LETTERS")),
            "k:7:8: ",
            "the first is at k:3:8",
        ),
    ];
    for (name, text, place, words) in table {
        let message = parse("k", &text).map(|_| ()).unwrap_err().to_string();
        assert!(message.starts_with(place), "{name}: {message}");
        assert!(message.contains(words), "{name}: {message}");
    }
    let two = format!("{good}share = 2.0\n{}", good.replace("letters", "-"));
    assert_eq!(parse("k", &two).map(|_| ()).unwrap_err().to_string().lines().count(), 2);
    let entries = parse("k", good).unwrap();
    assert_eq!(parse("k", &to_toml(&entries)).unwrap(), entries);
}

/// Eighteen dated articles of a source, a week apart, and the days (in March) and last lines of some more.
fn dated(more: &[(u32, String)]) -> Vec<Document> {
    let mut documents: Vec<_> = (0..18)
        .map(|n| {
            let (month, day) = (1 + n / 4, 1 + 7 * (n % 4));
            (format!("2031-{month:02}-{day:02}"), story(n))
        })
        .collect();
    let bodies = more.iter().enumerate();
    documents.extend(bodies.map(|(n, (day, line))| {
        (format!("2031-03-{day:02}"), format!("{}\n\n{line}", story(40 + n)))
    }));
    let document = |(n, (date, body)): (usize, (String, String))| {
        let mut document = Document::new(DocId(n as u32), format!("{n}.txt"), "g", "", &body);
        document.date = Some(date);
        document
    };
    documents.into_iter().enumerate().map(document).collect()
}

#[test]
fn what_is_said_in_a_few_days_of_many_is_said_of_an_event() {
    let wire = "The coastguard had called off the search at nightfall";
    let line = |days: &[u32]| -> Vec<(u32, String)> {
        days.iter().map(|day| (*day, wire.to_owned())).collect()
    };
    let with_others = |days: &[u32]| {
        let others = days.iter().flat_map(|day| [(*day, "x".to_owned()), (*day, "z".repeat(9))]);
        let others = others.enumerate().map(|(n, (day, text))| (day, format!("{text} {n} {n}")));
        [line(days), others.collect()].concat()
    };
    let table = [
        ("in three days, in some of their articles", with_others(&[10, 10, 11, 11, 12, 12]), false),
        ("in three days, in most of their articles", line(&[10, 10, 11, 11, 12, 12]), true),
        ("in three weeks", with_others(&[3, 6, 10, 14, 17, 20]), true),
        ("in three days, and once in a review", with_others(&[10, 10, 11, 11, 12, 28]), false),
    ];
    for (name, more, is_cut) in table {
        let documents = dated(&more);
        let cut = cut_by(&stage(), &documents);
        assert_eq!(cut.iter().any(|(_, rules)| !rules.is_empty()), is_cut, "{name}");
        let mut undated = documents;
        undated.iter_mut().for_each(|document| document.date = None);
        let cut = cut_by(&stage(), &undated);
        assert!(cut.iter().any(|(_, rules)| !rules.is_empty()), "{name}, without dates");
    }
}

#[test]
fn a_name_behind_a_quotation_is_text() {
    let name = "Ada Holm, chronicler of the valley";
    let quoted = |n: usize| format!("{0}\n\n\u{201c}{0}\u{201d}\n\n{name}", story(n));
    let plain = |n: usize| format!("{}\n\n{name}", story(n));
    let sentence = |n: usize| quoted(n) + ".";
    type Body<'a> = &'a dyn Fn(usize) -> String;
    let table: [(Body<'_>, bool); 3] = [(&quoted, false), (&plain, true), (&sentence, true)];
    for (body, is_cut) in table {
        let bodies: Vec<_> = (0..9).map(|n| ("g", body(n))).collect();
        let cut = cut_by(&stage(), &corpus(&bodies));
        assert_eq!(cut.iter().all(|(text, _)| !text.contains(name)), is_cut, "{}", body(0));
    }
}

#[test]
fn the_form_of_a_line_may_say_that_it_is_text() {
    let line = |n: usize, head: &str, tail: &str| format!("{head}\n\n{}\n\n{tail}", story(n));
    let quotation = "\u{201c}Nobody asked us, and nobody will be asked next time\u{201d}";
    let table: [(&str, Vec<String>, bool); 7] = [
        ("a figure", (0..9).map(|n| line(n, "7,000", &format!("x{n}y{n}"))).collect(), false),
        ("a date", (0..9).map(|n| line(n, "07/11/2031", &format!("x{n}y{n}"))).collect(), true),
        ("a time", (0..9).map(|n| line(n, "07:11", &format!("x{n}y{n}"))).collect(), true),
        ("a sub-head", (0..9).map(|n| line(n, "What is it about?", "")).collect(), false),
        (
            "a question at the end",
            (0..9).map(|n| line(n, "", "What do you think of it?")).collect(),
            true,
        ),
        ("a quotation", (0..9).map(|n| line(n, "", quotation)).collect(), false),
        (
            "two titles in marks",
            (0..9)
                .map(|n| line(n, "", "\"The Valley Hour\" comes after \"The Valley News\""))
                .collect(),
            true,
        ),
    ];
    for (name, bodies, is_cut) in table {
        let bodies: Vec<_> = bodies.into_iter().map(|body| ("g", body)).collect();
        let cut = cut_by(&stage(), &corpus(&bodies));
        assert_eq!(cut.iter().any(|(_, rules)| !rules.is_empty()), is_cut, "{name}");
    }
}
