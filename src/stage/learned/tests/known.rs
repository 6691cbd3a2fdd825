//! Files of known boilerplate: from one dump to the next, and what is wrong with them.

use super::*;

/// Everything that the articles of a source show, as a file, and as options that use it.
fn learned_file(documents: &[Document]) -> String {
    let stage = stage();
    let verdicts = resolve(&stage, documents);
    let mut learner = Learner::default();
    for document in documents {
        let day = Day::parse(&document.dating.day);
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

#[test]
fn what_a_large_dump_taught_is_cut_from_a_single_article() {
    let title = |n: usize| format!("The bridge of mile {n} opens | Valley Echo");
    let bodies = |n: usize| format!("Edition {n}\n\n{}\n\n{FOOTER}", story(n));
    let document = |n: usize| {
        let mut document =
            Document::new(DocId(n as u32), format!("{n}.txt"), "gazette", &title(n), &bodies(n));
        document.dating.day = format!("2031-03-{:02}", n + 1);
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
