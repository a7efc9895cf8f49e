//! Planes of coarser levels that wait for their other half along z.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zarrcam_zarr::{Parent, PlaneView, ZAccumulator};

use crate::layers::{halve, joins_pairs};
use crate::store::Store;

/// By coarse level and plane: what came so far. One group a pair that is begun and not complete.
#[derive(Default)]
pub(crate) struct Pending {
    groups: Mutex<Groups>,
}

#[derive(Default)]
struct Groups {
    open: BTreeMap<(usize, u64), Arc<Mutex<Group>>>,
    /// Accumulators of each level that can be used again.
    free: BTreeMap<usize, Vec<ZAccumulator>>,
}

struct Group {
    sums: Option<ZAccumulator>,
    left: u32,
}

/// A plane that is complete though no frame completed it.
pub(crate) struct Completed {
    pub level: usize,
    pub plane: u64,
    pub pixels: Vec<u8>,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn group(&self, store: &Store, level: usize, parent: Parent) -> Arc<Mutex<Group>> {
        let mut groups = self.lock();
        let Groups { open, free } = &mut *groups;
        let group = open.entry((level + 1, parent.plane)).or_insert_with(|| {
            let fine = &store.layout().levels()[level];
            let sums = free.get_mut(&(level + 1)).and_then(Vec::pop).unwrap_or_else(|| {
                let (pixel_type, method) = (store.layout().pixel_type(), store.layout().method());
                ZAccumulator::new(pixel_type, method, halve(store, level), fine.width, fine.height)
            });
            Arc::new(Mutex::new(Group { sums: Some(sums), left: parent.parts }))
        });
        Arc::clone(group)
    }

    fn close(&self, level: usize, plane: u64, sums: Option<ZAccumulator>) {
        let mut groups = self.lock();
        groups.open.remove(&(level, plane));
        groups.free.entry(level).or_default().extend(sums);
    }

    /// Adds a plane of `level` to its parent. True: the parent is complete, and lies in `out`.
    pub fn add(&self, store: &Store, level: usize, parent: Parent, source: PlaneView<'_>, out: &mut [u8]) -> bool {
        let group = self.group(store, level, parent);
        let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sums) = &mut group.sums {
            sums.push(parent.part == 1, source);
        }
        group.left -= 1;
        if group.left > 0 {
            return false;
        }
        let mut sums = group.sums.take();
        let filled = sums.as_mut().is_some_and(|sums| sums.finish(out));
        self.close(level + 1, parent.plane, sums);
        filled
    }

    /// A plane of `level` will not come. What that completes, if anything.
    pub fn missing(&self, store: &Store, level: usize, plane: u64) -> Option<Completed> {
        let (mut level, mut plane) = (level, plane);
        while level + 1 < store.layout().levels().len() {
            let parent = store.layout().parent(level, plane);
            if joins_pairs(store, level) {
                let group = self.group(store, level, parent);
                let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
                group.left -= 1;
                if group.left > 0 {
                    return None;
                }
                let mut sums = group.sums.take();
                let completed = finish(&mut sums, level + 1, parent.plane);
                self.close(level + 1, parent.plane, sums);
                if completed.is_some() {
                    return completed;
                }
            }
            (level, plane) = (level + 1, parent.plane);
        }
        None
    }

    /// The run ends: the groups of the finest level that has any are complete as they are.
    pub fn flush(&self) -> Vec<Completed> {
        let mut groups = self.lock();
        let Some(level) = groups.open.keys().next().map(|(level, _)| *level) else { return Vec::new() };
        let rest = groups.open.split_off(&(level + 1, 0));
        let flushed = std::mem::replace(&mut groups.open, rest);
        let complete = flushed.into_iter().filter_map(|((level, plane), group)| {
            let mut group = group.lock().unwrap_or_else(PoisonError::into_inner);
            finish(&mut group.sums, level, plane)
        });
        complete.collect()
    }

    pub fn is_empty(&self) -> bool {
        self.lock().open.is_empty()
    }
}

fn finish(sums: &mut Option<ZAccumulator>, level: usize, plane: u64) -> Option<Completed> {
    let sums = sums.as_mut()?;
    let mut pixels = vec![0; sums.out_bytes()];
    sums.finish(&mut pixels).then_some(Completed { level, plane, pixels })
}
