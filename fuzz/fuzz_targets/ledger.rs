//! See `tests/suite/properties/ledger.rs`.
#![no_main]

#[path = "../../tests/suite/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::ledger::holds(data));
