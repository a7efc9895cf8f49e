//! Rates, queue, time left and sums of a stream.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use zarrcam_acquisition::{Queue, Sample, StreamState, StreamStats, StreamSummary, coordinates, remaining_s};

use zarrcam_config::Transport;

use super::run::StreamRun;
use super::sizing::PREVIEW_HOLDS_FRAMES;

impl StreamRun {
    /// Frames that wait for storage.
    pub fn queue(&self) -> Queue {
        let held = PREVIEW_HOLDS_FRAMES as usize;
        let capacity = self.pool.capacity().saturating_sub(held);
        let taken = (self.pool.capacity() - self.pool.available()).saturating_sub(held);
        Queue { frames: taken.min(capacity) as u32, capacity: capacity as u32 }
    }

    fn stored_bytes(&self, stored_frames: u64) -> u64 {
        stored_frames / self.frames_averaged() * self.spec.resolved.storage.frame_bytes()
    }

    fn disk_free_bytes(&self) -> Option<u64> {
        self.spec.path.as_deref().and_then(zarrcam_files::free_bytes)
    }

    /// How the camera's frames came over its cable, where it has one.
    fn transport(&self) -> Option<Transport> {
        self.camera_features.get().and_then(|features| features.transport())
    }

    /// Takes the sample that rates are made of.
    pub fn measure(&self) {
        let disk_free_bytes = self.disk_free_bytes();
        let Queue { frames: queue_frames, capacity: queue_capacity } =
            if self.records() { self.queue() } else { Queue::default() };
        let progress = self.progress();
        let ledger = progress.book.ledger().clone();
        let (at_s, shown) = (progress.started.elapsed().as_secs_f64(), progress.shown);
        drop(progress);
        let captured = if self.records() { ledger.captured } else { shown };
        let stored_bytes = self.stored_bytes(ledger.stored);
        let stored = ledger.stored;
        let sample = Sample { at_s, captured, stored, stored_bytes, queue_frames, queue_capacity, disk_free_bytes };
        self.meter.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
    }

    /// `preview_limit_fps`: what previews are held to now.
    pub fn stats(&self, first_losses: u64, preview_limit_fps: Option<f64>) -> StreamStats {
        let disk_free_bytes = self.disk_free_bytes();
        let queue = if self.records() { self.queue() } else { Queue::default() };
        let meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rates = meter.rates();
        let waits = self.waits_for_trigger.load(Ordering::Relaxed) && self.control.pending_triggers() == 0;
        let progress = self.progress();
        let ended = progress.ended.is_some();
        let state_of_stream = StreamState::of(progress.error.is_some(), ended, progress.camera_ended, waits);
        let frame_limit = if self.records() { self.spec.resolved.storage.frame_limit } else { None };
        let ledger = progress.book.ledger().clone();
        let remaining_s = if ended {
            Some(0.0)
        } else {
            remaining_s(&self.spec.resolved, frame_limit, &progress.indexer, &ledger, &rates)
        };
        let warnings = if ended { Vec::new() } else { meter.warnings(remaining_s) };
        StreamStats {
            stream: self.spec.index,
            name: self.spec.name.clone(),
            state_of_stream,
            losses: progress.book.losses(0, first_losses),
            frame_limit,
            rates: if ended { Default::default() } else { rates },
            queue: if ended { Queue { frames: 0, ..queue } } else { queue },
            coordinates: progress
                .book
                .last_stored()
                .map_or_else(Vec::new, |frame_index| coordinates(&self.spec.resolved.storage.dimensions, frame_index)),
            started_unix_ms: Some(self.spec.started_unix_ms),
            elapsed_s: progress.elapsed_s(),
            remaining_s,
            lateness_ms: progress.lateness_ms,
            preview_limit_fps: preview_limit_fps.filter(|_| !progress.camera_ended),
            path: self.spec.path.as_ref().map(|path| path.display().to_string()),
            run_id: self.records().then(|| self.spec.run_id.clone()),
            run_number: self.spec.run_number,
            frames_published: progress.frames_published,
            bytes_stored: self.stored_bytes(ledger.stored),
            disk_free_bytes,
            frame_clients: self.frame_tee.stats(),
            transport: self.transport(),
            warnings,
            error: progress.error.clone(),
            ledger,
        }
    }

    /// How the stream's run ended, or how it stands.
    pub fn summary(&self) -> StreamSummary {
        let progress = self.progress();
        let ledger = progress.book.ledger().clone();
        StreamSummary {
            stream: self.spec.index,
            name: self.spec.name.clone(),
            path: self.spec.path.as_ref().map(|path| path.display().to_string()),
            frame_limit: if self.records() { self.spec.resolved.storage.frame_limit } else { None },
            frames_stored: ledger.stored / self.frames_averaged(),
            end: progress.end(),
            frames_published: progress.frames_published,
            bytes_stored: self.stored_bytes(ledger.stored),
            elapsed_s: progress.elapsed_s(),
            transport: self.transport(),
            error: progress.error.clone(),
            ledger,
        }
    }
}
