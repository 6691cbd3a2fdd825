//! Tests from outside: the binary on real folders. One test program, so that the language models are linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod archives;
mod broken_configurations;
mod damaged;
mod faults;
mod formulas;
mod fuzz;
mod generate;
mod golden;
mod hostile;
mod init;
mod large;
mod layers;
mod manual;
mod operation;
mod outcomes;
mod paragraphs;
mod power;
mod promises;
mod properties;
mod quarantine;
mod races;
mod remembered;
mod repairs;
mod report;
mod resume;
mod statistics;
mod support;
mod tables;
mod verify;
mod writers;

#[path = "../../benches/corpus/mod.rs"]
mod corpus;

/// What the commands print: `tests/cmd/*.trycmd`.
#[test]
fn commands_print_what_is_written_down() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
