//! Raw layouts, whose tiles stand in their files already.

use std::cell::RefCell;
use std::collections::BTreeSet;

use zarrcam_config::Durability;
use zarrcam_zarr::FRAMES_IN_FLIGHT;

use super::levels::{Planes, complete_levels, scatter};
use super::logged::Logged;
use crate::StorageError;
use crate::frame_log::{FrameLogWriter, Record, Section, SpillAt};
use crate::layers::in_place::{self, FileId, InPlace};
use crate::layers::{seal, tile_view};
use crate::store::Store;

/// Raw layouts: makes fill of what lost frames left behind, and completes the coarser levels without them.
pub(crate) fn repair_in_place(store: &Store, log: &FrameLogWriter) -> Result<(), StorageError> {
    recover_in_place(store, &Logged::read(store)?, log, store.durability() != Durability::None)
}

pub(super) fn recover_in_place(
    store: &Store,
    logged: &Logged,
    log: &FrameLogWriter,
    sync: bool,
) -> Result<(), StorageError> {
    // Frames that were on their way left tiles behind; within the array, or the part of it that `shape` rounds up to, they
    // would look like data.
    let until = (logged.end + FRAMES_IN_FLIGHT as u64 + 1).next_multiple_of(store.layout().frames_per_append());
    let last = store.layout().layers(logged.end).saturating_sub(2);
    (last..=store.layout().layers(until)).try_for_each(|layer| in_place::complete_lengths(store, layer))?;
    let torn = (0..until).filter(|frame_index| !logged.stored.contains(*frame_index));
    let torn: Vec<u64> = torn.collect();
    in_place::clear_frames(store, &torn)?;
    let mut coarse = logged.coarse.clone();
    for &frame_index in &torn {
        in_place::ancestors(store, frame_index).for_each(|(level, plane)| {
            coarse.remove(&(level as u32, plane));
        });
    }
    let planes = Raw { store, logged, coarse: RefCell::new(coarse), files: InPlace::new(store) };
    let mut made = Vec::new();
    for layer in 0..store.layout().layers(logged.end) {
        complete_levels(store, &planes, layer, log)?;
        planes.files.forget_layer(layer);
        made.extend(in_place::existing_files(store, layer));
    }
    if sync { seal::sync_in_place(store, &made) } else { Ok(()) }
}

struct Raw<'a> {
    store: &'a Store,
    logged: &'a Logged,
    /// Planes of coarser levels that are right.
    coarse: RefCell<BTreeSet<(u32, u64)>>,
    files: InPlace,
}

impl Planes for Raw<'_> {
    fn exists(&self, level: usize, plane: u64) -> bool {
        if level == 0 {
            self.logged.stored.contains(plane)
        } else {
            self.coarse.borrow().contains(&(level as u32, plane))
        }
    }

    fn read(&self, level: usize, plane: u64, pixels: &mut [u8]) -> Result<(), StorageError> {
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let at = layout.plane_of_level(level, plane);
        let mut bytes = vec![0; shape.tile_bytes];
        for tile in 0..shape.tiles() {
            let tile_at = shape.tile(&at, tile);
            let path = self.store.file_path(level, at.layer, tile_at.file);
            if self.store.target().exists(&path) {
                let offset = InPlace::offset(self.store, level, &tile_at);
                self.store.target().open(&path)?.read_exact_at(&mut bytes, offset)?;
            } else {
                bytes.fill(0);
            }
            scatter(shape, tile, &bytes, pixels);
        }
        Ok(())
    }

    fn write(&self, level: usize, plane: u64, pixels: &[u8], log: &FrameLogWriter) -> Result<(), StorageError> {
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let at = layout.plane_of_level(level, plane);
        let mut bytes = vec![0; shape.tile_bytes];
        for tile in 0..shape.tiles() {
            let tile_at = shape.tile(&at, tile);
            tile_view(pixels, shape.width, shape.item_bytes, shape.rect(tile), shape.tile_width).gather(&mut bytes);
            let file = self.files.file(self.store, FileId { layer: at.layer, level, file: tile_at.file })?;
            file.write(&bytes, InPlace::offset(self.store, level, &tile_at), false)?;
        }
        self.coarse.borrow_mut().insert((level as u32, plane));
        let sections = vec![Section { level: level as u32, plane, lengths: Vec::new() }];
        log.append(&Record::Planes { at: SpillAt::default(), sections })
    }
}
