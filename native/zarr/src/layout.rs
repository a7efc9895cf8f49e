use zarrcam_config::{DownsampleMethod, ResolvedStorage};
use zarrcam_frame::PixelType;

use crate::axis::Axis;
use crate::dimensions::{check, storage_order};
use crate::layout_error::LayoutError;
use crate::level::{Level, PlaneAt};

/// Where each frame of a stream goes: axes, levels, chunks and shards. Pure arithmetic, fixed before the first frame.
///
/// A frame is a plane (y, x) of the array, and its *frame index* is its number in order of acquisition. Axes lie in storage order,
/// slowest first; y and x are always the last two, so a tile (the part of a frame in one chunk) is one piece of its chunk.
/// A *layer* is all that shares one chunk index (with shards: one shard index) along the append axis: since the append
/// dimension is the slowest of the acquisition, a layer is a range of consecutive frame indices whatever the storage order.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// What one pixel is.
    pixel_type: PixelType,
    axes: Vec<Axis>,
    /// Position of the append axis among the axes.
    append: usize,
    /// The axes that a frame index counts through, fastest first; the append axis is the last.
    acquisition: Vec<usize>,
    sharded: bool,
    levels: Vec<Level>,
    /// How a pixel of a coarser level is made.
    method: DownsampleMethod,
    frames_per_append: u64,
}

impl Layout {
    /// Lays out what a stream writes; an error says what is wrong with its dimensions.
    pub fn new(storage: &ResolvedStorage) -> Result<Self, LayoutError> {
        let dimensions = storage.dimensions.as_slice();
        let count = dimensions.len();
        if count < 3 {
            return Err(LayoutError::TooFewDimensions(count));
        }
        check(dimensions)?;
        let (x, y) = (u64::from(dimensions[0].size), u64::from(dimensions[1].size));
        let (width, height) = (storage.width, storage.height);
        if (x, y) != (u64::from(width), u64::from(height)) {
            return Err(LayoutError::FrameSize { width, height, x, y });
        }
        let order = storage_order(dimensions, &storage.storage_order)?;
        let axes: Vec<Axis> = order
            .iter()
            .map(|&index| Axis {
                name: dimensions[index].name.clone(),
                kind: dimensions[index].kind,
                size: u64::from(dimensions[index].size),
                chunk: u64::from(dimensions[index].chunk),
                shard_chunks: u64::from(dimensions[index].shard_chunks).max(1),
                scale: dimensions[index].scale,
                unit: dimensions[index].unit.clone(),
                labels: dimensions[index].labels.clone(),
                colors: dimensions[index].colors.clone(),
            })
            .collect();
        let position = |index: usize| order.iter().position(|&other| other == index).unwrap_or(0);
        let acquisition: Vec<usize> = (2..count).map(position).collect();
        let append = position(count - 1);
        let frames_per_append = storage
            .frames_per_append()
            .ok_or(LayoutError::TooLarge { what: "the number of frames of one append step" })?;
        let (pixel_type, sharded, method) = (storage.pixel_type, storage.is_sharded(), storage.method);
        let mut layout =
            Self { pixel_type, axes, append, acquisition, sharded, levels: Vec::new(), method, frames_per_append };
        if !zoom_levels_are_halves(&storage.levels, count) {
            return Err(LayoutError::Levels);
        }
        for factors in &storage.levels {
            let factors = order.iter().map(|&index| factors[index]).collect();
            layout.levels.push(layout.level(factors)?);
        }
        Ok(layout)
    }

    fn level(&self, factors: Vec<u64>) -> Result<Level, LayoutError> {
        Level::new(&self.axes, self.append, &self.acquisition, factors, self.pixel_type.bytes())
    }

    /// What one pixel is.
    pub fn pixel_type(&self) -> PixelType {
        self.pixel_type
    }

    /// Slowest first.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Position of the append axis among [`Self::axes`].
    pub fn append_axis(&self) -> usize {
        self.append
    }

    /// The axes that a frame index counts through, fastest first, by their positions among [`Self::axes`].
    pub fn acquisition_axes(&self) -> &[usize] {
        &self.acquisition
    }

    /// Whether chunks share files.
    pub fn is_sharded(&self) -> bool {
        self.sharded
    }

    /// The full level first.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// How a pixel of a coarser level is made.
    pub fn method(&self) -> DownsampleMethod {
        self.method
    }

    /// Bytes of a frame.
    pub fn frame_bytes(&self) -> usize {
        let full = &self.levels[0];
        full.width * full.height * self.pixel_type.bytes()
    }

    /// Frames of one step along the append axis.
    pub fn frames_per_append(&self) -> u64 {
        self.frames_per_append
    }

    /// Steps of the append axis in one layer.
    pub fn append_steps_per_layer(&self) -> u64 {
        self.axes[self.append].chunk * self.axes[self.append].shard_chunks
    }

    /// Frames of one layer.
    pub fn frames_per_layer(&self) -> u64 {
        self.append_steps_per_layer().saturating_mul(self.frames_per_append)
    }

    /// Planes of a level in one layer.
    pub fn planes_per_layer(&self, level: usize) -> u64 {
        let inner = self.acquisition.iter().filter(|axis| **axis != self.append);
        inner.map(|axis| self.levels[level].shape[*axis]).product::<u64>().saturating_mul(self.append_steps_per_layer())
    }

    /// The layer that holds the frame at this index.
    pub fn layer_of(&self, frame_index: u64) -> u64 {
        frame_index / self.frames_per_layer()
    }

    /// Layers that so many frames begin.
    pub fn layers(&self, frames: u64) -> u64 {
        frames.div_ceil(self.frames_per_layer())
    }

    /// Frames that the array has room for; `None`: as many as come.
    pub fn capacity(&self) -> Option<u64> {
        let size = self.axes[self.append].size;
        (size > 0).then(|| size.saturating_mul(self.frames_per_append))
    }

    /// A level's shape, slowest axis first, when so many frames are decided; an unfinished append step counts.
    pub fn shape(&self, level: usize, frames: u64) -> Vec<u64> {
        let mut shape = self.levels[level].shape.clone();
        if shape[self.append] == 0 {
            shape[self.append] = frames.div_ceil(self.frames_per_append);
        }
        shape
    }

    /// Where the frame at this index lies at full resolution.
    pub fn plane_of(&self, frame_index: u64) -> PlaneAt {
        self.levels[0].locate(&self.axes, self.append, &self.acquisition, frame_index)
    }

    /// Where plane `plane` of a level lies; planes of a level are numbered in order of acquisition, as frames are.
    pub fn plane_of_level(&self, level: usize, plane: u64) -> PlaneAt {
        self.levels[level].locate(&self.axes, self.append, &self.acquisition, plane)
    }

    /// The plane of the next coarser level that a level's plane becomes part of, and its position there: 0 or 1, of 1 or 2.
    pub fn parent(&self, level: usize, plane: u64) -> Parent {
        let (fine, coarse) = (&self.levels[level], &self.levels[level + 1]);
        let mut rest = plane;
        let mut parent = Parent { plane: 0, part: 0, parts: 1 };
        let mut stride = 1;
        for &axis in &self.acquisition {
            let size = fine.shape[axis];
            let index = if axis == self.append { rest } else { rest % size };
            rest = if axis == self.append { 0 } else { rest / size };
            let up = if fine.factors[axis] == coarse.factors[axis] {
                index
            } else {
                let up = index / 2;
                parent.part = (index % 2) as u32;
                parent.parts = (size - 2 * up).min(2) as u32;
                up
            };
            parent.plane += up * stride;
            stride *= coarse.shape[axis].max(1);
        }
        parent
    }

    /// Tells the plane and the number of the tile in it for each slot of a chunk that lies in the array. False: none does.
    pub fn tiles_of_chunk(&self, level: usize, chunk: &[u64], mut each: impl FnMut(usize, u64, usize)) -> bool {
        let this = &self.levels[level];
        let outer = self.axes.len() - 2;
        let (y, x) = (chunk[outer] as usize, chunk[outer + 1] as usize);
        if y >= this.tiles_y || x >= this.tiles_x {
            return false;
        }
        let tile = y * this.tiles_x + x;
        let first: Vec<u64> = (0..outer).map(|axis| chunk[axis] * this.chunk[axis]).collect();
        let inside = |axis: usize, index: u64| this.shape[axis] == 0 || index < this.shape[axis];
        if !(0..outer).all(|axis| inside(axis, first[axis])) {
            return false;
        }
        let mut at = first.clone();
        for slot in 0..this.slots {
            if (0..outer).all(|axis| inside(axis, at[axis])) {
                each(slot, self.plane_at(level, &at), tile);
            }
            for axis in (0..outer).rev() {
                at[axis] += 1;
                if at[axis] < first[axis] + this.chunk[axis] {
                    break;
                }
                at[axis] = first[axis];
            }
        }
        true
    }

    /// Names of the axes but y and x, as frame indices run along them: fastest first.
    pub fn acquisition_order(&self) -> impl Iterator<Item = &str> {
        self.acquisition.iter().map(|&axis| self.axes[axis].name.as_str())
    }

    /// Index along each axis but y and x, slowest first, of the frame at this index.
    pub fn coordinates(&self, frame_index: u64) -> Vec<u64> {
        let mut coordinates = vec![0; self.axes.len() - 2];
        self.levels[0].coordinates(self.append, &self.acquisition, frame_index, &mut coordinates);
        coordinates
    }

    /// The frame index at these coordinates (as [`Self::coordinates`] gives them).
    pub fn frame_index_at(&self, coordinates: &[u64]) -> u64 {
        self.plane_at(0, coordinates)
    }

    /// The number of the plane of a level at these coordinates, as [`Self::frame_index_at`] for the full one.
    pub fn plane_at(&self, level: usize, coordinates: &[u64]) -> u64 {
        let shape = &self.levels[level].shape;
        self.acquisition.iter().rev().fold(0, |plane, &axis| {
            if axis == self.append { coordinates[axis] } else { plane * shape[axis] + coordinates[axis] }
        })
    }
}

/// The full level first; what is read from a file may say anything.
fn zoom_levels_are_halves(levels: &[Vec<u64>], dimensions: usize) -> bool {
    let halved = |fine: u64, coarse: u64| coarse == fine || fine.checked_mul(2) == Some(coarse);
    levels.first().is_some_and(|full| full.len() == dimensions && full.iter().all(|factor| *factor == 1))
        && levels.windows(2).all(|pair| {
            pair[1].len() == dimensions && pair[0].iter().zip(&pair[1]).all(|(fine, coarse)| halved(*fine, *coarse))
        })
}

/// See [`Layout::parent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Number of the coarser plane.
    pub plane: u64,
    /// Which part of it the finer plane is, from 0.
    pub part: u32,
    /// How many parts it has.
    pub parts: u32,
}
