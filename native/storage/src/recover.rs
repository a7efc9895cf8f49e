//! Makes a store whole again whose writer was killed: cuts the log at the first record that is not whole, completes the
//! coarser levels, seals what is open, sets `shape`. A second time changes nothing, and a kill in the middle does no harm.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zarrcam_acquisition::DropCause;
use zarrcam_config::Durability;
use zarrcam_zarr::{FRAMES_IN_FLIGHT, PlaneView, SEAL_THREADS, TileEncoder, ZAccumulator, decode, reduce_plane};

use crate::files::{self, NamedFile};
use crate::in_place::{self, FileId, InPlace};
use crate::job::view;
use crate::journal::{Journal, JournalReader, Record, Section, SpillAt, ends_closed};
use crate::layer::{Layer, PlaneEntry, SpillFile};
use crate::progress::Runs;
use crate::pyramid::{halve, joins_pairs};
use crate::seal::{self, Pace, Sealer};
use crate::store::{Lock, Store, is_being_written};
use crate::{StorageError, table};

/// What a recovery found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Recovery {
    /// False: the store was whole, and nothing was changed.
    pub was_needed: bool,
    #[ts(type = "number")]
    pub frames_stored: u64,
    /// Places that are fill: dropped in the run, or accepted and never stored.
    #[ts(type = "number")]
    pub frames_missing: u64,
    /// Frames that the log calls stored and whose bytes are damaged; a power cut can do that.
    #[ts(type = "number")]
    pub frames_damaged: u64,
    #[ts(type = "number")]
    pub layers_sealed: u64,
    /// Of the full level.
    #[ts(type = "Array<number>")]
    pub shape: Vec<u64>,
}

/// Whether the store's writer went away without closing it. False for what is being written, and for what is not ours.
pub fn needs_recovery(root: &Path) -> bool {
    let Ok(store) = Store::open(root) else { return false };
    // In this order: a store that is closed between the two questions is whole.
    !is_being_written(root) && (!ends_closed(&store.journal_path()) || spills_left(&store))
}

/// Takes the writer's lock and makes the store whole. `Locked`: it is being written.
pub fn recover(root: &Path) -> Result<Recovery, StorageError> {
    let store = Store::open(root)?;
    let _lock = Lock::of_existing(root)?;
    let mut log = Log::read(&store)?;
    let mut recovery = Recovery {
        was_needed: !log.is_clean(),
        frames_stored: log.stored.len(),
        frames_missing: log.end - log.stored.len(),
        shape: store.layout().shape(0, log.end),
        ..Recovery::default()
    };
    if !recovery.was_needed {
        return Ok(recovery);
    }
    let sync = store.durability() != Durability::None;
    let journal = match log.good_bytes {
        // Killed before the first record: an empty store is what is left.
        0 => Journal::create(&store.journal_path())?,
        good_bytes => Journal::resume(&store.journal_path(), good_bytes)?,
    };
    if store.codec().is_raw() {
        recover_in_place(&store, &log, &journal, sync)?;
    } else {
        let mut sealer = Sealer::new(&store)?;
        for (&index, opened) in &log.open {
            let (layer, damaged) = rebuild_layer(&store, index, opened)?;
            complete_spilled(&store, &layer, &journal)?;
            recovery.frames_damaged += disown(&store, &layer, &damaged, &mut log.stored, &journal)?;
            sealer.seal(&store, &layer, &Pace { threads: &|| SEAL_THREADS, written: &AtomicU64::new(0) })?;
            journal.append(&Record::LayerSealed { layer: index })?;
            recovery.layers_sealed += 1;
        }
    }
    recovery.frames_stored -= recovery.frames_damaged;
    recovery.frames_missing += recovery.frames_damaged;
    store.write_shape(log.end, sync)?;
    table::write(&store, sync)?;
    journal.append(&Record::Closed { places: log.end })?;
    if sync {
        journal.sync()?;
    }
    remove_leftovers(&store)?;
    Ok(recovery)
}

/// What the journal says, in one pass over it and a second one over what is not sealed.
struct Log {
    good_bytes: u64,
    torn: bool,
    closed: bool,
    spills_left: bool,
    stored: Runs,
    /// One past the last place that the log knows.
    end: u64,
    /// Layers that were opened and not sealed.
    open: BTreeMap<u64, OpenedLayer>,
    /// Raw layouts: planes of coarser levels that are recorded.
    coarse: BTreeSet<(u32, u64)>,
}

/// Any of them: whoever removed them may have been killed between two.
fn spills_left(store: &Store) -> bool {
    let Ok(mut entries) = std::fs::read_dir(store.private()) else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("spill-")))
}

struct OpenedLayer {
    generation: u32,
    spill: u64,
    /// In order of the log.
    records: Vec<SpilledRecord>,
}

struct SpilledRecord {
    /// Of the frame, where there is one.
    hardware_id: u64,
    at: SpillAt,
    sections: Vec<Section>,
}

/// A plane whose bytes are not what the log says.
struct DamagedPlane {
    level: usize,
    plane: u64,
    hardware_id: u64,
}

impl Log {
    fn read(store: &Store) -> Result<Self, StorageError> {
        let path = store.journal_path();
        let mut log = Self {
            good_bytes: 0,
            torn: false,
            closed: false,
            spills_left: spills_left(store),
            stored: Runs::default(),
            end: 0,
            open: BTreeMap::new(),
            coarse: BTreeSet::new(),
        };
        if !path.exists() {
            return Ok(log);
        }
        let mut reader = JournalReader::open(&path)?;
        while let Some(record) = reader.next_record() {
            log.closed = matches!(record, Record::Closed { .. });
            match record {
                Record::LayerOpened { layer, generation, spill } => {
                    log.open.insert(layer, OpenedLayer { generation, spill, records: Vec::new() });
                }
                Record::LayerSealed { layer } => {
                    log.open.remove(&layer);
                }
                Record::Frame { place, stamp, at, sections } => {
                    log.stored.insert(place);
                    log.end = log.end.max(place + 1);
                    log.keep(store, SpilledRecord { hardware_id: stamp.hardware_id, at, sections });
                }
                Record::Planes { at, sections } => log.keep(store, SpilledRecord { hardware_id: 0, at, sections }),
                Record::Dropped { place, .. } => {
                    log.stored.remove(place);
                    log.end = log.end.max(place + 1);
                }
                Record::Closed { .. } => {}
            }
        }
        log.good_bytes = reader.good_bytes();
        let length =
            std::fs::metadata(&path).map_err(|error| StorageError::io(&path, "look at the file", 0, &error))?;
        log.torn = length.len() > log.good_bytes;
        Ok(log)
    }

    fn keep(&mut self, store: &Store, record: SpilledRecord) {
        if store.codec().is_raw() {
            let coarse = record.sections.iter().filter(|section| section.level > 0);
            self.coarse.extend(coarse.map(|section| (section.level, section.plane)));
        } else if let Some(layer) = self.open.values_mut().find(|layer| layer.generation == record.at.generation) {
            layer.records.push(record);
        }
    }

    fn is_clean(&self) -> bool {
        self.closed && !self.torn && !self.spills_left
    }
}

/// The layer as its writer had it. Planes whose bytes are not what the log says are left out.
fn rebuild_layer(store: &Store, index: u64, opened: &OpenedLayer) -> Result<(Layer, Vec<DamagedPlane>), StorageError> {
    let path = store.private().join(format!("spill-{}", opened.spill));
    // No record, no bytes: the spill may not even have been made.
    let file = if opened.records.is_empty() && !path.exists() {
        NamedFile::create(&path)?
    } else {
        NamedFile::open_to_write(&path)?
    };
    let spill = Arc::new(SpillFile { number: opened.spill, file });
    let layer = Layer::new(store.layout(), index, opened.generation, spill);
    let mut damaged = Vec::new();
    let mut end = 0;
    for SpilledRecord { hardware_id, at, sections } in &opened.records {
        let mut offset = at.offset;
        for section in sections {
            let entry = PlaneEntry::new(offset, &section.lengths);
            offset += section.bytes();
            let (level, plane) = (section.level as usize, section.plane);
            let Some(shape) = store.layout().levels().get(level) else { continue };
            if shape.tiles() == section.lengths.len() && is_whole(store, &layer, section, &entry) {
                layer.insert(level, plane, entry);
            } else {
                damaged.push(DamagedPlane { level, plane, hardware_id: *hardware_id });
            }
        }
        end = end.max(offset);
    }
    layer.reserve(end);
    Ok((layer, damaged))
}

/// Takes back in the log what it says of damaged planes, since the chunks will not hold them: a frame was dropped after all,
/// and a coarser plane that could not be made again is fill. How many frames that are.
fn disown(
    store: &Store,
    layer: &Layer,
    damaged: &[DamagedPlane],
    stored: &mut Runs,
    journal: &Journal,
) -> Result<u64, StorageError> {
    let mut frames = 0;
    for &DamagedPlane { level, plane, hardware_id } in damaged {
        if layer.planes()[level].get(plane).is_some() {
            continue;
        }
        if level > 0 {
            let lengths = vec![0; store.layout().levels()[level].tiles()];
            let at = SpillAt { generation: layer.generation, offset: 0 };
            journal.append(&Record::Planes { at, sections: vec![Section { level: level as u32, plane, lengths }] })?;
        } else if stored.remove(plane) {
            frames += 1;
            journal.append(&Record::Dropped { place: plane, hardware_id, cause: DropCause::Storage })?;
        }
    }
    Ok(frames)
}

/// Whether every tile of a plane decodes. After `kill -9` it does; after a power cut the log may be ahead of the spill.
fn is_whole(store: &Store, layer: &Layer, section: &Section, entry: &PlaneEntry) -> bool {
    let level = &store.layout().levels()[section.level as usize];
    let mut decoded = vec![0; level.tile_bytes];
    let mut encoded = Vec::new();
    (0..level.tiles()).filter_map(|tile| entry.tile(tile)).all(|(offset, length)| {
        encoded.resize(length as usize, 0);
        layer.spill.file.read_exact_at(&mut encoded, offset).is_ok()
            && decode(store.codec(), level.item_bytes, &encoded, &mut decoded).is_ok()
    })
}

/// Planes of a store that is being recovered.
trait Planes {
    fn exists(&self, level: usize, plane: u64) -> bool;
    /// The plane's pixels, tight rows.
    fn read(&self, level: usize, plane: u64, pixels: &mut [u8]) -> Result<(), StorageError>;
    fn write(&self, level: usize, plane: u64, pixels: &[u8], journal: &Journal) -> Result<(), StorageError>;
}

/// Makes the planes of coarser levels that no record knows, finest first, out of the level before.
fn complete_levels(store: &Store, planes: &dyn Planes, layer: u64, journal: &Journal) -> Result<(), StorageError> {
    let layout = store.layout();
    for level in 0..layout.levels().len() - 1 {
        let (fine, coarse) = (&layout.levels()[level], &layout.levels()[level + 1]);
        let first = layer * layout.planes_per_layer(level);
        let mut children: BTreeMap<u64, Vec<(u64, bool)>> = BTreeMap::new();
        for plane in first..first + layout.planes_per_layer(level) {
            let parent = layout.parent(level, plane);
            if planes.exists(level, plane) && !planes.exists(level + 1, parent.plane) {
                children.entry(parent.plane).or_default().push((plane, parent.part == 1));
            }
        }
        let mut pixels = vec![0; fine.plane_bytes()];
        let mut out = vec![0; coarse.plane_bytes()];
        let (pixel_type, method, halve) = (layout.pixel_type(), layout.method(), halve(store, level));
        for (plane, parts) in children {
            let filled = if joins_pairs(store, level) {
                let mut sums = ZAccumulator::new(pixel_type, method, halve, fine.width, fine.height);
                for (part, second) in parts {
                    planes.read(level, part, &mut pixels)?;
                    sums.push(second, PlaneView::tight(pixel_type, &pixels, fine.width, fine.height));
                }
                sums.finish(&mut out)
            } else {
                let Some((part, _)) = parts.first() else { continue };
                planes.read(level, *part, &mut pixels)?;
                let source = PlaneView::tight(pixel_type, &pixels, fine.width, fine.height);
                reduce_plane(pixel_type, method, halve, source, &mut out, coarse.width * coarse.item_bytes);
                true
            };
            if filled {
                planes.write(level + 1, plane, &out, journal)?;
            }
        }
    }
    Ok(())
}

/// Makes what a layer's coarser levels lack because frames were lost on the way.
pub(crate) fn complete_spilled(store: &Store, layer: &Layer, journal: &Journal) -> Result<(), StorageError> {
    complete_levels(store, &Spilled { store, layer }, layer.index, journal)
}

/// Raw layouts: makes fill of what lost frames left behind, and completes the coarser levels without them.
pub(crate) fn repair_in_place(store: &Store, journal: &Journal) -> Result<(), StorageError> {
    recover_in_place(store, &Log::read(store)?, journal, store.durability() != Durability::None)
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

    fn write(&self, level: usize, plane: u64, pixels: &[u8], journal: &Journal) -> Result<(), StorageError> {
        let shape = &self.store.layout().levels()[level];
        let mut encoder = TileEncoder::new(self.store.codec(), shape.item_bytes, shape.tile_bytes)?;
        let mut encoded = Vec::new();
        let mut lengths = Vec::with_capacity(shape.tiles());
        for tile in 0..shape.tiles() {
            let before = encoded.len();
            let view = view(pixels, shape.width, shape.item_bytes, shape.rect(tile), shape.tile_width);
            encoder.encode_view(view, &mut encoded)?;
            lengths.push((encoded.len() - before) as u32);
        }
        let at = SpillAt { generation: self.layer.generation, offset: self.layer.reserve(encoded.len() as u64) };
        self.layer.spill.file.write_all_at(&encoded, at.offset)?;
        let entry = PlaneEntry::new(at.offset, &lengths);
        journal.append(&Record::Planes { at, sections: vec![Section { level: level as u32, plane, lengths }] })?;
        self.layer.insert(level, plane, entry);
        Ok(())
    }
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

fn recover_in_place(store: &Store, log: &Log, journal: &Journal, sync: bool) -> Result<(), StorageError> {
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

/// Copies a tile's pixels to their place in the plane.
fn scatter(level: &zarrcam_zarr::Level, tile: usize, bytes: &[u8], pixels: &mut [u8]) {
    let rect = level.rect(tile);
    let (row, tile_row) = (rect.width * level.item_bytes, level.tile_width * level.item_bytes);
    for y in 0..rect.height {
        let start = ((rect.y + y) * level.width + rect.x) * level.item_bytes;
        pixels[start..start + row].copy_from_slice(&bytes[y * tile_row..][..row]);
    }
}

/// Spills and files that were never put in their place.
fn remove_leftovers(store: &Store) -> Result<(), StorageError> {
    let folder = store.private();
    let entries =
        std::fs::read_dir(&folder).map_err(|error| StorageError::io(&folder, "list the folder", 0, &error))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("spill-") || name.ends_with(".partial") {
            files::remove_file(&entry.path())?;
        }
    }
    Ok(())
}
