//! An ordered parallel map over a stream: how all documents go through a pass.

use rayon::prelude::*;

use crate::error::Error;
use crate::workers::Pool;

/// How much is in flight at once: up to four times this, one batch being read, one at work, one being emitted and one behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchLimits {
    /// Items in a batch.
    pub(super) items: usize,
    /// Bytes in a batch, as `size` reports them; a single larger item is a batch of its own.
    pub(super) bytes: u64,
}

/// Maps `work` over `source` on all workers and hands the results to `emit` in the order of the source.
pub(super) fn map_in_order<T: Send, R: Send>(
    pool: &Pool,
    limits: BatchLimits,
    source: impl FnMut() -> Result<Option<T>, Error>,
    size: impl Fn(&T) -> u64,
    work: impl Fn(T) -> R + Sync,
    emit: impl FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    map_in_order_then(pool, limits, source, size, work, emit, |()| Ok(()))
}

/// Maps `work` over `source` on all workers, hands the results to `emit` in the order of the source, and what that makes of
/// them to `then` in the same order.
///
/// Batches are bounded by count and bytes. While the pool works on one batch, the calling thread emits the batch before
/// and reads the batch after, and one worker takes the batch before that through `then`. An indexed parallel iterator keeps
/// its order; `par_bridge` does not.
pub(super) fn map_in_order_then<T: Send, R: Send, S: Send>(
    pool: &Pool,
    limits: BatchLimits,
    mut source: impl FnMut() -> Result<Option<T>, Error>,
    size: impl Fn(&T) -> u64,
    work: impl Fn(T) -> R + Sync,
    mut emit: impl FnMut(R) -> Result<S, Error>,
    mut then: impl FnMut(S) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let mut next_batch = || -> Result<Vec<T>, Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < limits.items && bytes < limits.bytes {
            let Some(item) = source()? else { break };
            bytes += size(&item);
            batch.push(item);
        }
        Ok(batch)
    };
    let mut at_work = next_batch()?;
    let mut done: Vec<R> = Vec::new();
    let mut emitted: Vec<S> = Vec::new();
    while !(at_work.is_empty() && done.is_empty() && emitted.is_empty()) {
        let mut results = Vec::new();
        let mut went_on = Ok(());
        let (after, emitting) = pool.scope(|scope| {
            let (results, work) = (&mut results, &work);
            let (went_on, then) = (&mut went_on, &mut then);
            // A worker takes what is there first, so this does not wait for the batch at work.
            scope.spawn(move |_| *went_on = emitted.into_iter().try_for_each(then));
            scope.spawn(move |_| at_work.into_par_iter().map(work).collect_into_vec(results));
            let emitting = done.drain(..).map(&mut emit).collect::<Result<Vec<S>, Error>>()?;
            Ok::<_, Error>((next_batch()?, emitting))
        })?;
        went_on?;
        (done, at_work, emitted) = (results, after, emitting);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(threads: usize, limits: BatchLimits, items: &[u64]) -> Result<Vec<u64>, Error> {
        let mut items = items.iter().copied();
        let mut out = Vec::new();
        map_in_order(
            &Pool::new(threads)?,
            limits,
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
        fn order_does_not_depend_on_threads_or_batches(
            items in proptest::collection::vec(0u64..50, 0..90),
            threads in 1usize..5,
            count in 1usize..9,
            bytes in 1u64..200,
        ) {
            let expected: Vec<_> = items.iter().map(|item| item * 3).collect();
            let got = map(threads, BatchLimits { items: count, bytes }, &items).unwrap();
            prop_assert_eq!(got, expected);
        }
    }

    #[test]
    fn an_error_on_any_side_ends_the_map() {
        let pool = Pool::new(2).unwrap();
        let limits = BatchLimits { items: 2, bytes: 100 };
        let mut left = 5;
        let mut failing_source = || match left {
            0 => Err(Error::Internal("source".into())),
            _ => {
                left -= 1;
                Ok(Some(left))
            }
        };
        let why = map_in_order(&pool, limits, &mut failing_source, |_| 1, |n| n, |_| Ok(()));
        assert!(why.is_err_and(|why| why.to_string().contains("source")));
        let endless = || Ok(Some(1));
        let failing_emit = |_| Err(Error::Internal("emit".into()));
        let why = map_in_order(&pool, limits, endless, |_| 1, |n| n, failing_emit);
        assert!(why.is_err_and(|why| why.to_string().contains("emit")));
        let failing_then = |_| Err(Error::Internal("then".into()));
        let why = map_in_order_then(&pool, limits, endless, |_| 1, |n| n, Ok, failing_then);
        assert!(why.is_err_and(|why| why.to_string().contains("then")));
    }
}
