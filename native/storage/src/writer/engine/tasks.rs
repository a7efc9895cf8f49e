//! Tasks: a level of a frame in pieces that any thread may do.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use zarrcam_config::Durability;
use zarrcam_zarr::{PlaneAt, PlaneView, TileView, reduce_plane};

use super::{Engine, Scratch};
use crate::StorageError;
use crate::layers::in_place::{FileId, InPlace};
use crate::layers::{halve, is_fill, joins_pairs, tile_view};
use crate::writer::job::Source;
use crate::writer::workers::Work;

/// A bit in a part's number: all tasks of the slot's full level are done, and a worker goes on from there.
const FINISH: u32 = 1 << 31;

impl Engine {
    /// Does tasks of a borrowed frame until none is left, and waits for those that workers are at. What comes after them is theirs: the
    /// caller has its pixels back, and may bring the next frame.
    pub(super) fn help(self: &Arc<Self>, slot: usize, scratch: &mut Scratch) {
        let this = &self.slots[slot];
        while let Some((level, task)) = this.claim_borrowed() {
            if self.do_task(slot, level, task, scratch) {
                self.workers.submit(self, slot as u32 | FINISH, 1);
            }
        }
        this.wait_until_returned();
    }

    /// True: it was the last of its level.
    fn do_task(self: &Arc<Self>, slot: usize, level: usize, task: u32, scratch: &mut Scratch) -> bool {
        let work = std::panic::AssertUnwindSafe(|| self.run_task(slot, level, task, scratch));
        match std::panic::catch_unwind(work) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.fail(error),
            Err(panic) => self.fail(StorageError::of_panic(&*panic)),
        }
        self.slots[slot].task_done(level)
    }

    fn level_ended(self: &Arc<Self>, slot: usize, level: usize) {
        let end = std::panic::AssertUnwindSafe(|| self.level_done(slot, level));
        if let Err(panic) = std::panic::catch_unwind(end) {
            self.fail(StorageError::of_panic(&*panic));
            self.complete(slot);
        }
    }

    /// See [`InPlace::shift`]; of a tile of a frame.
    pub fn shift(&self, plane: &PlaneAt, tile: usize) -> usize {
        self.in_place.as_ref().map_or(0, |in_place| {
            let at = self.store.layout().levels()[0].tile(plane, tile);
            in_place.shift(InPlace::offset(&self.store, 0, &at))
        })
    }

    fn run_task(&self, slot: usize, level: usize, task: u32, scratch: &mut Scratch) -> Result<(), StorageError> {
        if self.is_ending() {
            return Ok(());
        }
        let this = &self.slots[slot];
        let Some(assignment) = this.assignment().clone() else { return Ok(()) };
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let tasks = &self.tasks[level];
        let image: Option<&[u8]> = match (&assignment.source, level) {
            (Source::Image(buffer), 0) => Some(buffer),
            // SAFETY: the owner waits until this level's tasks are done.
            (Source::Borrowed(borrowed), 0) => Some(unsafe { borrowed.read() }),
            (Source::Tiles { .. }, 0) => None,
            // SAFETY: the level's plane was filled before its tasks were submitted.
            _ => Some(unsafe { this.planes[level - 1].read() }),
        };
        let plane = assignment.planes[level - assignment.first_level];
        let at = layout.plane_of_level(level, plane);
        let mut output = this.output(tasks.first_task + task as usize);
        output.clear();
        for tile in tasks.tiles_of(task) {
            let view = match (&assignment.source, image) {
                (Source::Tiles { buffer, stride }, None) => {
                    let start = tile * stride + self.shift(&at, tile);
                    TileView::contiguous(&buffer[start..][..shape.tile_bytes])
                }
                (_, image) => tile_view(
                    image.unwrap_or_default(),
                    shape.width,
                    shape.item_bytes,
                    shape.rect(tile),
                    shape.tile_width,
                ),
            };
            let length = &this.lengths[tasks.first_tile + tile];
            if is_fill(&view) {
                length.store(0, Ordering::Relaxed);
            } else if let Some(in_place) = &self.in_place {
                let tile_at = shape.tile(&at, tile);
                let id = FileId { layer: at.layer, level, file: tile_at.file };
                let offset = InPlace::offset(&self.store, level, &tile_at);
                let file = in_place.file(&self.store, id)?;
                let shift = in_place.shift(offset);
                let bytes = match view.as_contiguous(shape.tile_bytes) {
                    Some(bytes) if shift == 0 || matches!(assignment.source, Source::Tiles { .. }) => bytes,
                    _ => {
                        let out = &mut scratch.tile[shift..][..shape.tile_bytes];
                        view.gather(out);
                        out
                    }
                };
                let write_back = self.store.durability() != Durability::None;
                file.write(bytes, offset, write_back)?;
                length.store(shape.tile_bytes as u32, Ordering::Relaxed);
            } else {
                let before = output.len();
                scratch.encoder.encode_view(view, &mut output)?;
                length.store((output.len() - before) as u32, Ordering::Relaxed);
            }
            if let (true, Some(image)) = (tasks.halves_by_tile, image) {
                self.halve_tile(slot, level, tile, image, &mut scratch.half);
            }
        }
        Ok(())
    }

    /// Halves one tile into the next level's plane, while its pixels are in cache.
    fn halve_tile(&self, slot: usize, level: usize, tile: usize, image: &[u8], half: &mut Vec<u8>) {
        let layout = self.store.layout();
        let (fine, coarse) = (&layout.levels()[level], &layout.levels()[level + 1]);
        let rect = fine.rect(tile);
        let stride = fine.width * fine.item_bytes;
        let source = PlaneView {
            bytes: &image[rect.y * stride + rect.x * fine.item_bytes..],
            width: rect.width,
            height: rect.height,
            stride_bytes: stride,
        };
        let halve = halve(&self.store, level);
        let (width, height) = halve.size(rect.width, rect.height);
        let row = width * fine.item_bytes;
        half.resize(row * height, 0);
        reduce_plane(layout.pixel_type(), layout.method(), halve, source, half, row);
        let x = if halve.x { rect.x / 2 } else { rect.x };
        let y = if halve.y { rect.y / 2 } else { rect.y };
        for (index, pixels) in half.chunks_exact(row).enumerate() {
            let start = ((y + index) * coarse.width + x) * fine.item_bytes;
            // SAFETY: tiles are disjoint, and so are their halves; the plane is read after the last task of this level.
            unsafe { self.slots[slot].planes[level].write(start, row) }.copy_from_slice(pixels);
        }
    }

    /// All tasks of a level are done: on to the next level, or to the end.
    fn level_done(self: &Arc<Self>, slot: usize, level: usize) {
        let next = if self.is_ending() { Ok(false) } else { self.fill_next_level(slot, level) };
        match next {
            Ok(true) => self.submit_level(slot, level + 1),
            Ok(false) => self.complete(slot),
            Err(error) => {
                self.fail(error);
                self.complete(slot);
            }
        }
    }

    /// Whether this frame goes on to the next level, whose plane is complete then.
    fn fill_next_level(self: &Arc<Self>, slot: usize, level: usize) -> Result<bool, StorageError> {
        let layout = self.store.layout();
        let (Some(fine), Some(coarse)) = (layout.levels().get(level), layout.levels().get(level + 1)) else {
            return Ok(false);
        };
        let this = &self.slots[slot];
        let (source, plane) = {
            let mut assignment = this.assignment();
            let Some(assignment) = assignment.as_mut() else { return Ok(false) };
            let plane = assignment.planes[level - assignment.first_level];
            (assignment.source.clone(), plane)
        };
        let parent = layout.parent(level, plane);
        let pairs = joins_pairs(&self.store, level);
        if pairs || !self.tasks[level].halves_by_tile {
            let image: &[u8] = match (&source, level) {
                (Source::Image(buffer), 0) => buffer,
                // SAFETY: its owner waits until all of the frame is done.
                (Source::Borrowed(borrowed), 0) if self.is_inline() => unsafe { borrowed.read() },
                (Source::Tiles { .. } | Source::Borrowed(_) | Source::Nothing, 0) => {
                    return Err(StorageError::Internal("a pyramid needs the frame as an image".to_owned()));
                }
                // SAFETY: filled before this level's tasks, and written again only by the slot's next frame.
                _ => unsafe { this.planes[level - 1].read() },
            };
            let source = PlaneView::tight(layout.pixel_type(), image, fine.width, fine.height);
            // SAFETY: the slot's tasks of this level are done, and the next level's are not submitted yet.
            let out = unsafe { this.planes[level].write(0, coarse.plane_bytes()) };
            if pairs {
                if !self.pending.add(&self.store, level, parent, source, out) {
                    return Ok(false);
                }
            } else {
                let halve = halve(&self.store, level);
                reduce_plane(
                    layout.pixel_type(),
                    layout.method(),
                    halve,
                    source,
                    out,
                    coarse.width * coarse.item_bytes,
                );
            }
        }
        if let Some(assignment) = this.assignment().as_mut() {
            assignment.planes.push(parent.plane);
        }
        Ok(true)
    }
}

impl Work for Engine {
    fn run(self: Arc<Self>, part: u32, worker: usize) {
        let slot = (part & !FINISH) as usize;
        if part & FINISH != 0 {
            self.level_ended(slot, 0);
        } else if let Some((level, task)) = self.slots[slot].claim() {
            let done = {
                let mut scratch = self.scratch[worker].lock().unwrap_or_else(PoisonError::into_inner);
                self.do_task(slot, level, task, &mut scratch)
            };
            if done {
                self.level_ended(slot, level);
            }
        }
    }
}
