//! Lexical diversity along a text: moving and segmental type-token ratios, and MTLD in two variants.
//!
//! Windows never cross a document. The ratios add up as integers over documents, so that a corpus value is one of all
//! windows, not a mean of means. MTLD is a figure of one document; of a corpus there is the mean over its documents.

use serde::{Deserialize, Serialize};

/// Windows of one width over one or more texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// Number of windows.
    pub windows: u64,
    /// Sum of the types in each.
    pub types: u64,
}

impl Windows {
    /// Adds the windows of another text.
    pub fn merge(&mut self, other: Self) {
        self.windows += other.windows;
        self.types += other.types;
    }

    /// Mean type-token ratio of a window; undefined where no text had as many tokens as `width`.
    pub fn mean_ttr(self, width: usize) -> Option<f64> {
        (self.windows > 0).then(|| self.types as f64 / (self.windows as f64 * width as f64))
    }
}

/// MATTR: all N−w+1 windows of `width` tokens (Covington and McFall 2010). `types` is V; tokens are places of types.
pub fn moving(tokens: &[u32], types: usize, width: usize) -> Windows {
    if width == 0 || tokens.len() < width {
        return Windows::default();
    }
    let mut counts = vec![0u32; types];
    let mut distinct = 0u64;
    let mut sum = 0;
    for (index, token) in tokens.iter().enumerate() {
        let count = &mut counts[*token as usize];
        *count += 1;
        distinct += u64::from(*count == 1);
        if index >= width {
            let count = &mut counts[tokens[index - width] as usize];
            *count -= 1;
            distinct -= u64::from(*count == 0);
        }
        if index + 1 >= width {
            sum += distinct;
        }
    }
    Windows { windows: (tokens.len() - width + 1) as u64, types: sum }
}

/// MSTTR: the full segments of `width` tokens one after the other; the remainder is dropped (Johnson 1944).
/// LexicalRichness drops the last segment even where it is full.
pub fn segments(tokens: &[u32], types: usize, width: usize) -> Windows {
    let mut segments = Windows::default();
    if width == 0 {
        return segments;
    }
    let mut seen_in = vec![0u64; types];
    for segment in tokens.chunks_exact(width) {
        segments.windows += 1;
        for token in segment {
            let seen = &mut seen_in[*token as usize];
            segments.types += u64::from(*seen != segments.windows);
            *seen = segments.windows;
        }
    }
    segments
}

/// When a factor of MTLD closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Whether the ratio must fall below the threshold, rather than reach it.
    is_strict: bool,
    /// Least tokens of a factor.
    min_tokens: u64,
}

/// `mtld`: a factor closes where the ratio is at most 0.72, as in McCarthy and Jarvis 2010 and LexicalRichness.
pub const MTLD: Factor = Factor { is_strict: false, min_tokens: 1 };
/// `mtld_min10`: below 0.72 and with ten tokens at least, as in Kyle's `lexical-diversity`.
pub const MTLD_MIN10: Factor = Factor { is_strict: true, min_tokens: 10 };

/// Type-token ratio at which a factor is full (McCarthy and Jarvis 2010).
const FULL: f64 = 0.72;

/// Measure of textual lexical diversity: tokens a factor, the mean of reading forward and backward. Undefined where
/// neither a factor nor a part of one was met: in a text without tokens, or one that repeats no word.
pub fn mtld(tokens: &[u32], types: usize, factor: Factor) -> Option<f64> {
    let mut seen_in = vec![0u32; types];
    let forward = factors(tokens.iter(), &mut seen_in, factor);
    seen_in.fill(0);
    let backward = factors(tokens.iter().rev(), &mut seen_in, factor);
    let length = tokens.len() as f64;
    (forward > 0.0 && backward > 0.0).then(|| (length / forward + length / backward) / 2.0)
}

fn factors<'a>(tokens: impl Iterator<Item = &'a u32>, seen_in: &mut [u32], factor: Factor) -> f64 {
    let mut full = 0u32;
    let (mut length, mut distinct) = (0u64, 0u64);
    for token in tokens {
        let seen = &mut seen_in[*token as usize];
        length += 1;
        distinct += u64::from(*seen != full + 1);
        *seen = full + 1;
        // 0.72 = 18/25, so that the comparison is exact.
        let is_full = match factor.is_strict {
            true => distinct * 25 < length * 18,
            false => distinct * 25 <= length * 18,
        };
        if is_full && length >= factor.min_tokens {
            full += 1;
            (length, distinct) = (0, 0);
        }
    }
    let rest = match length {
        0 => 0.0,
        length => (1.0 - distinct as f64 / length as f64) / (1.0 - FULL),
    };
    f64::from(full) + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::reference::{SENTENCE, close};
    use crate::stats::text::{Case, Reading};

    #[test]
    fn the_figures_of_the_reference_text_are_exact_to_six_decimals() {
        let Reading { tokens, types, .. } = Reading::of(SENTENCE, Case::Lower);
        let types = types.len();
        close("mattr_10", moving(&tokens, types, 10).mean_ttr(10), 0.711111);
        close("mattr_5", moving(&tokens, types, 5).mean_ttr(5), 0.871429);
        close("msttr_5", segments(&tokens, types, 5).mean_ttr(5), 0.866667);
        close("mtld", mtld(&tokens, types, MTLD), 10.201002);
        close("mtld_min10", mtld(&tokens, types, MTLD_MIN10), 10.396508);
    }

    #[test]
    fn what_is_undefined_is_none() {
        assert_eq!(moving(&[0, 1], 2, 3).mean_ttr(3), None);
        assert_eq!(segments(&[0, 1], 2, 3).mean_ttr(3), None);
        assert_eq!(mtld(&[], 0, MTLD), None);
        assert_eq!(mtld(&[0, 1, 2], 3, MTLD), None, "no word recurs");
    }

    proptest! {
        #[test]
        fn windows_are_those_of_the_definition(
            tokens in proptest::collection::vec(0u32..9, 0..60), width in 1usize..12,
        ) {
            let distinct = |window: &[u32]| {
                window.iter().collect::<std::collections::BTreeSet<_>>().len() as u64
            };
            let sum = |windows: Vec<&[u32]>| Windows {
                windows: windows.len() as u64,
                types: windows.iter().map(|window| distinct(window)).sum(),
            };
            prop_assert_eq!(moving(&tokens, 9, width), sum(tokens.windows(width).collect()));
            prop_assert_eq!(segments(&tokens, 9, width), sum(tokens.chunks_exact(width).collect()));
        }
    }
}
