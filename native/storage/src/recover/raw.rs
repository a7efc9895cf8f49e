//! Raw layouts, whose tiles stand in their files already.

use std::cell::RefCell;
use std::collections::BTreeSet;

use zarrcam_config::Durability;
use zarrcam_zarr::FRAMES_IN_FLIGHT;

use super::levels::{Planes, complete_levels, scatter};
use super::log::Log;
use crate::StorageError;
use crate::files::NamedFile;
use crate::in_place::{self, FileId, InPlace};
use crate::job::view;
use crate::journal::{Journal, Record, Section, SpillAt};
use crate::seal;
use crate::store::Store;

/// Raw layouts: makes fill of what lost frames left behind, and completes the coarser levels without them.
pub(crate) fn repair_in_place(store: &Store, journal: &Journal) -> Result<(), StorageError> {
    recover_in_place(store, &Log::read(store)?, journal, store.durability() != Durability::None)
}

pub(super) fn recover_in_place(store: &Store, log: &Log, journal: &Journal, sync: bool) -> Result<(), StorageError> {
    // Frames that were on their way left tiles behind; within the array, or the part of it that `shape` rounds up to, they
    // would look like data.
    let until = (log.end + FRAMES_IN_FLIGHT as u64 + 1).next_multiple_of(store.layout().frames_per_append());
    let torn = (0..until).filter(|place| !log.stored.contains(*place));
    let torn: Vec<u64> = torn.collect();
    in_place::clear_places(store, &torn)?;
    let mut coarse = log.coarse.clone();
    for &place in &torn {
        in_place::ancestors(store, place).for_each(|(level, plane)| {
            coarse.remove(&(level as u32, plane));
        });
    }
    let planes = Raw { store, log, coarse: RefCell::new(coarse), files: InPlace::new(store) };
    let mut made = Vec::new();
    for layer in 0..store.layout().layers(log.end) {
        complete_levels(store, &planes, layer, journal)?;
        planes.files.take_layer(layer);
        made.extend(in_place::existing_files(store, layer));
    }
    if sync { seal::sync_in_place(store, &made) } else { Ok(()) }
}

struct Raw<'a> {
    store: &'a Store,
    log: &'a Log,
    /// Planes of coarser levels that are right.
    coarse: RefCell<BTreeSet<(u32, u64)>>,
    files: InPlace,
}

impl Planes for Raw<'_> {
    fn exists(&self, level: usize, plane: u64) -> bool {
        if level == 0 { self.log.stored.contains(plane) } else { self.coarse.borrow().contains(&(level as u32, plane)) }
    }

    fn read(&self, level: usize, plane: u64, pixels: &mut [u8]) -> Result<(), StorageError> {
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let at = layout.plane_of_level(level, plane);
        let mut bytes = vec![0; shape.tile_bytes];
        for tile in 0..shape.tiles() {
            let tile_at = shape.tile(&at, tile);
            let path = self.store.file_path(level, at.layer, tile_at.file);
            if path.exists() {
                let offset = InPlace::offset(self.store, level, &tile_at);
                NamedFile::open(&path)?.read_exact_at(&mut bytes, offset)?;
            } else {
                bytes.fill(0);
            }
            scatter(shape, tile, &bytes, pixels);
        }
        Ok(())
    }

    fn write(&self, level: usize, plane: u64, pixels: &[u8], journal: &Journal) -> Result<(), StorageError> {
        let layout = self.store.layout();
        let shape = &layout.levels()[level];
        let at = layout.plane_of_level(level, plane);
        let mut bytes = vec![0; shape.tile_bytes];
        for tile in 0..shape.tiles() {
            let tile_at = shape.tile(&at, tile);
            view(pixels, shape.width, shape.item_bytes, shape.rect(tile), shape.tile_width).gather(&mut bytes);
            let file = self.files.file(self.store, FileId { layer: at.layer, level, file: tile_at.file })?;
            file.write(&bytes, InPlace::offset(self.store, level, &tile_at), false)?;
        }
        self.coarse.borrow_mut().insert((level as u32, plane));
        let sections = vec![Section { level: level as u32, plane, lengths: Vec::new() }];
        journal.append(&Record::Planes { at: SpillAt::default(), sections })
    }
}
