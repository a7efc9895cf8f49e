//! Writes cases through the public sink, and reads stores back by their metadata alone, with a model that knows nothing of
//! the writer's layout.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod layouts;
pub mod memory;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use zarrcam_acquisition::LossCause;
use zarrcam_config::{
    CameraSettings, Compression, Dimension, DimensionKind, DownsampleMethod, Multiscale, StorageSettings, VideoStream,
};
use zarrcam_frame::{Frame, FramePool, FrameStamp, PixelType};
use zarrcam_storage::{FrameSink, SinkEvent, SinkEvents, SinkSpec, StorageError, open_sink};
use zarrcam_zarr::{Codec, decode, parse_shard_index, shard_index_bytes};

/// What a sink told, in its order.
pub type Events = Arc<Mutex<Vec<SinkEvent>>>;

#[derive(Clone, Debug)]
pub struct Case {
    pub device: &'static str,
    pub compression: Option<Compression>,
    /// Fastest first.
    pub dimensions: Vec<Dimension>,
    /// Names, slowest first; empty: the default.
    pub order: Vec<String>,
    pub pixel_type: PixelType,
    pub multiscale: Option<Multiscale>,
    pub frames: u64,
    pub drops: Vec<u64>,
}

pub fn dimension(name: &str, kind: DimensionKind, size: u32, chunk: u32, shard: u32) -> Dimension {
    Dimension {
        name: name.to_owned(),
        kind,
        array_size_px: size,
        chunk_size_px: chunk,
        shard_size_chunks: shard,
        ..Dimension::default()
    }
}

impl Case {
    /// t, c, z, y, x of ragged sizes, 33 x 47 pixels.
    pub fn small(device: &'static str, shards: bool) -> Self {
        let shard = |size| if shards { size } else { 0 };
        Self {
            device,
            compression: None,
            dimensions: vec![
                dimension("x", DimensionKind::Space, 47, 20, shard(2)),
                dimension("y", DimensionKind::Space, 33, 16, shard(3)),
                dimension("z", DimensionKind::Space, 3, 2, shard(1)),
                dimension("c", DimensionKind::Channel, 2, 1, shard(2)),
                dimension("t", DimensionKind::Time, 0, 2, shard(2)),
            ],
            order: Vec::new(),
            pixel_type: PixelType::U16,
            multiscale: None,
            frames: 50,
            drops: vec![7, 8, 20],
        }
    }

    pub fn codec(&self) -> Codec {
        Codec::from(self.stream().resolve().storage.compression)
    }

    pub fn size(&self) -> (u32, u32) {
        (self.dimensions[0].array_size_px, self.dimensions[1].array_size_px)
    }

    /// As a document.
    pub fn stream(&self) -> VideoStream {
        let (width, height) = self.size();
        let settings = StorageSettings {
            acquisition_dimensions: self.dimensions.clone(),
            storage_order: self.order.clone(),
            compression: self.compression,
            multiscale: self.multiscale,
            durability: zarrcam_config::Durability::None,
            ..StorageSettings::default()
        };
        VideoStream::of_frames(self.device, settings, self.pixel_type, [width, height])
    }

    pub fn spec(&self, path: &Path) -> SinkSpec {
        SinkSpec {
            path: Some(path.to_owned()),
            storage: self.stream().resolve().storage,
            run_id: "test".to_owned(),
            camera_name: "test".to_owned(),
            camera: CameraSettings::default(),
            replace_foreign_files: false,
        }
    }

    /// A frame whose content follows from its index; some tiles are all zero.
    pub fn pixels(&self, frame_index: u64) -> Vec<u8> {
        let (width, height) = self.size();
        let mut pixels = Vec::with_capacity((width * height) as usize * self.pixel_type.bytes());
        for y in 0..height {
            for x in 0..width {
                let value = pixel(frame_index, x, y);
                match self.pixel_type {
                    PixelType::U8 | PixelType::I8 => pixels.push(value as u8),
                    PixelType::F32 => pixels.extend_from_slice(&(value as f32 / 7.0 - 100.0).to_le_bytes()),
                    PixelType::U10 => pixels.extend_from_slice(&(value as u16 & 0x3ff).to_le_bytes()),
                    PixelType::U12 => pixels.extend_from_slice(&(value as u16 & 0xfff).to_le_bytes()),
                    PixelType::U14 => pixels.extend_from_slice(&(value as u16 & 0x3fff).to_le_bytes()),
                    _ => pixels.extend_from_slice(&(value as u16).to_le_bytes()),
                }
            }
        }
        pixels
    }

    pub fn is_dropped(&self, frame_index: u64) -> bool {
        self.drops.contains(&frame_index)
    }

    /// Writes the whole case.
    pub fn write(&self, path: &Path) -> Vec<SinkEvent> {
        let (mut sink, events) = self.open(path).unwrap();
        self.append(&mut *sink, 0..self.frames).unwrap();
        sink.finish(false).unwrap();
        events.lock().unwrap().clone()
    }

    pub fn open(&self, path: &Path) -> Result<(Box<dyn FrameSink>, Events), StorageError> {
        let (events, sender) = recorder();
        Ok((open_sink(self.spec(path), sender)?, events))
    }

    pub fn append(&self, sink: &mut dyn FrameSink, frame_count: std::ops::Range<u64>) -> Result<(), StorageError> {
        let (width, height) = self.size();
        let bytes = (width * height) as usize * self.pixel_type.bytes();
        let pool = FramePool::new(bytes, 6).unwrap();
        for frame_index in frame_count {
            if self.is_dropped(frame_index) {
                sink.skip(frame_index, 1000 + frame_index, LossCause::Camera)?;
                continue;
            }
            let mut buffer = pool.take().unwrap();
            buffer.copy_from_slice(&self.pixels(frame_index));
            let stamp = FrameStamp { hardware_id: 1000 + frame_index, hardware_clock_ns: frame_index * 10, unix_ns: 5 };
            let frame =
                Frame { buffer: buffer.freeze(), width, height, pixel_type: self.pixel_type, stamp, metadata: None };
            sink.append(frame_index, frame)?;
        }
        Ok(())
    }

    /// Index of a frame by its indices along the dimensions from the third on, fastest first.
    fn frame_index(&self, indices: &[u64]) -> u64 {
        let sizes = self.dimensions[2..].iter().map(|dimension| u64::from(dimension.array_size_px));
        let (mut frame_index, mut stride) = (0, 1);
        for (index, size) in indices.iter().zip(sizes) {
            frame_index += index * stride;
            stride *= size.max(1);
        }
        frame_index
    }

    /// Compares every pixel of every level with the model: frames for which `stored` is false are fill.
    pub fn check(&self, path: &Path, stored: impl Fn(u64) -> bool) {
        let full = read_array(path, 0, self);
        let count = self.dimensions.len();
        let names: Vec<String> = if self.order.is_empty() {
            self.dimensions.iter().rev().map(|dimension| dimension.name.clone()).collect()
        } else {
            self.order.clone()
        };
        // For each axis of the array, which dimension it is.
        let axes: Vec<usize> = names
            .iter()
            .map(|name| self.dimensions.iter().position(|dimension| dimension.name == *name).unwrap())
            .collect();
        let outer: Vec<u64> = full.shape[..count - 2].to_vec();
        let planes: u64 = outer.iter().product();
        let item = self.pixel_type.bytes();
        let plane_bytes = (full.shape[count - 2] * full.shape[count - 1]) as usize * item;
        let mut present = vec![false; planes as usize];
        for plane in 0..planes {
            let mut indices = vec![0; count - 2];
            let mut rest = plane;
            for axis in (0..count - 2).rev() {
                indices[axes[axis] - 2] = rest % outer[axis];
                rest /= outer[axis];
            }
            let frame_index = self.frame_index(&indices);
            present[plane as usize] = stored(frame_index);
            let got = &full.bytes[plane as usize * plane_bytes..][..plane_bytes];
            if stored(frame_index) {
                assert!(got == self.pixels(frame_index), "frame {frame_index} differs at plane {plane}");
            } else {
                assert!(got.iter().all(|byte| *byte == 0), "frame {frame_index} is not fill");
            }
        }
        if let Some(multiscale) = self.multiscale {
            self.check_levels(path, &full, &present, multiscale.method, &outer);
        }
    }

    fn check_levels(&self, path: &Path, full: &Array, present: &[bool], method: DownsampleMethod, outer: &[u64]) {
        let mut level = 1;
        let (mut fine, mut fine_present) = (full.values(self.pixel_type), present.to_vec());
        let mut fine_shape = full.shape.clone();
        let mut fine_outer = outer.to_vec();
        while path.join(level.to_string()).exists() {
            let got = read_array(path, level, self);
            let shape = got.shape.clone();
            let count = shape.len();
            let factors: Vec<u64> = (0..count).map(|axis| if shape[axis] < fine_shape[axis] { 2 } else { 1 }).collect();
            for axis in 0..count {
                assert_eq!(shape[axis], fine_shape[axis].div_ceil(factors[axis]), "level {level}, axis {axis}");
            }
            let outer = &shape[..count - 2];
            let mut model = vec![0.0; shape.iter().product::<u64>() as usize];
            let mut model_present = vec![false; outer.iter().product::<u64>() as usize];
            for (index, out) in model.iter_mut().enumerate() {
                let at = unravel(index as u64, &shape);
                let mut sum: Vec<f64> = Vec::new();
                let mut first = None;
                for corner in 0..1u64 << count {
                    let source: Vec<u64> =
                        (0..count).map(|axis| at[axis] * factors[axis] + (corner >> axis & 1)).collect();
                    if (0..count).any(|axis| corner >> axis & 1 >= factors[axis] || source[axis] >= fine_shape[axis]) {
                        continue;
                    }
                    if !fine_present[ravel(&source[..count - 2], &fine_outer) as usize] {
                        continue;
                    }
                    let value = fine[ravel(&source, &fine_shape) as usize];
                    if corner == 0 {
                        first = Some(value);
                    }
                    sum.push(value);
                }
                let value = match method {
                    DownsampleMethod::Decimate => first,
                    _ if sum.is_empty() => None,
                    DownsampleMethod::Mean => Some(sum.iter().sum::<f64>() / sum.len() as f64),
                    DownsampleMethod::Min => sum.iter().copied().reduce(f64::min),
                    DownsampleMethod::Max => sum.iter().copied().reduce(f64::max),
                };
                if let Some(value) = value {
                    model_present[ravel(&at[..count - 2], outer) as usize] = true;
                    *out = value;
                }
            }
            let values = got.values(self.pixel_type);
            for (index, (got, model)) in values.iter().zip(&model).enumerate() {
                let exact = method != DownsampleMethod::Mean;
                let near = if self.pixel_type == PixelType::F32 { 1e-3 } else { 0.51 };
                let close = if exact { got == model } else { (got - model).abs() <= near };
                assert!(close, "level {level} at {:?}: {got}, not {model}", unravel(index as u64, &shape));
            }
            // The next level is made of what is stored, rounding included.
            (fine, fine_present, fine_shape) = (values, model_present, shape);
            fine_outer = fine_shape[..count - 2].to_vec();
            level += 1;
        }
        assert!(level > 1, "no level was written");
    }
}

fn pixel(frame_index: u64, x: u32, y: u32) -> u32 {
    if (x / 20 + y / 16 + frame_index as u32).is_multiple_of(5) {
        return 0;
    }
    let mut hash =
        (frame_index as u32).wrapping_mul(0x9e37_79b9) ^ x.wrapping_mul(0x85eb_ca6b) ^ y.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 15;
    (hash.wrapping_mul(0x2c1b_3c6d) >> 18) + x
}

fn ravel(at: &[u64], shape: &[u64]) -> u64 {
    at.iter().zip(shape).fold(0, |all, (index, size)| all * size + index)
}

fn unravel(index: u64, shape: &[u64]) -> Vec<u64> {
    let mut at = vec![0; shape.len()];
    let mut rest = index;
    for axis in (0..shape.len()).rev() {
        at[axis] = rest % shape[axis];
        rest /= shape[axis];
    }
    at
}

pub fn recorder() -> (Events, SinkEvents) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sender = Arc::clone(&events);
    (events, Arc::new(move |event| sender.lock().unwrap().push(event)))
}

/// Frame indices that are called stored and not called lost later.
pub fn stored(events: &[SinkEvent]) -> std::collections::BTreeSet<u64> {
    let mut stored = std::collections::BTreeSet::new();
    for event in events {
        match event {
            SinkEvent::Stored { frame_index } => assert!(stored.insert(*frame_index), "{frame_index} is stored twice"),
            SinkEvent::Lost { frame_index } => drop(stored.remove(frame_index)),
            _ => {}
        }
    }
    stored
}

pub struct Array {
    pub shape: Vec<u64>,
    pub bytes: Vec<u8>,
}

impl Array {
    fn values(&self, pixel_type: PixelType) -> Vec<f64> {
        let items = self.bytes.chunks_exact(pixel_type.bytes());
        let value = |item: &[u8]| match pixel_type {
            PixelType::U8 => f64::from(item[0]),
            PixelType::I8 => f64::from(item[0] as i8),
            PixelType::I16 => f64::from(i16::from_le_bytes(item.try_into().unwrap())),
            PixelType::F32 => f64::from(f32::from_le_bytes(item.try_into().unwrap())),
            _ => f64::from(u16::from_le_bytes(item.try_into().unwrap())),
        };
        items.map(value).collect()
    }
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|value| value.as_u64().unwrap()).collect()
}

/// Reads a level as any reader would: by its metadata.
pub fn read_array(path: &Path, level: usize, case: &Case) -> Array {
    let array = path.join(level.to_string());
    let json = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(array.join(name)).unwrap()).unwrap() };
    let v3 = array.join("zarr.json").exists();
    let (shape, file_shape, chunk) = if v3 {
        let document = json("zarr.json");
        let outer = numbers(&document["chunk_grid"]["configuration"]["chunk_shape"]);
        let sharding = &document["codecs"][0];
        let inner = if sharding["name"] == "sharding_indexed" {
            numbers(&sharding["configuration"]["chunk_shape"])
        } else {
            outer.clone()
        };
        (numbers(&document["shape"]), outer, inner)
    } else {
        let document = json(".zarray");
        (numbers(&document["shape"]), numbers(&document["chunks"]), numbers(&document["chunks"]))
    };
    let item = case.pixel_type.bytes();
    let mut bytes = vec![0; shape.iter().product::<u64>() as usize * item];
    let files: Vec<u64> = shape.iter().zip(&file_shape).map(|(size, file)| size.div_ceil(*file)).collect();
    let sharded = file_shape != chunk || is_sharded(case);
    let per_file: Vec<u64> = file_shape.iter().zip(&chunk).map(|(file, chunk)| file / chunk).collect();
    for file in 0..files.iter().product::<u64>() {
        let at_file = unravel(file, &files);
        let mut key: PathBuf = if v3 { array.join("c") } else { array.clone() };
        at_file.iter().for_each(|index| key.push(index.to_string()));
        let Ok(content) = std::fs::read(&key) else { continue };
        let count = per_file.iter().product::<u64>() as usize;
        let entries = if sharded {
            let index = &content[content.len() - shard_index_bytes(count)..];
            parse_shard_index(index).unwrap()
        } else {
            vec![Some((0, content.len() as u64))]
        };
        for (number, entry) in entries.iter().enumerate() {
            let Some((offset, length)) = entry else { continue };
            let encoded = &content[*offset as usize..(offset + length) as usize];
            let mut decoded = vec![0; chunk.iter().product::<u64>() as usize * item];
            decode(case.codec(), item, encoded, &mut decoded).unwrap();
            let at_chunk: Vec<u64> = unravel(number as u64, &per_file)
                .iter()
                .enumerate()
                .map(|(axis, index)| at_file[axis] * per_file[axis] + index)
                .collect();
            place_chunk(&decoded, &chunk, &at_chunk, &shape, item, &mut bytes);
        }
    }
    Array { shape, bytes }
}

fn is_sharded(case: &Case) -> bool {
    case.dimensions.iter().any(|dimension| dimension.shard_size_chunks > 0)
}

fn place_chunk(decoded: &[u8], chunk: &[u64], at_chunk: &[u64], shape: &[u64], item: usize, bytes: &mut [u8]) {
    for index in 0..chunk.iter().product::<u64>() {
        let inside = unravel(index, chunk);
        let at: Vec<u64> = (0..chunk.len()).map(|axis| at_chunk[axis] * chunk[axis] + inside[axis]).collect();
        let pixel = &decoded[index as usize * item..][..item];
        if at.iter().zip(shape).all(|(index, size)| index < size) {
            bytes[ravel(&at, shape) as usize * item..][..item].copy_from_slice(pixel);
        } else if (chunk.len() - 2..chunk.len()).any(|axis| at[axis] >= shape[axis]) {
            assert!(pixel.iter().all(|byte| *byte == 0), "padding is not fill");
        }
    }
}
