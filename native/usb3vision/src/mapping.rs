//! Our settings in a camera's words: those of EMVA's Standard Feature Naming Convention, and the older ones that cameras still have.

use zarrcam_config::{CameraCapabilities, CameraSettings, Range, Trigger, TriggerEdge};
use zarrcam_frame::PixelType;

use crate::Usb3VisionError;
use crate::features::Features;
use crate::pixels::ImageFormat;

const EXPOSURE: &[&str] = &["ExposureTime", "ExposureTimeAbs", "ExposureTimeRaw"];
const RATE: &[&str] = &["AcquisitionFrameRate", "AcquisitionFrameRateAbs"];
const RATE_SWITCH: &[&str] = &["AcquisitionFrameRateEnable", "AcquisitionFrameRateEnabled"];
const BINNING: [&str; 2] = ["BinningHorizontal", "BinningVertical"];
const SIDES: [&str; 2] = ["Width", "Height"];
const WIDEST: [&str; 2] = ["WidthMax", "HeightMax"];
const OFFSETS: [&str; 2] = ["OffsetX", "OffsetY"];
const MOST_BINNING: u32 = 16;

/// A line of ours, by its number, and the camera's word for it.
const SOFTWARE: (&str, &str) = ("software", "Software");

fn fixed(value: f64) -> Range {
    Range { low: value, high: value, step: 0.0, writable: false }
}

/// The formats whose frames can be stored, the best for each pixel type.
fn formats(features: &Features) -> Vec<(String, ImageFormat)> {
    let mut best: Vec<(String, ImageFormat)> = Vec::new();
    for name in features.entries("PixelFormat") {
        let Some(format) = ImageFormat::of_name(&name) else { continue };
        match best.iter_mut().find(|(_, known)| known.pixel_type == format.pixel_type) {
            Some(known) if format.is_better_than(&known.1) => *known = (name, format),
            Some(_) => {}
            None => best.push((name, format)),
        }
    }
    best
}

/// The camera's lines that may start a frame, `software` first.
fn trigger_lines(features: &Features) -> Vec<String> {
    let sources = features.entries("TriggerSource");
    let software = sources.iter().filter(|name| *name == SOFTWARE.1).map(|_| SOFTWARE.0.to_owned());
    software.chain(sources.iter().filter(|name| name.starts_with("Line")).cloned()).collect()
}

/// What the camera can do as it is set now. `remarks`: what is to be known of it besides.
pub fn capabilities(features: &Features, remarks: String) -> CameraCapabilities {
    let range = |name: &str| features.range(name);
    let sides = [0, 1].map(|axis| {
        let side = range(SIDES[axis]).unwrap_or(fixed(0.0));
        // Where the region does not begin at the sensor's edge the camera says less than it can.
        let offset = features.number(OFFSETS[axis]).unwrap_or(0.0);
        let widest = features.number(WIDEST[axis]).unwrap_or(side.high + offset);
        Range { high: widest.max(side.high), ..side }
    });
    let pixel_types: Vec<PixelType> = formats(features).iter().map(|(_, format)| format.pixel_type).collect();
    let lines = trigger_lines(features);
    let frame_rate = features.first(RATE).and_then(range).map_or(0.0, |rate| rate.high);
    CameraCapabilities {
        exposure_time_us: features.first(EXPOSURE).and_then(range).unwrap_or(fixed(0.0)),
        line_interval_us: fixed(0.0),
        readout_direction_writable: false,
        binning: binnings(features),
        default_pixel_type: pixel_types.first().copied().unwrap_or(PixelType::U8),
        pixel_types,
        offset: OFFSETS.map(|name| range(name).unwrap_or(fixed(0.0))),
        shape: sides,
        input_triggers: if lines.is_empty() { Vec::new() } else { vec!["frame_start".to_owned()] },
        lines,
        output_triggers: Vec::new(),
        default_shape: sides.map(|side| side.high as u32),
        frame_time_us: if frame_rate > 0.0 { 1e6 / frame_rate } else { 0.0 },
        plays_file: false,
        channels: Vec::new(),
        has_features: false,
        own_clock: true,
        remarks,
    }
}

fn binnings(features: &Features) -> Vec<u32> {
    let [Some(x), Some(y)] = BINNING.map(|name| features.range(name)) else { return vec![1] };
    let most = x.high.min(y.high).min(f64::from(MOST_BINNING)) as u32;
    let steps = |range: Range, binning: u32| {
        range.step <= 1.0 || (f64::from(binning) - range.low).rem_euclid(range.step) == 0.0
    };
    (1..=most.max(1)).filter(|binning| steps(x, *binning) && steps(y, *binning)).collect()
}

/// Makes the settings the camera's own, and reads all of them back. `frame_period_us`: from frame to frame; 0: it follows the
/// exposure. Gives the format of its frames.
pub fn apply(
    features: &mut Features,
    settings: &CameraSettings,
    frame_period_us: f64,
) -> Result<ImageFormat, Usb3VisionError> {
    choose_where_there(features, "", "AcquisitionMode", "Continuous")?;
    for name in BINNING {
        let has = features.number(name);
        if has.is_some_and(|has| has != f64::from(settings.binning)) || has.is_none() && settings.binning != 1 {
            features.set_number("binning", name, f64::from(settings.binning), "")?;
        }
    }
    let format = apply_format(features, settings.pixel_type)?;
    apply_region(features, settings)?;
    apply_trigger(features, settings.input_triggers.frame_start)?;
    // What chooses values by itself would not let them be set.
    choose_where_there(features, "exposure_time_us", "ExposureMode", "Timed")?;
    choose_where_there(features, "exposure_time_us", "ExposureAuto", "Off")?;
    apply_rate(features, 0.0)?;
    if let Some(exposure) = features.first(EXPOSURE) {
        features.set_number("exposure_time_us", exposure, settings.exposure_time_us, " µs")?;
    }
    if frame_period_us > 0.0 && !settings.input_triggers.frame_start.enable {
        apply_rate(features, 1e6 / frame_period_us)?;
    }
    Ok(format)
}

fn choose_where_there(
    features: &mut Features,
    field: &'static str,
    name: &str,
    entry: &str,
) -> Result<(), Usb3VisionError> {
    let can = features.is_writable(name) && features.entries(name).iter().any(|known| known == entry);
    if can { features.choose(field, name, entry) } else { Ok(()) }
}

fn apply_format(features: &mut Features, pixel_type: PixelType) -> Result<ImageFormat, Usb3VisionError> {
    let known = formats(features);
    let Some((name, format)) = known.iter().find(|(_, format)| format.pixel_type == pixel_type) else {
        let has: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("PixelFormat: {pixel_type:?} was asked for, and the camera has {}.", has.join(", "));
        return Err(Usb3VisionError::feature("pixel_type", message));
    };
    features.choose("pixel_type", "PixelFormat", name)?;
    Ok(*format)
}

/// The region goes to the sensor's corner first: so each size is possible.
fn apply_region(features: &mut Features, settings: &CameraSettings) -> Result<(), Usb3VisionError> {
    const OFFSET: [&str; 2] = ["offset[0]", "offset[1]"];
    const SHAPE: [&str; 2] = ["shape[0]", "shape[1]"];
    for axis in 0..2 {
        let (side, offset) = (f64::from(settings.shape[axis]), f64::from(settings.offset[axis]));
        let (has_side, has_offset) = (features.number(SIDES[axis]), features.number(OFFSETS[axis]));
        if has_side != Some(side) {
            if has_offset.is_some_and(|has| has != 0.0) {
                features.set_number(OFFSET[axis], OFFSETS[axis], 0.0, " px")?;
            }
            features.set_number(SHAPE[axis], SIDES[axis], side, " px")?;
        }
        if features.number(OFFSETS[axis]).unwrap_or(0.0) != offset {
            features.set_number(OFFSET[axis], OFFSETS[axis], offset, " px")?;
        }
    }
    Ok(())
}

/// Frames a second; 0: as many as the exposure lets come.
fn apply_rate(features: &mut Features, rate: f64) -> Result<(), Usb3VisionError> {
    const FIELD: &str = "frame_period_us";
    if let Some(switch) = features.first(RATE_SWITCH) {
        if features.is_writable(switch) {
            features.switch(FIELD, switch, rate > 0.0)?;
        }
    } else if rate == 0.0 {
        // Without a switch the highest rate is none.
        let highest = features.first(RATE).and_then(|name| Some((name, features.range(name)?.high)));
        if let Some((name, highest)) = highest.filter(|(name, _)| features.is_writable(name)) {
            return features.set_number(FIELD, name, highest, " fps");
        }
    }
    match features.first(RATE) {
        Some(name) if rate > 0.0 => features.set_number(FIELD, name, rate, " fps"),
        _ => Ok(()),
    }
}

fn apply_trigger(features: &mut Features, trigger: Trigger) -> Result<(), Usb3VisionError> {
    const FIELD: &str = "input_triggers.frame_start";
    choose_where_there(features, FIELD, "TriggerSelector", "FrameStart")?;
    if !trigger.enable {
        return choose_where_there(features, FIELD, "TriggerMode", "Off");
    }
    let lines = trigger_lines(features);
    let Some(line) = lines.get(trigger.line as usize) else {
        let message =
            format!("TriggerSource: line {} was asked for, and the camera has {}.", trigger.line, lines.len());
        return Err(Usb3VisionError::feature(FIELD, message));
    };
    let source = if line == SOFTWARE.0 { SOFTWARE.1 } else { line };
    features.choose(FIELD, "TriggerSource", source)?;
    let activation = match trigger.edge {
        TriggerEdge::Falling => "FallingEdge",
        TriggerEdge::AnyEdge => "AnyEdge",
        TriggerEdge::LevelHigh => "LevelHigh",
        TriggerEdge::LevelLow => "LevelLow",
        TriggerEdge::Rising | TriggerEdge::NotApplicable => "RisingEdge",
    };
    if source != SOFTWARE.1 {
        choose_where_there(features, FIELD, "TriggerActivation", activation)?;
    }
    features.choose(FIELD, "TriggerMode", "On")
}
