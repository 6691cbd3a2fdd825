//! Streams in every format, whole, cut off and hostile.

use std::io::Write as _;

use super::*;

pub(in super::super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(in super::super) fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

pub(in super::super) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(in super::super) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn decompressed(bytes: &[u8], compression: Compression, limits: Limits) -> Decompressed {
    Decompressed::new(Box::new(io::Cursor::new(bytes.to_vec())), compression, limits)
}

const LIMITS: Limits = Limits { max_ratio: 200, max_bytes: 1 << 40 };

fn read_all(bytes: &[u8], compression: Compression) -> (Vec<u8>, Option<String>) {
    let mut text = Vec::new();
    let mut stream = decompressed(bytes, compression, LIMITS);
    let failed = stream.read_to_end(&mut text).err();
    if failed.is_some() {
        assert!(stream.read(&mut [0; 8]).is_err(), "a failure stays");
    }
    (text, failed.map(|error| rejection_of(&error).reason.into_owned()))
}

type Compress = fn(&[u8]) -> Vec<u8>;
const KINDS: [(Compression, Compress); 4] = [
    (Compression::Gzip, gzip),
    (Compression::Zstd, zstandard),
    (Compression::Bzip2, bzip2),
    (Compression::Xz, xz),
];

#[test]
fn the_first_bytes_tell_more_than_the_name() {
    for (_, compress) in KINDS {
        let bytes = compress("Zürich\n".as_bytes());
        for (named, _) in KINDS.into_iter().chain([(Compression::None, gzip as Compress)]) {
            assert_eq!(read_all(&bytes, named), ("Zürich\n".as_bytes().to_vec(), None));
        }
    }
    assert_eq!(read_all(b"", Compression::None), (Vec::new(), None));
    assert_eq!(read_all(b"\x00\x01", Compression::None), (vec![0, 1], None));
    let wrong = read_all(b"\x00\x01", Compression::Xz).1;
    assert_eq!(wrong.as_deref(), Some("corrupt_compression"));
}

#[test]
fn every_member_is_read_and_what_follows_is_told_apart() {
    for (compression, compress) in KINDS {
        let two = [compress(b"one "), compress(b"two")].concat();
        let table: &[(&str, Vec<u8>, &str, Option<&str>)] = &[
            ("one member", compress(b"one"), "one", None),
            ("two members", two.clone(), "one two", None),
            (
                "an empty member between",
                [compress(b"a"), compress(b""), compress(b"b")].concat(),
                "ab",
                None,
            ),
            ("nothing in it", compress(b""), "", None),
            ("zero padding", [two.clone(), vec![0; 512]].concat(), "one two", None),
            (
                "garbage behind",
                [two.clone(), b"garbage".to_vec()].concat(),
                "one two",
                Some("trailing_garbage"),
            ),
            ("a stray byte", [two.clone(), vec![7]].concat(), "one two", Some("trailing_garbage")),
            (
                "zeros, then a member",
                [two.clone(), vec![0; 9], compress(b"x")].concat(),
                "one two",
                Some("trailing_garbage"),
            ),
            ("empty file", Vec::new(), "", Some("corrupt_compression")),
            ("plain text", b"plain".to_vec(), "plain", None),
            ("zeros alone", vec![0; 512], "", Some("corrupt_compression")),
        ];
        for (name, bytes, text, failure) in table {
            let (read, failed) = read_all(bytes, compression);
            assert_eq!(String::from_utf8_lossy(&read), *text, "{name} {compression:?}");
            assert_eq!(failed.as_deref(), *failure, "{name} {compression:?}");
        }
    }
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstandard(b"x")].concat();
    assert_eq!(read_all(&skippable, Compression::Zstd), (b"x".to_vec(), None));
}

#[test]
fn a_stream_cut_anywhere_fails_after_its_intact_beginning() {
    let text: Vec<u8> =
        (0u32..4000).flat_map(|n| format!("{} ", n * n % 7919).into_bytes()).collect();
    for (compression, compress) in KINDS {
        let whole = compress(&text);
        for cut in (0..whole.len()).step_by(7) {
            let (read, failed) = read_all(&whole[..cut], compression);
            assert_eq!(failed.as_deref(), Some("corrupt_compression"), "{compression:?} at {cut}");
            assert!(text.starts_with(&read), "{compression:?} at {cut}");
        }
    }
}

#[test]
fn a_flipped_bit_never_panics_and_never_passes_as_the_same_text() {
    let text =
        b"The harbour bridge opened to traffic on Monday after two years of work.".repeat(20);
    for (compression, compress) in KINDS {
        let whole = compress(&text);
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x10;
            let (read, failed) = read_all(&broken, compression);
            // The gzip header's time stamp is not protected; zstd frames carry no checksum unless asked.
            assert!(failed.is_some() || read == text || compression == Compression::Zstd, "{at}");
        }
    }
}

#[test]
fn bombs_are_given_up() {
    let zeros = vec![0; 40 << 20];
    for (compression, compress) in KINDS {
        let bomb = compress(&zeros);
        let (read, failed) = read_all(&bomb, compression);
        assert_eq!(failed.as_deref(), Some("decompression_bomb"), "{compression:?}");
        assert!(read.len() < 20 << 20, "{compression:?}");
        let limits = Limits { max_bytes: 1000, ..LIMITS };
        let mut stream = decompressed(&bomb, compression, limits);
        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(rejection_of(&error).reason, "decompression_bomb");
    }
}
