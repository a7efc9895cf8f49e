use napi::Result;
use napi::bindgen_prelude::{BigInt, Buffer, Either, Null};
use napi_derive::napi;
use zarrcam_runtime::{LiveAnswer, SnapshotImage};

use crate::json;

/// A picture of a stream.
#[napi(object)]
pub struct Picture {
    /// The preview message of the protocol: header, histogram, pixels.
    pub data: Buffer,
    /// Of the frame in its stream, from 1.
    pub sequence: f64,
}

/// What stands at a key of `@live`.
#[napi(object)]
pub struct LiveReading {
    /// `found`, `not_found` or `out_of_range`.
    pub kind: String,
    pub total_bytes: f64,
    pub etag: String,
    pub immutable: bool,
    pub body: Buffer,
}

/// A whole frame, copied for an observer; `../index.d.ts` says what its fields are.
#[napi(object)]
pub struct ObservedFrame {
    pub data: Buffer,
    pub sequence: f64,
    pub skipped: f64,
    pub width: u32,
    pub height: u32,
    pub pixel_type: String,
    pub hardware_id: f64,
    pub hardware_clock_ns: BigInt,
    pub unix_ns: BigInt,
    pub frame_index: Either<f64, Null>,
    pub run_number: u32,
}

impl Picture {
    pub fn from_core(picture: zarrcam_runtime::Picture) -> Result<Self> {
        Ok(Self { data: picture.data.into(), sequence: picture.sequence as f64 })
    }
}

impl LiveReading {
    pub fn from_core(answer: LiveAnswer) -> Result<Self> {
        let reading = |kind: &str, total_bytes: u64, etag: String, immutable: bool, body: Vec<u8>| Self {
            kind: kind.to_owned(),
            total_bytes: total_bytes as f64,
            etag,
            immutable,
            body: body.into(),
        };
        Ok(match answer {
            LiveAnswer::NotFound => reading("not_found", 0, String::new(), false, Vec::new()),
            LiveAnswer::OutOfRange { total_bytes, etag } => {
                reading("out_of_range", total_bytes, etag, false, Vec::new())
            }
            LiveAnswer::Found { total_bytes, etag, immutable, body, .. } => {
                reading("found", total_bytes, etag, immutable, body)
            }
        })
    }
}

impl ObservedFrame {
    pub fn from_core(frame: zarrcam_runtime::ObservedFrame) -> Result<Self> {
        Ok(Self {
            data: frame.data.into(),
            sequence: frame.sequence as f64,
            skipped: frame.skipped as f64,
            width: frame.width,
            height: frame.height,
            pixel_type: format!("{:?}", frame.pixel_type),
            hardware_id: frame.stamp.hardware_id as f64,
            hardware_clock_ns: frame.stamp.hardware_clock_ns.into(),
            unix_ns: frame.stamp.unix_ns.into(),
            run_number: frame.run,
            frame_index: frame.frame_index.map_or(Either::B(Null), |index| Either::A(index as f64)),
        })
    }
}

/// A frame as the bytes of a TIFF.
#[napi]
pub fn snapshot_tiff(image_json: String, pixels: Buffer) -> Result<Buffer> {
    let image: SnapshotImage = json::read("image", &image_json)?;
    let file = zarrcam_runtime::snapshot_tiff(&image, &pixels);
    file.map(Buffer::from).ok_or_else(|| json::refused("pixels", "they are not as many as width and height say"))
}
