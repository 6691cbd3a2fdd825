//! What tells furniture from text that recurs.

use super::*;

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
        document.dating.day = date;
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
        undated.iter_mut().for_each(|document| document.dating.day.clear());
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
fn a_label_before_prose_is_a_sub_head() {
    let prose = |n: usize| {
        format!(
            "{} It was said to be the last of its kind in the whole valley.",
            story(n).replace('\n', " ")
        )
    };
    let table = [
        ("before prose", "What went on", true, false),
        ("before a line that is none", "What went on", false, true),
        ("with a number", "4 years ago", true, true),
        ("an address", "Follow @echo", true, true),
        ("more than a label", "What went on in the valley this week", true, true),
    ];
    for (name, label, is_before_prose, is_cut) in table {
        let body = |n: usize| match is_before_prose {
            true => format!("{label}\n\n{}\n\n{}", prose(n), story(n)),
            false => format!("{label}\n\nMore x{n}y{n}\n\n{}\n\n{}", prose(n), story(n)),
        };
        let bodies: Vec<_> = (0..9).map(|n| ("g", body(n))).collect();
        let cut = cut_by(&stage(), &corpus(&bodies));
        assert_eq!(cut.iter().all(|(text, _)| !text.contains(label)), is_cut, "{name}");
    }
}

#[test]
fn a_label_before_figures_is_a_row_of_a_table() {
    let rows = |n: usize| format!("Tons {}1,{n}04 vs {}2,{n}17", n + 1, n + 3);
    let table = [
        ("before figures", "Nine months", rows as fn(usize) -> String, false),
        ("before a date", "Nine months", |n| format!("{} March 2031, late", n + 1), true),
        ("before a count", "Nine months", |n| (n + 3).to_string(), true),
        ("more than a label", "In the nine months to the end of March", rows, true),
    ];
    for (name, label, behind, is_cut) in table {
        let body = |n: usize| format!("{}\n\n{label}\n\n{}", story(n), behind(n));
        let bodies: Vec<_> = (0..9).map(|n| ("g", body(n))).collect();
        let cut = cut_by(&stage(), &corpus(&bodies));
        assert_eq!(cut.iter().all(|(text, _)| !text.contains(label)), is_cut, "{name}");
    }
}

#[test]
fn the_form_of_a_line_may_say_that_it_is_text() {
    let line = |n: usize, head: &str, tail: &str| format!("{head}\n\n{}\n\n{tail}", story(n));
    let quotation = "\u{201c}Nobody asked us, and nobody will be asked next time\u{201d}";
    let said = format!("{quotation} Ada Holm, valley chronicle");
    let table: [(&str, Vec<String>, bool); 8] = [
        ("a figure", (0..9).map(|n| line(n, "7,000", &format!("x{n}y{n}"))).collect(), false),
        ("a date", (0..9).map(|n| line(n, "07/11/2031", &format!("x{n}y{n}"))).collect(), true),
        ("a time", (0..9).map(|n| line(n, "07:11", &format!("x{n}y{n}"))).collect(), true),
        ("a sub-head", (0..9).map(|n| line(n, "What is it about?", "")).collect(), false),
        (
            "a question at the end",
            (0..9).map(|n| line(n, "", "What do you think of it?")).collect(),
            true,
        ),
        ("a quotation and who said it", (0..9).map(|n| line(n, "", &said)).collect(), false),
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

#[test]
fn a_figure_is_not_taken_for_a_date_of_the_same_source() {
    let mut bodies: Vec<_> = (0..9).map(|n| ("g", format!("07/11/2031\n\n{}", story(n)))).collect();
    bodies.push(("g", format!("7,000\n\n{}", story(20))));
    let cut = cut_by(&stage(), &corpus(&bodies));
    assert!(!cut[0].0.contains("07/11/2031") && cut[9].0.contains("7,000"), "{cut:?}");
}
