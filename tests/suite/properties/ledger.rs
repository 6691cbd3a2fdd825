//! Whatever is cut, in however many steps: what is left is part of what was there, and the ledger gives all of it back, from
//! memory and from the published tables.
//!
//! The first byte says whether formulas are guarded, the second how many cuts there are: four bytes each, for the place, the
//! length and the step. All others are documents, with a record separator between them.

use std::cell::RefCell;
use std::fs;

use copydesk::document::{Cut, DocId, Document, Findings, restore};
use copydesk::output::csv::CsvRows;
use copydesk::output::ledger::REMOVED;
use copydesk::output::table::{AnyTable, Cell, Field, Kind};
use copydesk::output::undo::Undo;

use super::{Scratch, is_subsequence, removed};

const STEPS: u8 = 4;

pub(crate) fn holds(data: &[u8]) {
    let [form, count, rest @ ..] = data else { return };
    let (cuts, texts) = rest.split_at(rest.len().min(4 * usize::from(*count)));
    let texts = String::from_utf8_lossy(texts);
    let documents = texts.split('\u{1e}').enumerate().map(|(number, text)| {
        let (title, body) = text.split_once("\n\n").unwrap_or(("", text));
        // A name that begins like a formula is guarded as well.
        let name = format!("={number}.txt");
        let mut document = Document::new(DocId(number as u32), name, "outlet", title, body);
        let decoded = document.text().to_owned();
        for step in 0..STEPS {
            cut(&mut document, step, cuts);
            check(&document, &decoded);
        }
        (document, decoded)
    });
    check_tables(&documents.collect::<Vec<_>>(), form & 1 == 0);
}

/// Carries out the cuts of one step.
fn cut(document: &mut Document, step: u8, cuts: &[u8]) {
    let mut findings = Findings::default();
    for cut in cuts.chunks_exact(4).filter(|cut| cut[3] % STEPS == step) {
        let start = usize::from(u16::from_le_bytes([cut[0], cut[1]])) % (document.text().len() + 3);
        let at = start..start + usize::from(cut[2]);
        findings.cuts.push(Cut { at, rule: format!("rule-{}", cut[3]).into() });
    }
    document.apply("fuzz", findings);
}

fn check(document: &Document, decoded: &str) {
    assert!(is_subsequence(document.text(), decoded));
    for part in [document.title(), document.body()] {
        assert_eq!(part.trim(), part);
    }
    let rows = removed(document);
    let mut until = 0;
    for (start, end, text) in &rows {
        assert!(until <= *start, "rows overlap: {rows:?}");
        assert_eq!(decoded.get(*start as usize..*end as usize), Some(*text));
        until = *end;
    }
    let back = restore(document.title(), document.body(), &rows);
    // Without a body the separator is gone, and no row has it.
    if document.is_kept() {
        assert_eq!(back.as_deref(), Some(decoded));
    }
}

/// Writes the tables of an output and restores the documents from them.
fn check_tables(documents: &[(Document, String)], guards_formulas: bool) {
    thread_local!(static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) });
    SCRATCH.with_borrow_mut(|scratch| {
        let output = scratch.get_or_insert_with(Scratch::new).path();
        let record = format!("{{\"csv\": {{\"guard_formulas\": {guards_formulas}}}}}");
        fs::write(output.join("run.json"), record).expect("there is room");
        let (kept, rejected): (Vec<_>, Vec<_>) =
            documents.iter().partition(|(document, _)| document.is_kept());
        let table = |name: &str, fields: &[Field], rows: &mut dyn FnMut(&mut CsvRows<Vec<u8>>)| {
            let mut table = CsvRows::new(Vec::new(), fields, guards_formulas).expect("to memory");
            rows(&mut table);
            let bytes = table.into_inner().expect("to memory");
            fs::write(output.join(name), bytes).expect("there is room");
        };
        let fields = ["id", "title", "text"].map(|name| Field {
            name,
            kind: Kind::Text,
            unit: "",
            description: "",
        });
        table("documents.csv", &fields, &mut |table| {
            for (document, _) in &kept {
                let texts = [&document.name, document.title(), document.body()];
                table.row(&texts.map(Cell::Text)).expect("to memory");
            }
        });
        table("rejected.csv", &fields[..1], &mut |table| {
            for (document, _) in &rejected {
                table.row(&[Cell::Text(&document.name)]).expect("to memory");
            }
        });
        table("duplicates.csv", &fields[..1], &mut |_| ());
        table("removed.csv", &REMOVED.fields(), &mut |table| {
            for (document, _) in documents {
                for removal in document.removed() {
                    let row = (document.name.as_str(), removal);
                    table.row(&REMOVED.cells(&row)).expect("to memory");
                }
            }
        });
        let restored = Undo::open(output).expect("the tables are there");
        let restored: Vec<_> = restored.map(|one| one.expect("the tables fit")).collect();
        assert_eq!(restored.len(), kept.len());
        for (one, (document, decoded)) in restored.iter().zip(kept) {
            assert_eq!((&one.id, &one.text), (&document.name, decoded));
        }
    });
}
