use napi::Result;
use napi::bindgen_prelude::{BigInt, Buffer, Either, Null};
use napi_derive::napi;

#[napi(object)]
pub struct Picture {
    pub data: Buffer,
    pub sequence: f64,
}

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
    pub host_clock_ns: BigInt,
    pub place: Either<f64, Null>,
}

impl Picture {
    pub fn from_core(picture: zarrcam_runtime::Picture) -> Result<Self> {
        Ok(Self { data: picture.data.into(), sequence: picture.sequence as f64 })
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
            host_clock_ns: frame.stamp.host_clock_ns.into(),
            place: frame.place.map_or(Either::B(Null), |place| Either::A(place as f64)),
        })
    }
}
