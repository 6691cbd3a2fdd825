//! Tells the program which sources it was built from: what one build remembers, another must not take for its own.

use std::path::{Path, PathBuf};
use std::{env, fs};

const PRIME: u64 = 0x0100_0000_01b3;

fn main() {
    let root =
        PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let mut files = vec![root.join("Cargo.lock")];
    collect(&root.join("src"), &mut files);
    files.sort();
    // Features bring other dictionaries and readers, so what they find out differs as well.
    let mut features: Vec<_> = env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CARGO_FEATURE_"))
        .collect();
    features.sort();
    // FNV-1a: nobody is to be kept from forging it, and it needs no crate.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for path in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned();
        for byte in name.into_bytes().into_iter().chain(fs::read(path).unwrap_or_default()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    for byte in features.concat().into_bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    }
    println!("cargo:rustc-env=COPYDESK_SOURCE={hash:016x}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
