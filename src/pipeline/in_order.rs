//! An ordered parallel map over a stream: how all documents go through a pass.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::workers::Pool;

/// How much is in flight at once, from being read to having gone through everything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Items.
    pub(super) items: usize,
    /// Bytes, as `size` reports them. Below the limit one piece more is read, of whatever size.
    pub(super) bytes: u64,
}

/// Items that a worker takes at once: what it costs to hand them over is then small beside the work.
const PIECE_ITEMS: usize = 16;

/// Pieces in flight for each worker: that none has to wait while another has a large item.
const PIECES_A_WORKER: usize = 8;

/// Maps `work` over `source` on all workers and hands the results to `emit` in the order of the source.
pub(super) fn map_in_order<T: Send, R: Send>(
    pool: &Pool,
    limit: Load,
    source: impl FnMut() -> Result<Option<T>, Error>,
    size: impl Fn(&T) -> u64,
    work: impl Fn(T) -> R + Sync,
    emit: impl FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    map_in_order_then(pool, limit, source, size, work, emit, |()| Ok(()))
}

/// Maps `work` over `source` on all workers, hands the results to `emit` in the order of the source, and what that makes of
/// them to `then` in the same order.
///
/// The calling thread reads and emits; the workers take pieces, and one of them what has been emitted through `then`. Nobody
/// waits for others to come to the same point: the source is read whenever `limit` leaves room, so that the workers always
/// find a piece.
pub(super) fn map_in_order_then<T: Send, R: Send, S: Send>(
    pool: &Pool,
    limit: Load,
    mut source: impl FnMut() -> Result<Option<T>, Error>,
    size: impl Fn(&T) -> u64,
    work: impl Fn(T) -> R + Sync,
    mut emit: impl FnMut(R) -> Result<S, Error>,
    then: impl FnMut(S) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let pieces = PIECES_A_WORKER * pool.threads();
    let of_piece = Load {
        items: (limit.items / pieces).clamp(1, PIECE_ITEMS),
        bytes: limit.bytes / pieces as u64,
    };
    let mut next_piece = || -> Result<(Vec<T>, Load), Error> {
        let (mut piece, mut load) = (Vec::new(), Load::default());
        while load.has_room(of_piece) {
            let Some(item) = source()? else { break };
            load += Load { items: 1, bytes: size(&item) };
            piece.push(item);
        }
        Ok((piece, load))
    };
    let (work, behind) = (&work, &Behind { emitted: Mutex::default(), then: Mutex::new(then) });
    let (sender, receiver) = channel();
    pool.scope(|scope| {
        let (mut in_flight, mut is_read) = (Load::default(), false);
        // Of the pieces that are not emitted: how much they hold, oldest first, and the results of those that are worked.
        let mut loads = VecDeque::new();
        let mut worked: BTreeMap<usize, Vec<R>> = BTreeMap::new();
        let (mut first, mut at_work) = (0, 0);
        loop {
            if !is_read && in_flight.has_room(limit) {
                let (piece, load) = next_piece()?;
                is_read = piece.is_empty();
                if !is_read {
                    let (number, sender) = (first + loads.len(), sender.clone());
                    scope.spawn(move |_| {
                        let task = AssertUnwindSafe(|| {
                            (number, behind.go_on(), piece.into_iter().map(work).collect())
                        });
                        // Nobody listens any more where another piece has failed.
                        let _ = sender.send(catch_unwind(task));
                    });
                    in_flight += load;
                    loads.push_back(load);
                    at_work += 1;
                }
            } else if let Some(results) = worked.remove(&first) {
                let emitted = results.into_iter().map(&mut emit).collect::<Result<_, Error>>()?;
                behind.push(emitted, loads.pop_front().unwrap_or_default());
                first += 1;
            } else if at_work == 0 {
                in_flight -= behind.go_on()?;
                if is_read && in_flight.items == 0 {
                    return Ok(());
                }
            } else {
                let told = receiver.recv().map_err(|_| Error::Internal("no worker is left".into()));
                let (number, gone, results) = told?.unwrap_or_else(|panic| resume_unwind(panic));
                in_flight -= gone?;
                worked.insert(number, results);
                at_work -= 1;
            }
        }
    })
}

/// What has been emitted, and what is to be done with it.
struct Behind<S, F> {
    emitted: Mutex<VecDeque<(Vec<S>, Load)>>,
    then: Mutex<F>,
}

impl<S, F: FnMut(S) -> Result<(), Error>> Behind<S, F> {
    fn push(&self, emitted: Vec<S>, load: Load) {
        self.emitted.lock().unwrap_or_else(PoisonError::into_inner).push_back((emitted, load));
    }

    /// Takes through `then` what is there, if nobody else is at it; how much that was.
    fn go_on(&self) -> Result<Load, Error> {
        let mut gone = Load::default();
        let Ok(mut then) = self.then.try_lock() else { return Ok(gone) };
        let emitted =
            std::mem::take(&mut *self.emitted.lock().unwrap_or_else(PoisonError::into_inner));
        for (items, load) in emitted {
            items.into_iter().try_for_each(&mut *then)?;
            gone += load;
        }
        Ok(gone)
    }
}

impl Load {
    /// Whether there is room; there always is for one item.
    fn has_room(self, limit: Self) -> bool {
        self.items == 0 || self.items < limit.items && self.bytes < limit.bytes
    }
}

impl std::ops::AddAssign for Load {
    fn add_assign(&mut self, more: Self) {
        self.items += more.items;
        self.bytes += more.bytes;
    }
}

impl std::ops::SubAssign for Load {
    fn sub_assign(&mut self, less: Self) {
        self.items -= less.items;
        self.bytes -= less.bytes;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(threads: usize, limit: Load, items: &[u64]) -> Result<Vec<u64>, Error> {
        let mut items = items.iter().copied();
        let mut out = Vec::new();
        map_in_order(
            &Pool::new(threads)?,
            limit,
            || Ok(items.next()),
            |item| *item,
            |item| item * 3,
            |result| {
                out.push(result);
                Ok(())
            },
        )?;
        Ok(out)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn order_does_not_depend_on_threads_or_limits(
            items in proptest::collection::vec(0u64..50, 0..90),
            threads in 1usize..5,
            count in 1usize..9,
            bytes in 1u64..200,
        ) {
            let expected: Vec<_> = items.iter().map(|item| item * 3).collect();
            let got = map(threads, Load { items: count, bytes }, &items).unwrap();
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn an_error_on_any_side_ends_the_map() {
        let pool = Pool::new(2).unwrap();
        let limit = Load { items: 2, bytes: 100 };
        let mut left = 5;
        let mut failing_source = || match left {
            0 => Err(Error::Internal("source".into())),
            _ => {
                left -= 1;
                Ok(Some(left))
            }
        };
        let why = map_in_order(&pool, limit, &mut failing_source, |_| 1, |n| n, |_| Ok(()));
        assert!(why.is_err_and(|why| why.to_string().contains("source")));
        let endless = || Ok(Some(1));
        let failing_emit = |_| Err(Error::Internal("emit".into()));
        let why = map_in_order(&pool, limit, endless, |_| 1, |n| n, failing_emit);
        assert!(why.is_err_and(|why| why.to_string().contains("emit")));
        let failing_then = |_| Err(Error::Internal("then".into()));
        let why = map_in_order_then(&pool, limit, endless, |_| 1, |n| n, Ok, failing_then);
        assert!(why.is_err_and(|why| why.to_string().contains("then")));
    }

    #[test]
    fn a_panic_at_work_ends_the_map_with_that_panic() {
        let work = |n: u64| if n == 700 { panic!("at {n}") } else { n };
        let mut items = 0..5000;
        let panicking = std::panic::AssertUnwindSafe(|| {
            let limit = Load { items: 64, bytes: 1000 };
            let pool = Pool::new(2).unwrap();
            map_in_order(&pool, limit, || Ok(items.next()), |_| 1, work, |_| Ok(()))
        });
        let panic = std::panic::catch_unwind(panicking).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("at 700"));
    }

    #[test]
    fn no_more_is_in_flight_than_allowed() {
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        for (items, most) in [(1, 1), (5, 5), (40, 40)] {
            let (read, gone) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let pool = Pool::new(3).unwrap();
            let source = || {
                let read = 1 + read.fetch_add(1, Relaxed);
                assert!(read - gone.load(Relaxed) <= most + 1, "{read}");
                Ok((read <= 500).then_some(()))
            };
            let then = |()| {
                gone.fetch_add(1, Relaxed);
                Ok(())
            };
            let limit = Load { items, bytes: u64::MAX };
            map_in_order_then(&pool, limit, source, |()| 1, |()| (), Ok, then).unwrap();
            assert_eq!(gone.into_inner(), 500);
        }
    }
}
