//! Layers whose encoded planes stand in a spill.

use std::sync::Arc;

use zarrcam_acquisition::LossCause;
use zarrcam_zarr::{TileEncoder, decode};

use super::levels::{Planes, complete_levels, scatter};
use super::logged::{OpenedLayer, SpilledRecord};
use crate::frame_log::{FrameLogWriter, Record, Section, SpillAt};
use crate::frame_ranges::FrameRanges;
use crate::layers::{Layer, PlaneEntry, SpillFile, tile_view};
use crate::store::Store;
use crate::{StorageError, StorageErrorKind};

/// A plane whose bytes are not what the log says.
pub(super) struct DamagedPlane {
    level: usize,
    plane: u64,
    hardware_id: u64,
}

/// The layer as its writer had it. Planes whose bytes are not what the log says are left out.
pub(super) fn rebuild_layer(
    store: &Store,
    index: u64,
    opened: &OpenedLayer,
) -> Result<(Layer, Vec<DamagedPlane>), StorageError> {
    let path = store.private().join(format!("spill-{}", opened.spill));
    // No record, no bytes: the spill may not even have been made.
    let target = store.target();
    let file = if opened.records.is_empty() && !target.exists(&path) {
        target.create(&path)?
    } else {
        target.open_to_write(&path)?
    };
    let spill = Arc::new(SpillFile { number: opened.spill, file });
    let layer = Layer::new(store.layout(), index, opened.generation, spill);
    let spilled_bytes = layer.spill.file.bytes()?;
    let mut damaged = Vec::new();
    let mut end = 0;
    for SpilledRecord { hardware_id, at, sections } in &opened.records {
        let mut offset = at.offset;
        for section in sections {
            let at = offset;
            offset = offset.saturating_add(section.bytes());
            let (level, plane) = (section.level as usize, section.plane);
            let Some(shape) = store.layout().levels().get(level) else { continue };
            let per_layer = store.layout().planes_per_layer(level);
            let fits = shape.tiles() == section.lengths.len()
                && plane / per_layer.max(1) == index
                && offset <= spilled_bytes
                && section.bytes() <= u64::from(u32::MAX);
            let entry = fits.then(|| PlaneEntry::new(at, &section.lengths));
            match entry {
                Some(entry) if is_whole(store, &layer, section, &entry)? => layer.insert(level, plane, entry),
                _ => damaged.push(DamagedPlane { level, plane, hardware_id: *hardware_id }),
            }
        }
        end = end.max(offset.min(spilled_bytes));
    }
    layer.reserve(end);
    Ok((layer, damaged))
}

/// Takes back in the log what it says of damaged planes, since the chunks will not hold them: a frame was dropped after all,
/// and a coarser plane that could not be made again is fill. How many frames that are.
pub(super) fn disown(
    store: &Store,
    layer: &Layer,
    damaged: &[DamagedPlane],
    stored: &mut FrameRanges,
    log: &FrameLogWriter,
) -> Result<u64, StorageError> {
    let mut frames = 0;
    for &DamagedPlane { level, plane, hardware_id } in damaged {
        if layer.planes()[level].get(plane).is_some() {
            continue;
        }
        if level > 0 {
            let lengths = vec![0; store.layout().levels()[level].tiles()];
            let at = SpillAt { generation: layer.generation, offset: 0 };
            log.append(&Record::Planes { at, sections: vec![Section { level: level as u32, plane, lengths }] })?;
        } else if stored.remove(plane) {
            frames += 1;
            log.append(&Record::Dropped { frame_index: plane, hardware_id, cause: LossCause::Storage })?;
        }
    }
    Ok(frames)
}

/// Whether every tile of a plane decodes. After `kill -9` it does; after a power cut the log may be ahead of the spill. What the disk
/// refuses to read is damaged, too; what is not open yet is an error.
fn is_whole(store: &Store, layer: &Layer, section: &Section, entry: &PlaneEntry) -> Result<bool, StorageError> {
    let level = &store.layout().levels()[section.level as usize];
    let mut decoded = vec![0; level.tile_bytes];
    let mut encoded = Vec::new();
    for (offset, length) in (0..level.tiles()).filter_map(|tile| entry.tile(tile)) {
        encoded.resize(length as usize, 0);
        let is_whole = match layer.spill.file.read_exact_at(&mut encoded, offset) {
            Err(error) if error.kind() == StorageErrorKind::NotOpenYet => return Err(error),
            read => read.is_ok() && decode(store.codec(), level.item_bytes, &encoded, &mut decoded).is_ok(),
        };
        if !is_whole {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes what a layer's coarser levels lack because frames were lost on the way.
pub(crate) fn complete_spilled(store: &Store, layer: &Layer, log: &FrameLogWriter) -> Result<(), StorageError> {
    complete_levels(store, &Spilled { store, layer }, layer.index, log)
}

struct Spilled<'a> {
    store: &'a Store,
    layer: &'a Layer,
}

impl Planes for Spilled<'_> {
    fn exists(&self, level: usize, plane: u64) -> bool {
        self.layer.planes()[level].get(plane).is_some()
    }

    fn read(&self, level: usize, plane: u64, pixels: &mut [u8]) -> Result<(), StorageError> {
        let shape = &self.store.layout().levels()[level];
        let entry = self.layer.planes()[level].get(plane).cloned();
        let mut decoded = vec![0; shape.tile_bytes];
        let mut encoded = Vec::new();
        for tile in 0..shape.tiles() {
            match entry.as_ref().and_then(|entry| entry.tile(tile)) {
                Some((offset, length)) => {
                    encoded.resize(length as usize, 0);
                    self.layer.spill.file.read_exact_at(&mut encoded, offset)?;
                    decode(self.store.codec(), shape.item_bytes, &encoded, &mut decoded)?;
                }
                None => decoded.fill(0),
            }
            scatter(shape, tile, &decoded, pixels);
        }
        Ok(())
    }

    fn write(&self, level: usize, plane: u64, pixels: &[u8], log: &FrameLogWriter) -> Result<(), StorageError> {
        let shape = &self.store.layout().levels()[level];
        let mut encoder = TileEncoder::new(self.store.codec(), shape.item_bytes, shape.tile_bytes)?;
        let mut encoded = Vec::new();
        let mut lengths = Vec::with_capacity(shape.tiles());
        for tile in 0..shape.tiles() {
            let before = encoded.len();
            let view = tile_view(pixels, shape.width, shape.item_bytes, shape.rect(tile), shape.tile_width);
            encoder.encode_view(view, &mut encoded)?;
            lengths.push((encoded.len() - before) as u32);
        }
        let at = SpillAt { generation: self.layer.generation, offset: self.layer.reserve(encoded.len() as u64) };
        self.layer.spill.file.write_all_at(&encoded, at.offset)?;
        let entry = PlaneEntry::new(at.offset, &lengths);
        log.append(&Record::Planes { at, sections: vec![Section { level: level as u32, plane, lengths }] })?;
        self.layer.insert(level, plane, entry);
        Ok(())
    }
}
