//! Work over a list on all cores of the machine, for what is read and parsed in bulk.

use std::sync::{Mutex, PoisonError};

/// Lists shorter than this are not worth a thread.
const WORTH_A_THREAD: usize = 8;

/// Maps a list, keeping its order. It blocks.
pub(crate) fn on_all_cores<T: Send, R: Send>(list: Vec<T>, map: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores == 1 || list.len() < WORTH_A_THREAD {
        return list.into_iter().map(map).collect();
    }
    let count = list.len();
    // Small portions, taken in turn: one large file must not keep the others waiting.
    let portion = (count / (cores * 8)).clamp(1, 256);
    let waiting = Mutex::new(list.into_iter().enumerate());
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(count));
    let work = || {
        loop {
            let taken: Vec<(usize, T)> =
                waiting.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(portion).collect();
            if taken.is_empty() {
                return;
            }
            let mapped: Vec<(usize, R)> = taken.into_iter().map(|(at, item)| (at, map(item))).collect();
            done.lock().unwrap_or_else(PoisonError::into_inner).extend(mapped);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn keeps_the_order() {
        let doubled = super::on_all_cores((0..1000).collect(), |number: u32| number * 2);
        assert_eq!(doubled, (0..1000).map(|number| number * 2).collect::<Vec<_>>());
    }
}
