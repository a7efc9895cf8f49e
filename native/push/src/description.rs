use serde::Deserialize;
use zarrcam_frame::PixelType;

use crate::refusal::Refusal;
use crate::slots::MOST_SLOTS;

/// The one form of the protocol that there is.
const VERSION: u32 = 1;
const MOST_NAME_CHARS: usize = 64;
const MOST_DESCRIPTION_CHARS: usize = 200;
const WIDEST_PX: u32 = 65_536;
/// A frame takes no more.
const MOST_FRAME_BYTES: u64 = 1 << 30;
/// Slots lie this far apart at most.
const MOST_SLOT_BYTES: u64 = 2 << 30;
/// One day.
const LONGEST_EXPOSURE_US: f64 = 86_400e6;

/// What a program says of its camera, checked: every number of it can be relied on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    version: u32,
    /// What people call it, without `push: `.
    pub name: String,
    /// Width and height of a frame, px.
    pub shape: [u32; 2],
    /// What one pixel is.
    pub pixel_type: PixelType,
    /// How many frames lie in the file at a time.
    pub slots: u32,
    /// Slot `n` begins at byte `n * slot_bytes` of the file.
    pub slot_bytes: u64,
    /// What it is, in a sentence for people; empty: nothing is said.
    #[serde(default)]
    pub description: String,
    /// How long light is collected for a frame, us; 0: not known.
    #[serde(default)]
    pub exposure_time_us: f64,
    /// The program's process, for messages; 0: not known.
    #[serde(default)]
    pub process_id: u32,
}

impl Description {
    /// Reads what a program says, and believes what is possible.
    pub fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let read: Self = serde_json::from_slice(text).map_err(|error| Refusal::Description(error.to_string()))?;
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.version != VERSION {
            return Err(Refusal::field("version", self.version, VERSION));
        }
        text("name", &self.name, 1, MOST_NAME_CHARS)?;
        text("description", &self.description, 0, MOST_DESCRIPTION_CHARS)?;
        if !self.shape.iter().all(|side| (1..=WIDEST_PX).contains(side)) {
            let [width, height] = self.shape;
            return Err(Refusal::field(
                "shape",
                format!("[{width}, {height}]"),
                format!("1 to {WIDEST_PX} px each way"),
            ));
        }
        if self.frame_bytes() > MOST_FRAME_BYTES {
            let allowed = format!("so small that a frame takes at most {MOST_FRAME_BYTES} bytes");
            return Err(Refusal::field("shape", format!("{} bytes", self.frame_bytes()), allowed));
        }
        if !(1..=MOST_SLOTS).contains(&self.slots) {
            return Err(Refusal::field("slots", self.slots, format!("1 to {MOST_SLOTS}")));
        }
        if !(self.frame_bytes()..=MOST_SLOT_BYTES).contains(&self.slot_bytes) {
            let allowed = format!("{} (a frame) to {MOST_SLOT_BYTES}", self.frame_bytes());
            return Err(Refusal::field("slot_bytes", self.slot_bytes, allowed));
        }
        if !(0.0..=LONGEST_EXPOSURE_US).contains(&self.exposure_time_us) {
            let allowed = format!("0 to {LONGEST_EXPOSURE_US} us");
            return Err(Refusal::field("exposure_time_us", self.exposure_time_us, allowed));
        }
        Ok(())
    }

    /// Bytes of one frame.
    pub fn frame_bytes(&self) -> u64 {
        self.shape.map(u64::from).iter().product::<u64>() * self.pixel_type.bytes() as u64
    }

    /// Bytes that the file of the slots has at least.
    pub fn file_bytes(&self) -> u64 {
        self.slot_bytes * u64::from(self.slots)
    }
}

/// Of any language, on one line.
fn text(field: &'static str, value: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let chars = value.chars().count();
    if (least..=most).contains(&chars) && value.trim() == value && !value.contains(char::is_control) {
        return Ok(());
    }
    let shown: String = value.chars().take(most).collect();
    let allowed = format!("{least} to {most} characters on one line, without spaces around");
    Err(Refusal::field(field, format!("{shown:?}"), allowed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn good() -> Value {
        json!({"version": 1, "name": "demo", "shape": [1920, 1080], "pixel_type": "U16", "slots": 8, "slot_bytes": 4_149_248})
    }

    fn parse(value: &Value) -> Result<Description, Refusal> {
        Description::parse(value.to_string().as_bytes())
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_allowed() {
        let demo = parse(&good()).unwrap();
        assert_eq!((demo.frame_bytes(), demo.file_bytes()), (4_147_200, 33_193_984));
        for (field, wrong, says) in [
            ("version", json!(2), "version is 2, and must be 1"),
            ("name", json!(""), "name is \"\", and must be 1 to 64 characters"),
            ("name", json!("a\nb"), "name is \"a\\nb\""),
            ("name", json!(" a"), "name is \" a\""),
            ("shape", json!([0, 4]), "shape is [0, 4], and must be 1 to 65536 px each way"),
            ("shape", json!([65_536, 65_536]), "shape is 8589934592 bytes"),
            ("shape", json!([4_294_967_295_u32, 4_294_967_295_u32]), "shape is [4294967295, 4294967295]"),
            ("shape", json!([-1, 4]), "no JSON object of the documented form"),
            ("shape", json!([4]), "no JSON object of the documented form"),
            ("pixel_type", json!("u16"), "unknown variant `u16`"),
            ("slots", json!(0), "slots is 0, and must be 1 to 64"),
            ("slots", json!(65), "slots is 65"),
            ("slot_bytes", json!(4_147_199), "slot_bytes is 4147199, and must be 4147200 (a frame) to 2147483648"),
            ("slot_bytes", json!(u64::MAX), "slot_bytes is 18446744073709551615"),
            ("exposure_time_us", json!(-1.0), "exposure_time_us is -1"),
            ("colour", json!("red"), "unknown field `colour`"),
        ] {
            let mut description = good();
            description[field] = wrong;
            let refused = parse(&description).unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_described_within_bounds_or_refused(
            shape in prop::array::uniform2(any::<u32>()),
            slots in any::<u32>(),
            slot_bytes in any::<u64>(),
            text in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let _ = Description::parse(&text);
            let mut description = good();
            for shape in [json!(shape), json!([64, 48])] {
                description["shape"] = shape;
                description["slots"] = json!(slots % 80);
                description["slot_bytes"] = json!(slot_bytes >> 32);
                if let Ok(taken) = parse(&description) {
                    prop_assert!(taken.frame_bytes() <= taken.slot_bytes && taken.file_bytes() <= 64 * MOST_SLOT_BYTES);
                }
            }
        }
    }
}
