//! `copydesk init`: a commented configuration, fitted to a dump.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use copydesk::config::{Config, TEMPLATE};
use copydesk::document::Fate;
use copydesk::input::Proposal;
use copydesk::{Error, pipeline};

use super::grouped;

#[derive(Args)]
pub(crate) struct Init {
    /// Folder or file to look at
    dump: PathBuf,
    /// File to write
    #[arg(short, long, value_name = "FILE", default_value = "pipeline.toml")]
    output: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(crate) fn run(self) -> Result<ExitCode> {
        if self.output.exists() && !self.force {
            return Err(Error::Setup(format!(
                "`{}` exists\nhint: `--force` replaces it, `-o FILE` writes another",
                self.output.display()
            ))
            .into());
        }
        let text = fitted(&self.dump)?;
        Config::parse(&self.output.display().to_string(), &text)?;
        File::create(&self.output)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("could not write `{}`", self.output.display()))?;
        writeln!(
            io::stderr(),
            "wrote {}\nhint: `copydesk plan` shows what it would do, `copydesk run` does it",
            self.output.display()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The template with the dump's path, and what a sample of the dump showed.
fn fitted(dump: &Path) -> Result<String> {
    let mut config = Config::default();
    let scan = pipeline::survey(dump, config.input.follow)?;
    let proposals = pipeline::proposals(&config, &scan);
    for Proposal { key, field, .. } in &proposals {
        // Behind the names that are known: files that have these are read as they would be without it.
        config.input.names_mut(key).context("a key of `[input]`")?.push(field.clone());
    }
    let sample = pipeline::sample(&config, &scan)?;
    let mut languages: BTreeMap<&str, u64> = BTreeMap::new();
    let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
    let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
    for document in &sample.documents {
        match &document.fate {
            Fate::Rejected(why) => {
                *rejected.entry(format!("{}: {}", why.reason, why.detail)).or_default() += 1;
            }
            _ => {
                let code = document.language.as_ref().map_or("und", |language| &language.code);
                *languages.entry(code).or_default() += 1;
                *sources.entry(&document.source).or_default() += 1;
            }
        }
    }
    let mut head =
        String::from("# Written by `copydesk init`. What a sample of the dump showed:\n");
    for (format, files, bytes) in &sample.formats {
        head += &format!(
            "#   {format}: {} files, {}\n",
            grouped(*files),
            indicatif::HumanBytes(*bytes)
        );
    }
    let listed = |counts: &BTreeMap<&str, u64>| {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
        let most: Vec<_> =
            counts.iter().take(8).map(|(name, count)| format!("{name} {count}")).collect();
        most.join(", ")
    };
    head +=
        &format!("#   languages of {} documents: {}\n", sample.documents.len(), listed(&languages));
    head += &format!("#   sources: {}\n", listed(&sources));
    for (why, count) in rejected.iter().take(8) {
        head += &format!("#   rejected {count}: {}\n", why.replace('\n', " "));
    }
    let path = std::path::absolute(dump)?;
    let path = toml::Value::String(path.display().to_string());
    let template = TEMPLATE.replacen("\npath = \"\"", &format!("\npath = {path}"), 1);
    Ok(head + "\n" + &with_fields(template, &config, &proposals)?)
}

/// The template with the names of fields that were proposed, and what speaks for them.
fn with_fields(template: String, config: &Config, proposals: &[Proposal]) -> Result<String> {
    let mut text = template;
    for (key, names) in config.input.names() {
        let of_key: Vec<_> = proposals.iter().filter(|proposal| proposal.key == key).collect();
        if of_key.is_empty() {
            continue;
        }
        let section = text.find("\n[input]\n").context("the template has an `[input]`")?;
        let begin = format!("\n{key} = [");
        let at = text[section..].find(&begin).context("it has the key")? + section + 1;
        let end = text[at..].find("]\n").context("its list has an end")? + at + 1;
        let mut lines = String::new();
        for Proposal { field, evidence, is_clear, .. } in of_key {
            let field = field.escape_debug();
            lines += &format!("# Proposed by `copydesk init`: `{field}` has {evidence}");
            lines += if *is_clear { ".\n" } else { "; another field looks much the same.\n" };
        }
        let list = toml::Value::Array(names.iter().cloned().map(toml::Value::String).collect());
        text.replace_range(at..end, &format!("{lines}{key} = {list}"));
    }
    Ok(text)
}
