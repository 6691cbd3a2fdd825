//! What the reader repaired stands in `repairs.csv`, row by row, and the counts agree everywhere.

use std::collections::BTreeMap;
use std::fs;

use copydesk::output::undo::Undo;
use copydesk::output::verify::verify;

use crate::support::{by_id, rows, run_well};

const BODY: &str = "The salt works of Lower Pan boiled its last kettle on Tuesday morning, and the keeper let the fire go out.";

#[test]
fn each_repair_has_a_row_that_says_what_stood_there() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    fs::create_dir(&dump).unwrap();
    // Control characters, spaces and line breaks around the repairs move them; a line below is cut later.
    let text = format!(
        "  \\r\\n{BODY}\\r\\n\\u0007It\\u0092s a cafÃ© now, the Pan &amp; Kettle&#146;s.\\r\\nRead more: Salt &amp; Sons\\n{BODY} &nbsp;"
    );
    let line =
        format!("{{\"title\": \" Salt   &amp;  &quot;Sons&quot; \", \"text\": \"{text}\"}}\n");
    let plain = format!("{{\"text\": \"Nothing wrong. {BODY}\"}}\n");
    fs::write(dump.join("a.jsonl"), line + &plain).unwrap();
    fs::write(
        dump.join("b.txt"),
        format!("\nThe &quot;last&quot; kettle \n \n\n  &nbsp;It&#8217;s cold.\n{BODY}"),
    )
    .unwrap();
    let config = work.path().join("pipeline.toml");
    fs::write(&config, "stages = [\"boilerplate\"]\n").unwrap();
    run_well(&dump, &out, &["--quiet", "--config", config.to_str().unwrap()]);
    let documents = by_id(&out.join("documents.csv"));
    assert_eq!(documents.len(), 3);
    let decoded: BTreeMap<_, _> = Undo::open(&out)
        .unwrap()
        .map(|restored| restored.unwrap())
        .map(|restored| (restored.id, restored.text))
        .collect();
    let repairs = rows(&out.join("repairs.csv"));
    let shown: Vec<_> =
        repairs.iter().map(|row| (&*row["id"], &*row["found"], &*row["text"])).collect();
    assert_eq!(
        shown,
        [
            ("a.jsonl#0", "&amp;", "&"),
            ("a.jsonl#0", "&quot;", "\""),
            ("a.jsonl#0", "&quot;", "\""),
            ("a.jsonl#0", "Ã©", "é"),
            ("a.jsonl#0", "&amp;", "&"),
            ("a.jsonl#0", "&#146;", "’"),
            ("a.jsonl#0", "&amp;", "&"),
            ("a.jsonl#0", "&nbsp;", ""),
            ("b.txt", "&quot;", "\""),
            ("b.txt", "&quot;", "\""),
            ("b.txt", "&nbsp;", ""),
            ("b.txt", "&#8217;", "’"),
        ]
    );
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in &repairs {
        let number = |column: &str| row[column].parse::<usize>().unwrap();
        let stands = &decoded[&row["id"]][number("start")..number("end")];
        assert_eq!(stands, row["text"], "{row:?}");
        let sum = sums.entry(&row["id"]).or_default();
        sum.0 += number("entities") as u64;
        sum.1 += number("mojibake") as u64;
    }
    for (id, document) in &documents {
        let (entities, mojibake) = sums.get(&**id).copied().unwrap_or_default();
        assert_eq!(document["entities_decoded"], entities.to_string(), "{id}");
        assert_eq!(document["mojibake_repaired"], mojibake.to_string(), "{id}");
    }
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let expected = serde_json::json!({"spans": 12, "entities": 11, "mojibake": 1});
    assert_eq!(record["funnel"]["repairs"], expected);
    verify(&out).unwrap();
}
