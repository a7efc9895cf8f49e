use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use zarrcam_frame::{FrameBuffer, FrameStamp};
use zarrcam_zarr::Layout;

use crate::layers::Layer;

/// A task takes about this much of a frame: enough to be worth its overhead, small enough for the second-level cache.
const TASK_BYTES: usize = 512 << 10;

/// Where a frame's pixels lie.
#[derive(Clone)]
pub(crate) enum Source {
    /// Rows one behind the other, as the camera gave them.
    Image(Arc<FrameBuffer>),
    /// Whole tiles, padding included, `stride` bytes apart and each shifted as [`crate::writer::engine::Engine::shift`] says.
    Tiles { buffer: Arc<FrameBuffer>, stride: usize },
    /// Rows one behind the other, in memory of somebody who waits for it.
    Borrowed(BorrowedFrame),
    /// No frame: planes of coarser levels only.
    Nothing,
}

/// Pixels that are not ours.
#[derive(Clone, Copy)]
pub(crate) struct BorrowedFrame {
    start: *const u8,
    bytes: usize,
}

// SAFETY: it is read, as `&[u8]` may be from any thread; how long it may be is the business of `new` and `read`.
unsafe impl Send for BorrowedFrame {}
// SAFETY: as above.
unsafe impl Sync for BorrowedFrame {}

impl BorrowedFrame {
    /// # Safety
    /// The pixels stay as they are until nobody reads them any more.
    pub unsafe fn new(pixels: &[u8]) -> Self {
        Self { start: pixels.as_ptr(), bytes: pixels.len() }
    }

    /// # Safety
    /// The owner has not got its pixels back yet.
    pub unsafe fn read(&self) -> &[u8] {
        // SAFETY: they were a slice when they were borrowed, and still are.
        unsafe { std::slice::from_raw_parts(self.start, self.bytes) }
    }
}

/// What a slot works on.
#[derive(Clone)]
pub(crate) struct Assignment {
    /// `None`: planes of coarser levels, whose last frame was dropped.
    pub frame_index: Option<u64>,
    pub stamp: FrameStamp,
    pub source: Source,
    pub layer_index: u64,
    /// Compressed layouts only.
    pub layer: Option<Arc<Layer>>,
    /// The level it begins with, and the plane there and in each coarser level that it completes.
    pub first_level: usize,
    pub planes: Vec<u64>,
}

/// One frame in flight: everything it needs is there before the start.
pub(crate) struct Slot {
    assignment: Mutex<Option<Assignment>>,
    /// Tasks of the level in work that nobody has taken: level << 56 | tasks << 32 | the next one.
    offered: AtomicU64,
    /// Tasks of the level in work that are not done.
    remaining: AtomicU32,
    /// Whether nobody reads the pixels of the full level any more: for their owner, who waits.
    returned: (Mutex<bool>, Condvar),
    /// Encoded bytes of each task, all levels one behind the other.
    pub outputs: Vec<Mutex<Vec<u8>>>,
    /// Encoded length of each tile, all levels one behind the other.
    pub lengths: Vec<AtomicU32>,
    /// Pixels of the coarser levels, from level 1 on.
    pub planes: Vec<PlaneBuffer>,
}

/// Which tiles belong to which task, for one level. Fixed before the start.
pub(crate) struct LevelTasks {
    pub first_task: usize,
    pub first_tile: usize,
    pub tasks: u32,
    pub tiles: usize,
    tiles_per_task: usize,
    /// Whether each tile can be halved alone: no block of pixels lies across two.
    pub halves_by_tile: bool,
}

impl LevelTasks {
    pub fn plan(layout: &Layout) -> Vec<Self> {
        let (mut first_task, mut first_tile) = (0, 0);
        let plan = layout.levels().iter().enumerate().map(|(number, level)| {
            let tiles = level.tiles();
            let tiles_per_task = (TASK_BYTES / level.tile_bytes).clamp(1, tiles);
            let tasks = tiles.div_ceil(tiles_per_task);
            let next = layout.levels().get(number + 1);
            let halves_by_tile = next.is_some_and(|next| {
                let last = level.factors.len() - 1;
                let even =
                    |axis: usize, size: usize| next.factors[axis] == level.factors[axis] || size.is_multiple_of(2);
                let outer_same = next.factors[..last - 1] == level.factors[..last - 1];
                outer_same && even(last, level.tile_width) && even(last - 1, level.tile_height)
            });
            let planned = Self { first_task, first_tile, tasks: tasks as u32, tiles, tiles_per_task, halves_by_tile };
            first_task += tasks;
            first_tile += tiles;
            planned
        });
        plan.collect()
    }

    pub fn tiles_of(&self, task: u32) -> Range<usize> {
        let first = task as usize * self.tiles_per_task;
        first..(first + self.tiles_per_task).min(self.tiles)
    }
}

impl Slot {
    pub fn new(layout: &Layout, tasks: &[LevelTasks]) -> Self {
        let (task_count, tile_count) =
            tasks.last().map_or((0, 0), |last| (last.first_task + last.tasks as usize, last.first_tile + last.tiles));
        Self {
            assignment: Mutex::new(None),
            offered: AtomicU64::new(0),
            remaining: AtomicU32::new(0),
            returned: Default::default(),
            outputs: (0..task_count).map(|_| Mutex::default()).collect(),
            lengths: (0..tile_count).map(|_| AtomicU32::new(0)).collect(),
            planes: layout.levels()[1..].iter().map(|level| PlaneBuffer::new(level.plane_bytes())).collect(),
        }
    }

    pub fn assignment(&self) -> MutexGuard<'_, Option<Assignment>> {
        self.assignment.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn start(&self, assignment: Assignment) {
        *self.returned.0.lock().unwrap_or_else(PoisonError::into_inner) = false;
        *self.assignment() = Some(assignment);
    }

    /// Lets threads take the tasks of a level.
    pub fn offer(&self, level: usize, tasks: u32) {
        debug_assert!(level < 1 << 8 && tasks < 1 << 24);
        self.remaining.store(tasks, Ordering::Release);
        self.offered.store((level as u64) << 56 | u64::from(tasks) << 32, Ordering::Release);
    }

    /// Level and number of a task that is the caller's now; `None`: all are taken.
    pub fn claim(&self) -> Option<(usize, u32)> {
        let offered = self.offered.fetch_add(1, Ordering::AcqRel);
        let (level, tasks, next) = (offered >> 56, offered >> 32 & 0xff_ffff, offered & 0xffff_ffff);
        (next < tasks).then_some((level as usize, next as u32))
    }

    /// As [`Self::claim`], for the pixels' owner: tasks of the full level only, and while they are not done.
    pub fn claim_borrowed(&self) -> Option<(usize, u32)> {
        let returned = self.returned.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *returned { None } else { self.claim() }
    }

    /// True: it was the last of its level.
    pub fn task_done(&self, level: usize) -> bool {
        let last = self.remaining.fetch_sub(1, Ordering::AcqRel) == 1;
        if last && level == 0 {
            *self.returned.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.returned.1.notify_all();
        }
        last
    }

    pub fn wait_until_returned(&self) {
        let returned = self.returned.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.returned.1.wait_while(returned, |returned| !*returned).unwrap_or_else(PoisonError::into_inner));
    }

    pub fn output(&self, task: usize) -> MutexGuard<'_, Vec<u8>> {
        self.outputs[task].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A plane that several threads fill, each its own rectangle, and that is read only when all are done.
pub(crate) struct PlaneBuffer {
    bytes: Box<[std::cell::UnsafeCell<u8>]>,
}

// SAFETY: the engine hands out disjoint rectangles, and readers come after the last writer (see `Slot::remaining`).
unsafe impl Sync for PlaneBuffer {}

impl PlaneBuffer {
    fn new(bytes: usize) -> Self {
        Self { bytes: (0..bytes).map(|_| std::cell::UnsafeCell::new(0)).collect() }
    }

    /// # Safety
    /// Nobody writes to the plane while the slice lives.
    pub unsafe fn read(&self) -> &[u8] {
        // SAFETY: UnsafeCell<u8> is laid out as u8, and the caller keeps writers away.
        unsafe { std::slice::from_raw_parts(self.bytes.as_ptr().cast::<u8>(), self.bytes.len()) }
    }

    /// The bytes from `start` on, `length` of them.
    ///
    /// # Safety
    /// Nobody reads what is written here, and writers write disjoint bytes.
    #[expect(clippy::mut_from_ref, reason = "the cell's purpose; the engine keeps the rectangles disjoint")]
    pub unsafe fn write(&self, start: usize, length: usize) -> &mut [u8] {
        assert!(start + length <= self.bytes.len());
        // SAFETY: in range; the caller keeps others away from these bytes.
        unsafe { std::slice::from_raw_parts_mut(self.bytes.as_ptr().add(start).cast::<u8>().cast_mut(), length) }
    }
}
