//! See `tests/suite/properties/records.rs`.
#![no_main]

#[path = "../../tests/suite/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::records::holds(data));
