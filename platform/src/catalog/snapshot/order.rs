//! The entities in the order of a sort key, made when a list first asks for it and carried over changes.

use std::sync::{Arc, OnceLock};

use domain::catalog::query::{Sort, SortKey};
use imbl::Vector;
use roaring::RoaringBitmap;

use super::Entry;

type Entries = Vector<Option<Arc<Entry>>>;

/// All orders of a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    /// By key and direction.
    orders: [OnceLock<Arc<Order>>; SortKey::ALL.len() * 2],
}

/// One order.
#[derive(Debug, Default)]
pub(super) struct Order {
    numbers: Vec<u32>,
    /// The place of each number in `numbers`.
    ranks: Vec<u32>,
}

impl Orders {
    pub fn get(&self, key: SortKey, descending: bool, entries: &Entries) -> &Arc<Order> {
        let at =
            SortKey::ALL.iter().position(|one| *one == key).unwrap_or_default() * 2 + usize::from(descending);
        self.orders[at].get_or_init(|| Arc::new(Order::sorted(Sort { key, descending }, entries)))
    }

    /// The same orders after a change: those that were made are carried over, with the changed entities at their places.
    pub fn carried(&self, changed: &RoaringBitmap, entries: &Entries) -> Orders {
        let orders = Orders::default();
        for (at, order) in self.orders.iter().enumerate() {
            if let Some(order) = order.get() {
                let sort = Sort { key: SortKey::ALL[at / 2], descending: at % 2 == 1 };
                let carried = order.carried(sort, changed, entries);
                orders.orders[at].get_or_init(|| Arc::new(carried));
            }
        }
        orders
    }
}

/// What an entity is ordered by, computed once.
fn key(sort: Sort, number: u32, entries: &Entries) -> Option<(bool, String, Arc<Entry>, u32)> {
    let entry = entries.get(usize::try_from(number).ok()?)?.clone()?;
    let key = sort.key.of(&entry.entity, &entry.searchable.titles);
    Some((key.is_none(), key.unwrap_or_default(), entry, number))
}

fn compare(
    sort: Sort,
    a: &(bool, String, Arc<Entry>, u32),
    b: &(bool, String, Arc<Entry>, u32),
) -> std::cmp::Ordering {
    let by_key = if sort.descending { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) };
    a.0.cmp(&b.0).then(by_key).then_with(|| a.2.reference().cmp(b.2.reference()))
}

impl Order {
    fn sorted(sort: Sort, entries: &Entries) -> Order {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let mut keys: Vec<_> = (0..count).filter_map(|number| key(sort, number, entries)).collect();
        keys.sort_unstable_by(|a, b| compare(sort, a, b));
        Order::of(keys.into_iter().map(|key| key.3).collect(), entries.len())
    }

    fn of(numbers: Vec<u32>, count: usize) -> Order {
        let mut ranks = vec![u32::MAX; count];
        for (rank, number) in (0u32..).zip(&numbers) {
            if let Some(place) = usize::try_from(*number).ok().and_then(|number| ranks.get_mut(number)) {
                *place = rank;
            }
        }
        Order { numbers, ranks }
    }

    fn carried(&self, sort: Sort, changed: &RoaringBitmap, entries: &Entries) -> Order {
        let mut added: Vec<_> = changed.iter().filter_map(|number| key(sort, number, entries)).collect();
        added.sort_unstable_by(|a, b| compare(sort, a, b));
        let stay: Vec<u32> =
            self.numbers.iter().copied().filter(|number| !changed.contains(*number)).collect();
        let mut numbers = Vec::with_capacity(stay.len() + added.len());
        let mut from = 0;
        for new in added {
            let before = |number: &u32| {
                key(sort, *number, entries).is_some_and(|old| compare(sort, &old, &new).is_lt())
            };
            let until = from + stay[from..].partition_point(before);
            numbers.extend_from_slice(&stay[from..until]);
            numbers.push(new.3);
            from = until;
        }
        numbers.extend_from_slice(&stay[from..]);
        Order::of(numbers, entries.len())
    }

    /// Every number in this order.
    pub fn all(&self) -> impl Iterator<Item = u32> {
        self.numbers.iter().copied()
    }

    /// The place of a number in this order.
    pub fn rank(&self, number: u32) -> u32 {
        usize::try_from(number).ok().and_then(|number| self.ranks.get(number)).copied().unwrap_or(u32::MAX)
    }

    /// The first `count` of `set`.
    pub fn page(&self, set: &RoaringBitmap, count: usize) -> Vec<u32> {
        // Of a small set it is quicker to sort its places than to walk past everything else.
        if set.len() * 8 < u64::try_from(self.numbers.len()).unwrap_or(u64::MAX) {
            let mut ranks: Vec<u32> = set.iter().map(|number| self.rank(number)).collect();
            ranks.sort_unstable();
            ranks.truncate(count);
            return ranks
                .into_iter()
                .filter_map(|rank| self.numbers.get(usize::try_from(rank).ok()?).copied())
                .collect();
        }
        self.numbers.iter().copied().filter(|number| set.contains(*number)).take(count).collect()
    }
}
