//! Rows on their way to other machines: sorted runs in memory, each for one part of what receives them.

use std::io;

use super::{Key, runs};
use crate::document::DocId;
use crate::error::Error;

/// Rows for one part of the rows that a port receives, whole groups of those that were sorted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What receives them.
    pub port: u8,
    /// The part that they belong to.
    pub part: u32,
    /// A run of rows.
    pub rows: Vec<u8>,
}

/// Sorts rows by where they go. In memory: whoever fills it takes the packets when it [is full](Self::is_full).
pub struct Sorting {
    parts: u32,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// One row in memory: 32 bytes, its payload in the shared buffer.
struct Entry {
    part: u32,
    port: u8,
    hash: u64,
    document: DocId,
    at: u32,
    len: u32,
}

/// Packets of a bucket are of many rows each, and a task's memory is a fraction of what it may use.
const FULL_BYTES: usize = 24 << 20;
/// A packet ends behind the group that passes this size: engines make batches of a thousand rows.
const PACKET_BYTES: usize = 48 << 10;

impl Sorting {
    /// For receivers of so many parts.
    pub fn new(parts: u32) -> Self {
        Self { parts: parts.max(1), bytes: Vec::new(), entries: Vec::new() }
    }

    /// Adds a row.
    pub fn push(
        &mut self,
        port: u8,
        hash: u64,
        document: DocId,
        payload: &[u8],
    ) -> Result<(), Error> {
        let too_large = |_| Error::Internal("rows of over 4 GiB on their way".into());
        let at = u32::try_from(self.bytes.len()).map_err(too_large)?;
        let len = u32::try_from(payload.len()).map_err(too_large)?;
        self.bytes.extend_from_slice(payload);
        // Keys may be small numbers, or the smallest of hashes.
        let part = (hash.wrapping_mul(MIX) >> 32) % u64::from(self.parts);
        self.entries.push(Entry { part: part as u32, port, hash, document, at, len });
        Ok(())
    }

    /// Whether its packets should be taken.
    pub fn is_full(&self) -> bool {
        self.bytes.len() + self.entries.len() * size_of::<Entry>() > FULL_BYTES
    }

    /// The rows so far.
    pub fn take(&mut self) -> Result<Vec<Packet>, Error> {
        let mut entries = std::mem::take(&mut self.entries);
        let bytes = std::mem::take(&mut self.bytes);
        entries.sort_unstable_by_key(|entry| {
            (entry.port, entry.part, entry.hash, entry.document, entry.at, entry.len)
        });
        let mut packets = Vec::new();
        for of_part in entries.chunk_by(|a, b| (a.port, a.part) == (b.port, b.part)) {
            let mut writer = runs::Writer::new(Vec::new());
            let mut size = 0;
            let mut groups = of_part.chunk_by(|a, b| a.hash == b.hash).peekable();
            while let Some(group) = groups.next() {
                for entry in group {
                    let key = Key { table: 0, hash: entry.hash };
                    let payload = &bytes[entry.at as usize..(entry.at + entry.len) as usize];
                    writer.push(key, entry.document, payload).map_err(damaged)?;
                    size += payload.len() + ROW_BYTES;
                }
                if size > PACKET_BYTES || groups.peek().is_none() {
                    let full = std::mem::replace(&mut writer, runs::Writer::new(Vec::new()));
                    let (port, part) = (of_part[0].port, of_part[0].part);
                    packets.push(Packet { port, part, rows: full.into_inner() });
                    size = 0;
                }
            }
        }
        Ok(packets)
    }
}

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// About what a row takes beside its payload.
const ROW_BYTES: usize = 8;

pub(super) fn damaged(why: io::Error) -> Error {
    Error::Internal(format!("a packet of rows is damaged: {why}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Groups, Workspace};
    use super::*;

    proptest! {
        #[test]
        fn a_group_is_of_one_part_and_of_one_packet(
            rows in proptest::collection::vec(
                (0u8..3, 0u64..9, 0u32..6, 0usize..20_000), 0..60),
            parts in 1u32..5,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let workspace = Workspace::new(folder.path(), usize::MAX);
            let mut sorting = Sorting::new(parts);
            let mut expected = Vec::new();
            for (port, hash, document, len) in &rows {
                let payload = vec![*port; *len];
                sorting.push(*port, *hash, DocId(*document), &payload).unwrap();
                expected.push((*port, *hash, *document, payload));
            }
            let packets = sorting.take().unwrap();
            prop_assert!(sorting.take().unwrap().is_empty());
            let mut found = Vec::new();
            let mut seen = std::collections::BTreeSet::new();
            for packet in packets {
                let port = packet.port;
                prop_assert!(packet.part < parts);
                let mut census = workspace.census();
                census.push_packet(&packet).unwrap();
                let mut merged = census.into_groups().unwrap();
                let mut groups = Groups::of_packet(&workspace, packet);
                while let Some(group) = groups.next_group().unwrap() {
                    prop_assert!(seen.insert((port, group.key)), "a group is in two packets");
                    let same = merged.next_group().unwrap();
                    prop_assert_eq!(Some(&group), same.as_ref());
                    for row in group.rows {
                        found.push((port, group.key.hash, row.document.0, row.payload));
                    }
                }
            }
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_damaged_packet_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let packet = Packet { port: 0, part: 0, rows: vec![9, 0, 0, 0] };
        let census = &mut Workspace::new(folder.path(), usize::MAX).census();
        assert!(census.push_packet(&packet).is_err());
    }
}
