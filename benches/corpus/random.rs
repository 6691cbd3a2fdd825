//! Pseudo-random numbers for the corpus, without a crate.

/// Splitmix64: one multiplication chain a number, the same on every machine.
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// A stream of its own for each pair of numbers.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self { state: seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03) };
        // The first number tells neighbouring streams apart.
        random.state = random.draw();
        random
    }

    /// A number below `limit`, which is small: the bias of the remainder does not show.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.draw() % limit as u64) as usize
    }

    /// An item of a list, which is not empty.
    pub(super) fn pick<'list>(&mut self, list: &[&'list str]) -> &'list str {
        list[self.below(list.len())]
    }

    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
