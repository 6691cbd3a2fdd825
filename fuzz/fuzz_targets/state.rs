//! See `tests/suite/properties/state.rs`.
#![no_main]

#[path = "../../tests/suite/properties/mod.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::state::holds(data));
