//! Coarser levels that the run did not come to make, out of the level before.

use std::collections::BTreeMap;

use zarrcam_zarr::{Level, PlaneView, ZAccumulator, reduce_plane};

use crate::StorageError;
use crate::frame_log::FrameLogWriter;
use crate::layers::{halve, joins_pairs};
use crate::store::Store;

/// Planes of a store that is being recovered.
pub(super) trait Planes {
    fn exists(&self, level: usize, plane: u64) -> bool;
    /// The plane's pixels, tight rows.
    fn read(&self, level: usize, plane: u64, pixels: &mut [u8]) -> Result<(), StorageError>;
    fn write(&self, level: usize, plane: u64, pixels: &[u8], log: &FrameLogWriter) -> Result<(), StorageError>;
}

/// Makes the planes of coarser levels that no record knows, finest first, out of the level before.
pub(super) fn complete_levels(
    store: &Store,
    planes: &dyn Planes,
    layer: u64,
    log: &FrameLogWriter,
) -> Result<(), StorageError> {
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
        if children.is_empty() {
            continue;
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
                planes.write(level + 1, plane, &out, log)?;
            }
        }
    }
    Ok(())
}

/// Copies a tile's pixels into the plane.
pub(super) fn scatter(level: &Level, tile: usize, bytes: &[u8], pixels: &mut [u8]) {
    let rect = level.rect(tile);
    let (row, tile_row) = (rect.width * level.item_bytes, level.tile_width * level.item_bytes);
    for y in 0..rect.height {
        let start = ((rect.y + y) * level.width + rect.x) * level.item_bytes;
        pixels[start..start + row].copy_from_slice(&bytes[y * tile_row..][..row]);
    }
}
