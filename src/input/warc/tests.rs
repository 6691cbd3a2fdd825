//! Damage to the gzip members of a WARC: what it costs, and what the rows say.

use super::super::compress::tests::gzip;
use super::super::tests::{outcomes, read_file};
use super::*;

/// Five records, each a gzip member. The texts do not compress to nothing, so that damage lies within them.
fn members() -> Vec<Vec<u8>> {
    let text = |number: u32| {
        let mut state = number;
        let words: Vec<String> = (0..200)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                format!("{:x}", state >> 12)
            })
            .collect();
        format!("Ferry {number} left. {}", words.join(" "))
    };
    let record = |number: u32| {
        let text = text(number);
        let header = format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://ferry.example/{number}\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        gzip(format!("{header}{text}\r\n\r\n").as_bytes())
    };
    (0..5).map(record).collect()
}

/// Numbers of the ferries that were read, their positions, and the rows of what was not.
fn read(bytes: &[u8]) -> (String, String, Vec<String>) {
    let found = outcomes(&read_file("a.warc.gz", bytes, &Options::default()));
    let (mut ferries, mut positions, mut rows) = (String::new(), String::new(), Vec::new());
    for outcome in found {
        match outcome.split_once(" Ferry ") {
            Some((name, text)) => {
                positions.push_str(name.trim_start_matches("a.warc.gz#"));
                ferries.push_str(&text[..1]);
            }
            None => rows.push(outcome),
        }
    }
    (ferries, positions, rows)
}

#[test]
fn behind_a_damaged_member_the_next_one_is_read() {
    let whole = members();
    assert_eq!(read(&whole.concat()), ("01234".to_owned(), "01234".to_owned(), Vec::new()));
    let at = |number: usize| whole[..number].iter().map(Vec::len).sum::<usize>();
    let flipped = |number: usize, place: usize| {
        let mut bytes = whole.clone();
        bytes[number][place] ^= 0x15;
        bytes.concat()
    };
    let len = |number: usize| whole[number].len();
    let (cut, middle) = (len(2) - 20, len(2) / 2);
    let cut_member = [&whole[..2].concat()[..], &whole[2][..cut], &whole[3..].concat()].concat();
    let noise = [&whole[..2].concat()[..], b"\x1f\x8b\x08 WARC/1.0 noise", &whole[2..].concat()];
    let table: &[(&str, Vec<u8>, &str, usize, usize)] = &[
        ("in the data", flipped(2, middle), "0134", at(2), len(2)),
        ("in the checksum", flipped(2, len(2) - 6), "0134", at(2), len(2)),
        ("in the magic", flipped(2, 0), "0134", at(2), len(2)),
        ("in the flags", flipped(2, 2), "0134", at(2), len(2)),
        ("the first member", flipped(0, len(0) / 2), "1234", 0, len(0)),
        ("cut short", cut_member, "0134", at(2), cut),
        ("noise between two", noise.concat(), "01234", at(2), 18),
    ];
    for (name, bytes, expected, from, lost) in table {
        let (ferries, positions, rows) = read(bytes);
        assert_eq!(ferries, *expected, "{name}: {rows:?}");
        // What stands in for a member counts as one record.
        let is_in_place = positions == ferries || *name == "noise between two";
        assert!(is_in_place, "{name}: {positions}");
        let said = format!("{lost} bytes from byte {from} of the file on were passed over");
        assert!(rows.len() == 1 && rows[0].contains("damaged_member"), "{name}: {rows:?}");
        assert!(rows[0].contains(&said), "{name}: {rows:?}");
    }
    let last = flipped(4, len(4) / 2);
    let (ferries, _, rows) = read(&last);
    assert_eq!((&*ferries, rows.len()), ("0123", 1), "{rows:?}");
    assert!(rows[0].starts_with("a.warc.gz corrupt_compression: "), "{rows:?}");
}
