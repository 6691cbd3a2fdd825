//! Made-up dumps that hold what a run in parts could get wrong.

/// Records with ids of their own, some of them twice, exact and near copies, shared paragraphs and furniture.
pub(super) fn copies() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let words = |from: usize, to: usize| {
        (from..to).map(|n| format!("word{}", n * n % 997)).collect::<Vec<_>>().join(" ")
    };
    let shared =
        "The council of the island has put off its vote on the new ferry until the spring.";
    for source in ["gazette", "ledger", "post"] {
        let lines: Vec<_> = (0..12)
            .map(|n| {
                let from = if n % 4 == 3 { 0 } else { 100 * n + source.len() };
                let body = format!("{}\n\n{}\n\nFollow the {source} on every channel", words(from, from + 90 + n), if n % 3 == 0 { shared } else { "Short." });
                serde_json::json!({ "id": format!("{}", n % 9), "title": format!("Story {n}"), "text": body }).to_string()
            })
            .collect();
        std::fs::create_dir(folder.path().join(source)).unwrap();
        std::fs::write(folder.path().join(source).join("day.jsonl"), lines.join("\n")).unwrap();
    }
    std::fs::write(folder.path().join("empty.txt"), "").unwrap();
    folder
}

/// Stories of all kinds that `near-dedup` knows: a chain of versions, each of which has a fifth of new words; many copies of one
/// text; a round-up of two stories; a report whose parts know each other, which is none, though no two of them belong together;
/// notices from a template; a passage that many have; and documents by themselves.
pub(super) fn stories() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let words = |story: &str, from: usize, to: usize| {
        (from..to).map(|n| format!("{story}{n}")).collect::<Vec<_>>().join(" ")
    };
    let passage = words("all", 0, 40);
    let mut texts: Vec<String> = Vec::new();
    for version in 0..64 {
        texts.push(words("chain", 20 * version, 20 * version + 100));
    }
    for copy in 0..60 {
        let more = words("copy", 1000 * copy, 1000 * copy + copy % 9);
        texts.push(format!("{} {more}", words("wire", 0, 120)));
    }
    for story in ["one", "two"] {
        for version in 0..4 {
            texts.push(words(story, 3 * version, 3 * version + 150));
        }
    }
    texts.push(format!("{} {}", words("one", 0, 150), words("two", 0, 150)));
    let sides = ["left", "middle", "right"].map(|side| words(side, 0, 60));
    let background = words("background", 0, 40);
    texts.extend(sides.iter().map(|side| format!("{background} {side}")));
    texts.push(format!("{background} {}", sides.join(" ")));
    for notice in 0..3 {
        let figures = (0..30).map(|n| (1000 * notice + n * n).to_string()).collect::<Vec<_>>();
        texts.push(format!("{} {}", words("table", 0, 90), figures.join(" ")));
    }
    for alone in 0..40 {
        texts.push(format!("{} {passage}", words("alone", 1000 * alone, 1000 * alone + 90)));
    }
    for short in 0..3 {
        texts.push(words("short", 0, 4 + short));
    }
    for (number, text) in texts.iter().enumerate() {
        // Neighbours of a chain are not neighbours in the corpus.
        let source = folder.path().join(format!("outlet{}", number * 37 % texts.len()));
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join("a.txt"), format!("Headline {number}\n\n{text}")).unwrap();
    }
    folder
}
