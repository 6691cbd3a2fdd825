//! `--metrics FILE`: the last run as Prometheus gauges, for node_exporter's textfile collector.
//!
//! The file is replaced as a whole, so that the collector never sees half of it, and holds no time stamps, which the
//! collector refuses. A run that fails says so here too, without the figures that it does not have.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use copydesk::{Error, Exit, Report};

/// Refuses a file that could not be written at the end.
pub(crate) fn check(path: &Path) -> Result<(), Error> {
    let folder = folder_of(path);
    if path.is_dir() || !folder.is_dir() {
        return Err(Error::Setup(format!(
            "no file can be written at `--metrics {}`",
            path.display()
        )));
    }
    Ok(())
}

/// Writes the gauges of a run: its exit code, its seconds and, if it came to its end, its counts.
pub(crate) fn write(
    path: &Path,
    code: u8,
    seconds: f64,
    report: Option<&Report>,
) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    file.write_all(render(code, seconds, report).as_bytes())?;
    // The collector is another user.
    file.as_file().set_permissions(Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|why| why.error)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn render(code: u8, seconds: f64, report: Option<&Report>) -> String {
    let mut gauges = Gauges::default();
    let is_success = code == Exit::Done.code();
    gauges.one("run_success", "Whether the last run ended with exit code 0.", u8::from(is_success));
    gauges.one("run_exit_code", "Exit code of the last run.", code);
    gauges.one("run_seconds", "Wall time of the last run.", seconds);
    let version = [(["version"], [env!("CARGO_PKG_VERSION")], 1)];
    gauges.many("build_info", "Version of copydesk.", version);
    let Some(report) = report else { return gauges.text };
    let funnel = &report.funnel;
    let documents = [
        ("found", funnel.found()),
        ("kept", funnel.kept),
        ("duplicate", funnel.all_duplicates()),
        ("rejected", funnel.all_rejected()),
    ];
    let documents = documents.map(|(outcome, count)| (["outcome"], [outcome], count));
    gauges.many("documents", "Documents; found = kept + duplicate + rejected.", documents);
    let duplicates = funnel.duplicates.iter();
    let duplicates = duplicates.map(|(kind, count)| (["kind"], [kind.as_str()], *count));
    gauges.many("duplicate_documents", "Dropped duplicates, by kind.", duplicates);
    gauges.many(
        "rejected_documents",
        "Rejected units, by reason.",
        by_two(&funnel.rejected, "reason"),
    );
    let of_removed = |count: fn(&copydesk::stats::Removed) -> u64| -> BTreeMap<_, _> {
        funnel.removed.iter().map(|(key, removed)| (key.clone(), count(removed))).collect()
    };
    let spans = of_removed(|removed| removed.spans);
    gauges.many("removed_spans", "Removed spans, by rule.", by_two(&spans, "rule"));
    let bytes = of_removed(|removed| removed.bytes);
    gauges.many("removed_bytes", "Bytes of removed text, by rule.", by_two(&bytes, "rule"));
    gauges.one("input_bytes", "Bytes before decoding.", funnel.raw_bytes);
    gauges.one("input_losses", "Inputs that could not be read.", report.input_losses);
    let skipped = report.skipped.iter().map(|(reason, what)| (["reason"], [*reason], what.count));
    gauges.many("skipped_files", "Files that were passed over, by reason.", skipped);
    let passes =
        report.passes.iter().map(|pass| (["stages"], [pass.stages.as_str()], pass.seconds));
    gauges.many("pass_seconds", "Wall time of a pass.", passes);
    gauges.text
}

type Labelled<'a> = ([&'a str; 2], [&'a str; 2], u64);

fn by_two<'a>(
    counts: &'a BTreeMap<(String, String), u64>,
    second: &'a str,
) -> impl Iterator<Item = Labelled<'a>> {
    counts
        .iter()
        .map(move |((stage, code), count)| (["stage", second], [&**stage, &**code], *count))
}

#[derive(Default)]
struct Gauges {
    text: String,
}

impl Gauges {
    fn one(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.many::<0, _>(name, help, [([], [], value)]);
    }

    /// A gauge with a value for each combination of labels; nothing where there is none.
    fn many<'a, const N: usize, V: std::fmt::Display>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = ([&'a str; N], [&'a str; N], V)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        self.text += &format!("# HELP copydesk_{name} {help}\n# TYPE copydesk_{name} gauge\n");
        for (labels, cells, value) in values {
            let pairs = labels.iter().zip(cells);
            let pairs: Vec<_> =
                pairs.map(|(label, cell)| format!("{label}=\"{}\"", escape(cell))).collect();
            let labels = if N == 0 { String::new() } else { format!("{{{}}}", pairs.join(",")) };
            self.text += &format!("copydesk_{name}{labels} {value}\n");
        }
    }
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
