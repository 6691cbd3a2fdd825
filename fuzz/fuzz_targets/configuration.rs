//! See `tests/suite/properties/configuration.rs`.
#![no_main]

#[path = "../../tests/suite/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::configuration::holds(data));
