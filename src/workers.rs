//! The worker threads of a run, and what they can be given besides documents: pieces of one large task.
//!
//! Whoever has such a task asks here for all workers. Where the caller is none of them (in tests, in a task of another engine,
//! in the thread that reads and writes while they are at work) it is done by the caller alone. What comes out is the same.

use rayon::prelude::*;

use crate::error::Error;

/// The workers of a run.
pub(crate) struct Pool {
    threads: rayon::ThreadPool,
}

impl Pool {
    /// A pool of `threads` workers; 0 for one a core.
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|why| Error::Internal(format!("could not start worker threads: {why}")))?;
        Ok(Self { threads })
    }

    /// Does it as one of the workers, who can ask the others.
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.threads.install(work)
    }

    /// Does both at once.
    pub(crate) fn join<A: Send, B: Send>(
        &self,
        one: impl FnOnce() -> A + Send,
        other: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.threads.join(one, other)
    }

    /// Hands out work that may borrow, and waits for it; the calling thread goes on meanwhile.
    pub(crate) fn scope<'s, R>(&self, go_on: impl FnOnce(&rayon::Scope<'s>) -> R) -> R {
        self.threads.in_place_scope(go_on)
    }

    /// Number of workers.
    pub(crate) fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }
}

/// Pieces for each worker: one that is done early takes another.
const PIECES_A_WORKER: usize = 4;

/// Size of the pieces into which so many items are best cut.
pub(crate) fn piece_of(items: usize) -> usize {
    let pieces = if is_worker() { PIECES_A_WORKER * rayon::current_num_threads() } else { 1 };
    items.div_ceil(pieces).max(1)
}

/// Does `work` for every piece, in any order; results in the order of the pieces.
pub(crate) fn map<T: Send, R: Send>(pieces: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    match is_worker() {
        true => pieces.into_par_iter().map(work).collect(),
        false => pieces.into_iter().map(work).collect(),
    }
}

/// Sorted items in pieces for all workers, none of which parts neighbours that are `same`.
pub(crate) fn whole_groups<T>(mut items: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<&[T]> {
    let piece = piece_of(items.len());
    let mut pieces = Vec::new();
    while let [_, ..] = items {
        let least = piece.min(items.len());
        let more = items[least - 1..].windows(2).take_while(|pair| same(&pair[0], &pair[1]));
        let (whole, rest) = items.split_at(least + more.count());
        pieces.push(whole);
        items = rest;
    }
    pieces
}

/// Sorts by a key; items of the same key come in any order.
pub(crate) fn sort_unstable_by_key<T: Send, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K + Sync) {
    match is_worker() {
        true => items.par_sort_unstable_by_key(key),
        false => items.sort_unstable_by_key(key),
    }
}

fn is_worker() -> bool {
    rayon::current_thread_index().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_do_what_one_does() {
        let task = || {
            let mut items: Vec<u64> = (0..50_000u64).map(|n| n.wrapping_mul(n) % 10_007).collect();
            sort_unstable_by_key(&mut items, |item| u64::MAX - item);
            let pieces: Vec<_> = items.chunks(piece_of(items.len())).collect();
            let pieces = map(pieces, |piece| piece.iter().map(|item| item * 3).collect::<Vec<_>>());
            (items.clone(), pieces.concat(), is_worker())
        };
        let (sorted, tripled, is_worker) = task();
        assert!(!is_worker && sorted.is_sorted_by(|one, other| one >= other));
        for threads in [1, 3] {
            assert_eq!(
                Pool::new(threads).unwrap().run(task),
                (sorted.clone(), tripled.clone(), true)
            );
        }
        let groups = || {
            let items: Vec<_> = (0..999).map(|n| n / 70).collect();
            let pieces = whole_groups(&items, |one, other| one == other);
            assert!(pieces.windows(2).all(|two| two[0].last() != two[1].first()));
            assert_eq!(pieces.concat(), items);
            pieces.len()
        };
        assert_eq!((groups(), Pool::new(1).unwrap().run(groups)), (1, 4));
        assert_eq!(map(Vec::<u8>::new(), |piece| piece), Vec::<u8>::new());
        assert_eq!((piece_of(0), piece_of(1)), (1, 1));
    }
}
