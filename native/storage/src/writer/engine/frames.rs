//! Frames: how one is begun, borrowed or taken over, and its last act, the record that makes it *stored*.

use std::io::IoSlice;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use zarrcam_acquisition::LossCause;
use zarrcam_frame::FrameStamp;

use super::{Encoded, Engine, Scratch};
use crate::frame_log::{Record, Section, SpillAt};
use crate::layers::PlaneEntry;
use crate::writer::job::{Assignment, BorrowedFrame, Slot, Source};
use crate::writer::pyramid::Completed;
use crate::{SinkEvent, StorageError};

impl Engine {
    /// Checks that `frame_index` is the next one, and takes it.
    pub fn admit(&self, frame_index: u64) -> Result<(), StorageError> {
        self.check()?;
        let mut state = self.state();
        let expected = state.progress.next_index;
        if frame_index != expected {
            return Err(StorageError::OutOfOrder { frame_index, expected });
        }
        if let Some(capacity) = self.store.layout().capacity().filter(|capacity| frame_index >= *capacity) {
            return Err(StorageError::BeyondCapacity { frame_index, capacity });
        }
        state.progress.next_index += 1;
        Ok(())
    }

    /// Waits for a free slot; an error where there will be none.
    fn take_slot(&self) -> Result<usize, StorageError> {
        let mut state = self.state();
        loop {
            self.check()?;
            if let Some(slot) = state.free_slots.pop() {
                return Ok(slot);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Begins a frame, and says in which slot. Waits for a slot, and for the sealer: that is the back-pressure.
    pub fn begin(self: &Arc<Self>, frame_index: u64, stamp: FrameStamp, source: Source) -> Result<usize, StorageError> {
        let (index, filled) = self.layer_and_part(frame_index);
        let layer = self.enter_layer(index, filled)?;
        let slot = self.take_slot().inspect_err(|_| self.leave_layer(&mut self.state(), index))?;
        let first_level = 0;
        let planes = vec![frame_index];
        self.start(
            slot,
            Assignment {
                frame_index: Some(frame_index),
                stamp,
                source,
                layer_index: index,
                layer,
                first_level,
                planes,
            },
        );
        Ok(slot)
    }

    /// A frame that its owner wants back when this returns: it is encoded where it lies, and the caller's thread helps.
    pub fn encode_borrowed(
        self: &Arc<Self>,
        frame_index: u64,
        stamp: FrameStamp,
        pixels: &[u8],
        scratch: &mut Scratch,
    ) -> Result<(), StorageError> {
        // SAFETY: whatever happens from here on, `help` returns only when no task looks at the pixels any more.
        let borrowed = unsafe { BorrowedFrame::new(pixels) };
        let slot = self.begin(frame_index, stamp, Source::Borrowed(borrowed))?;
        self.help(slot, scratch);
        Ok(())
    }

    /// As [`Self::encode_borrowed`], by the caller's thread alone.
    pub fn store_borrowed(
        self: &Arc<Self>,
        frame_index: u64,
        stamp: FrameStamp,
        pixels: &[u8],
    ) -> Result<(), StorageError> {
        debug_assert!(self.is_inline());
        // SAFETY: the frame is stored, or given up, before `begin` returns.
        let borrowed = unsafe { BorrowedFrame::new(pixels) };
        self.begin(frame_index, stamp, Source::Borrowed(borrowed)).map(drop)
    }

    fn start(self: &Arc<Self>, slot: usize, assignment: Assignment) {
        let level = assignment.first_level;
        self.slots[slot].start(assignment);
        self.submit_level(slot, level);
    }

    pub(super) fn submit_level(self: &Arc<Self>, slot: usize, level: usize) {
        let tasks = self.tasks[level].tasks;
        self.slots[slot].offer(level, tasks);
        self.workers.submit(self, slot as u32, tasks);
    }

    /// A frame that does not come: its index stays fill.
    pub fn drop_frame(
        self: &Arc<Self>,
        frame_index: u64,
        hardware_id: u64,
        cause: LossCause,
    ) -> Result<(), StorageError> {
        self.log.append(&Record::Dropped { frame_index, hardware_id, cause })?;
        let index = self.store.layout().layer_of(frame_index);
        if let Some(completed) = self.pending.missing(&self.store, 0, frame_index) {
            self.begin_planes(index, completed)?;
        }
        let mut state = self.state();
        state.progress.decide(frame_index, index, true);
        self.seal_if_finished(&mut state, index);
        Ok(())
    }

    /// Begins a plane of a coarser level that no frame will complete.
    pub fn begin_planes(self: &Arc<Self>, index: u64, completed: Completed) -> Result<(), StorageError> {
        let layer = self.enter_layer(index, 0.0)?;
        let slot = self.take_slot().inspect_err(|_| self.leave_layer(&mut self.state(), index))?;
        let Completed { level, plane, pixels } = completed;
        let buffer = &self.slots[slot].planes[level - 1];
        // SAFETY: the slot is ours, and no task of it runs yet.
        unsafe { buffer.write(0, pixels.len()) }.copy_from_slice(&pixels);
        self.start(
            slot,
            Assignment {
                frame_index: None,
                stamp: FrameStamp::default(),
                source: Source::Nothing,
                layer_index: index,
                layer,
                first_level: level,
                planes: vec![plane],
            },
        );
        Ok(())
    }

    /// All of a frame is encoded. One thread at a time writes: two at one file would spin at its lock. Who comes while another
    /// writes leaves it the frame, and does other tasks.
    pub(super) fn complete(&self, slot: usize) {
        if let Some(assignment) = self.slots[slot].assignment().as_mut() {
            // Its pixels are needed no more, and somebody may wait for the buffer.
            assignment.source = Source::Nothing;
        }
        {
            let mut encoded = self.encoded();
            encoded.slots.push_back(slot);
            if encoded.is_written {
                return;
            }
            encoded.is_written = true;
        }
        while let Some(slot) = self.next_encoded() {
            let end = std::panic::AssertUnwindSafe(|| self.store_frame(slot));
            if let Err(panic) = std::panic::catch_unwind(end) {
                self.fail(StorageError::of_panic(&*panic));
            }
        }
    }

    fn encoded(&self) -> MutexGuard<'_, Encoded> {
        self.encoded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: the caller is the writer no more.
    fn next_encoded(&self) -> Option<usize> {
        let mut encoded = self.encoded();
        let next = encoded.slots.pop_front();
        encoded.is_written = next.is_some();
        next
    }

    /// The frame's last act: its bytes leave the process, then its record, and then it is stored.
    fn store_frame(&self, slot: usize) {
        let this = &self.slots[slot];
        let Some(assignment) = this.assignment().take() else { return };
        let record = || if self.is_ending() { Ok(false) } else { self.record(this, &assignment).map(|()| true) };
        let recorded = std::panic::catch_unwind(std::panic::AssertUnwindSafe(record))
            .unwrap_or_else(|panic| Err(StorageError::of_panic(&*panic)));
        let stored = recorded.unwrap_or_else(|error| {
            self.fail(error);
            false
        });
        let Assignment { frame_index, layer_index, layer, .. } = assignment;
        drop(layer);
        let mut state = self.state();
        if let Some(frame_index) = frame_index {
            if stored {
                state.progress.stored.insert(frame_index);
            } else {
                state.has_losses = true;
            }
            state.progress.decide(frame_index, layer_index, stored);
        }
        self.leave_layer(&mut state, layer_index);
        drop(state);
        // Reported before the slot is free: `finish` returns when all are, and then nothing more may be reported.
        if let Some(frame_index) = frame_index {
            self.emit(if stored { SinkEvent::Stored { frame_index } } else { SinkEvent::Lost { frame_index } });
        }
        self.state().free_slots.push(slot);
        self.changed.notify_all();
    }

    fn record(&self, slot: &Slot, assignment: &Assignment) -> Result<(), StorageError> {
        let sections: Vec<Section> = assignment
            .planes
            .iter()
            .enumerate()
            .map(|(index, plane)| {
                let level = assignment.first_level + index;
                let tasks = &self.tasks[level];
                let lengths = match &assignment.layer {
                    Some(_) => slot.lengths[tasks.first_tile..][..tasks.tiles]
                        .iter()
                        .map(|length| length.load(Ordering::Relaxed))
                        .collect(),
                    None => Vec::new(),
                };
                Section { level: level as u32, plane: *plane, lengths }
            })
            .collect();
        let mut at = SpillAt::default();
        if let Some(layer) = &assignment.layer {
            let levels = assignment.first_level..assignment.first_level + assignment.planes.len();
            let outputs: Vec<_> = levels
                .flat_map(|level| (0..self.tasks[level].tasks as usize).map(move |task| (level, task)))
                .map(|(level, task)| slot.output(self.tasks[level].first_task + task))
                .collect();
            let total: u64 = outputs.iter().map(|output| output.len() as u64).sum();
            at = SpillAt { generation: layer.generation, offset: layer.reserve(total) };
            let mut slices: Vec<IoSlice<'_>> = outputs.iter().map(|output| IoSlice::new(output)).collect();
            layer.spill.file.write_all_vectored_at(&mut slices, at.offset)?;
        }
        let record = match assignment.frame_index {
            Some(frame_index) => Record::Frame { frame_index, stamp: assignment.stamp, at, sections },
            None => Record::Planes { at, sections },
        };
        self.log.append(&record)?;
        if let (Some(layer), Record::Frame { sections, .. } | Record::Planes { sections, .. }) =
            (&assignment.layer, &record)
        {
            let mut offset = at.offset;
            for section in sections {
                layer.insert(section.level as usize, section.plane, PlaneEntry::new(offset, &section.lengths));
                offset += section.bytes();
            }
        }
        Ok(())
    }
}
