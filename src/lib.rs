//! stub
pub mod census;
pub mod document;
pub mod error;
pub mod stage;
