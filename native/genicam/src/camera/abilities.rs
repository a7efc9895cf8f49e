use zarrcam_config::{CameraCapabilities, CameraSettings, Range};
use zarrcam_frame::PixelType;

use super::standard::{BINNING, EXPOSURE, OFFSETS, SIDES, WHOLE_SIDES, first_of};
use crate::aravis::{Device, Numbers};
use crate::format::Format;

/// More is not offered, however much a camera bins.
const MOST_BINNING: i64 = 16;

/// What a camera can do, as it is set now. Read when it is opened and whenever it was set, so that questions ask no camera.
#[derive(Clone, Debug)]
pub struct Abilities {
    /// The feature, and its values in us.
    pub exposure: Option<(&'static str, Numbers)>,
    /// Frames a second.
    pub frame_rates: Option<Numbers>,
    /// Of a frame.
    sides: [Numbers; 2],
    /// Steps from offset to offset; 0: it cannot be set.
    offset_steps: [f64; 2],
    /// Of the sensor as it is binned.
    whole: [f64; 2],
    /// The binning that all of this is of.
    binned: u32,
    /// Those that both sides have.
    pub binning: Vec<u32>,
    /// Formats that frames can be made of, the best first.
    pub formats: Vec<Format>,
    /// What can trigger: `Software`, `Line1`.
    pub sources: Vec<String>,
    /// `FrameStart`, `AcquisitionStart`. Empty: it has no triggers.
    pub selectors: Vec<String>,
    /// Whether a line's signal can say how long a frame is exposed.
    pub exposes_by_trigger: bool,
    /// The camera's own format, by its name.
    format_now: String,
}

/// Where the camera has a setting that cannot be set.
fn fixed(value: f64) -> Numbers {
    Numbers { low: value, high: value, step: 0.0 }
}

impl Abilities {
    /// What this camera says. What it does not say is left out: an old camera has less, and works.
    pub fn of(device: &Device) -> Self {
        let names = |choices: Result<Vec<(String, String)>, String>| -> Vec<String> {
            choices.unwrap_or_default().into_iter().map(|(name, _)| name).collect()
        };
        let side = |axis: usize| {
            let known = device.integers(SIDES[axis]).ok().filter(|numbers| numbers.high >= 1.0);
            known.unwrap_or_else(|| fixed(device.integer(SIDES[axis]).unwrap_or(0) as f64))
        };
        let sides = [side(0), side(1)];
        let whole = [0, 1].map(|axis| {
            let said = first_of(device, WHOLE_SIDES[axis]).and_then(|name| device.integer(name).ok());
            // Where the offset takes from the side, the side alone does not say how large the sensor is.
            (said.unwrap_or(0) as f64).max(sides[axis].high)
        });
        let binned = device.integer(BINNING[0]).map_or(1, |binning| binning.clamp(1, MOST_BINNING) as u32);
        let mut formats: Vec<Format> =
            names(device.choices("PixelFormat")).iter().filter_map(|name| Format::named(name)).collect();
        formats.sort_by_key(|format| crate::format::FORMATS.iter().position(|known| known == format));
        let exposure = first_of(device, EXPOSURE).and_then(|name| {
            let numbers = if name == "ExposureTimeRaw" { device.integers(name) } else { device.floats(name) };
            numbers.ok().map(|numbers| (name, numbers))
        });
        let has_trigger = device.has("TriggerMode");
        let mut selectors = if has_trigger { names(device.choices("TriggerSelector")) } else { Vec::new() };
        if has_trigger && selectors.is_empty() {
            selectors.push("FrameStart".to_owned());
        }
        Self {
            exposure,
            frame_rates: device.frame_rates(),
            sides,
            offset_steps: OFFSETS
                .map(|name| if device.has(name) { device.integers(name).map_or(1.0, |n| n.step) } else { 0.0 }),
            whole,
            binned,
            binning: binning(device),
            formats,
            sources: if has_trigger { names(device.choices("TriggerSource")) } else { Vec::new() },
            selectors,
            exposes_by_trigger: names(device.choices("ExposureMode")).iter().any(|mode| mode == "TriggerWidth"),
            format_now: device.text("PixelFormat").unwrap_or_default(),
        }
    }

    /// Names of the lines, by their number in the document: the program's own pulses first, where the camera takes them.
    pub fn lines(&self) -> Vec<String> {
        let own = self.sources.iter().filter(|source| *source == SOFTWARE).map(|_| "software".to_owned());
        own.chain(self.sources.iter().filter(|source| *source != SOFTWARE).cloned()).collect()
    }

    /// The trigger source that a line of the document is.
    pub fn source(&self, line: u32) -> Option<String> {
        let name = self.lines().into_iter().nth(line as usize)?;
        Some(if name == "software" { SOFTWARE.to_owned() } else { name })
    }

    /// The format for these pixels: of several the one that the camera has now, else the best.
    pub fn format(&self, pixel_type: PixelType, wanted: Option<&str>) -> Option<Format> {
        let mut fitting = self.formats.iter().copied().filter(|format| format.pixel_type == pixel_type);
        let named = |name: &str| fitting.clone().find(|format| format.name == name);
        wanted.and_then(named).or_else(|| fitting.next())
    }

    /// As the document sees it, with these settings in force.
    pub fn capabilities(&self, settings: &CameraSettings) -> CameraCapabilities {
        let range = |numbers: Numbers, writable: bool| Range {
            low: numbers.low,
            high: numbers.high,
            step: numbers.step,
            writable,
        };
        let read_only = Range { low: 0.0, high: 0.0, step: 0.0, writable: false };
        // Of a binning that the camera does not have now the ranges follow; when it was set, the camera says them itself.
        let ratio = f64::from(self.binned) / f64::from(settings.binning.max(1));
        let whole = self.whole.map(|px| if ratio == 1.0 { px } else { (px * ratio).floor().max(1.0) });
        let sides = [0, 1].map(|axis| {
            let Numbers { low, step, .. } = self.sides[axis];
            // On the camera's steps.
            let high = if step > 0.0 { low + ((whole[axis] - low) / step).floor() * step } else { whole[axis] };
            Numbers { low: low.min(high), high: high.max(low.min(high)), step }
        });
        let offset = [0, 1].map(|axis| {
            let step = self.offset_steps[axis];
            let high = (whole[axis] - f64::from(settings.shape[axis])).max(0.0);
            if step > 0.0 { Range { low: 0.0, high, step, writable: true } } else { read_only }
        });
        let mut pixel_types: Vec<PixelType> = self.formats.iter().map(|format| format.pixel_type).collect();
        pixel_types.sort_by_key(|pixel_type| pixel_type.bits());
        pixel_types.dedup();
        let default_pixel_type = Format::named(&self.format_now).map(|format| format.pixel_type);
        let has = |selector: &str| self.selectors.iter().any(|known| known == selector);
        let triggers = [
            ("acquisition_start", has("AcquisitionStart")),
            ("frame_start", has("FrameStart")),
            ("exposure", has("FrameStart") && self.exposes_by_trigger),
        ];
        let format = self.format(settings.pixel_type, self.wanted_format(settings));
        CameraCapabilities {
            exposure_time_us: self.exposure.map_or(read_only, |(_, numbers)| range(numbers, true)),
            line_interval_us: read_only,
            readout_direction_writable: false,
            binning: self.binning.clone(),
            default_pixel_type: default_pixel_type.or(pixel_types.first().copied()).unwrap_or(PixelType::U8),
            pixel_types,
            offset,
            shape: sides.map(|numbers| range(numbers, numbers.low < numbers.high)),
            lines: self.lines(),
            input_triggers: triggers.iter().filter(|(_, has)| *has).map(|(name, _)| (*name).to_owned()).collect(),
            output_triggers: Vec::new(),
            default_shape: sides.map(|numbers| numbers.high as u32),
            frame_time_us: self.frame_rates.map_or(0.0, |rates| 1e6 / rates.high.max(1e-6)),
            plays_file: false,
            channels: Vec::new(),
            has_features: true,
            own_clock: true,
            remarks: self.remarks(format),
        }
    }

    /// The format that the document names among those of one pixel type.
    pub fn wanted_format<'a>(&self, settings: &'a CameraSettings) -> Option<&'a str> {
        match settings.features.get("PixelFormat") {
            Some(zarrcam_config::FeatureValue::Text(name)) => Some(name),
            _ => None,
        }
    }

    fn remarks(&self, format: Option<Format>) -> String {
        match format {
            Some(Format { bayer, .. }) if !bayer.is_empty() => format!(
                "Each pixel has one colour: the first row begins {}, the second {}. Frames are stored so, as raw Bayer data.",
                letters(bayer),
                letters(match bayer {
                    "GR" => "BG",
                    "RG" => "GB",
                    "GB" => "RG",
                    _ => "GR",
                })
            ),
            _ if self.formats.is_empty() => {
                "This camera gives no pixel format that can be stored: gray or Bayer, 8 to 16 bits.".to_owned()
            }
            _ => String::new(),
        }
    }
}

/// What Aravis' world calls pulses of this program.
pub const SOFTWARE: &str = "Software";

fn letters(pair: &str) -> String {
    let name = |letter| match letter {
        'R' => "red",
        'G' => "green",
        _ => "blue",
    };
    pair.chars().map(name).collect::<Vec<_>>().join(", ")
}

fn binning(device: &Device) -> Vec<u32> {
    let side = |name: &str| -> Vec<i64> {
        match device.has(name).then(|| device.integers(name)) {
            Some(Ok(Numbers { low, high, step })) => {
                let step = (step as usize).max(1);
                ((low.max(1.0)) as i64..=(high as i64).min(MOST_BINNING)).step_by(step).collect()
            }
            _ => vec![1],
        }
    };
    let [x, y] = BINNING.map(side);
    let both: Vec<u32> = x.into_iter().filter(|binning| y.contains(binning)).map(|binning| binning as u32).collect();
    if both.is_empty() { vec![1] } else { both }
}
