//! A document's settings become the camera's features, one after the other, and are read back: what a camera took is what the
//! document says afterwards.

use std::collections::BTreeMap;

use zarrcam_camera::{Applied, CameraError};
use zarrcam_config::{CameraSettings, FeatureValue, Trigger, TriggerEdge};

use super::abilities::{Abilities, SOFTWARE};
use super::features::set_all;
use super::shared::Shared;
use super::standard::{BINNING, EXPOSURE_AUTO, OFFSETS, SIDES};
use crate::aravis::Device;
use crate::format::Format;

/// What follows from the settings that a camera took.
#[derive(Clone, Debug)]
pub struct InForce {
    pub applied: Applied,
    pub format: Format,
    /// Time from frame to frame as the camera has it, us; 0: it does not say.
    pub period_us: f64,
    /// Whether each frame is triggered, and whether by this program.
    pub frame_trigger: Option<Source>,
    /// Whether the run is triggered, and whether by this program.
    pub start_trigger: Option<Source>,
}

/// Where pulses come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From this program.
    Software,
    /// From a line of the camera.
    Line,
}

struct Setter<'a> {
    shared: &'a Shared,
    camera: &'a str,
    device: &'a Device,
}

impl Setter<'_> {
    fn refused(&self, feature: &str, asked: impl ToString, reason: &str) -> CameraError {
        CameraError::Feature {
            camera: self.camera.to_owned(),
            feature: feature.to_owned(),
            asked: asked.to_string(),
            got: format!("and the camera answers: {reason}"),
        }
    }

    fn text(&self, feature: &str, value: &str) -> Result<(), CameraError> {
        self.device.set_text(feature, value).map_err(|reason| self.refused(feature, value, &reason))
    }

    /// Sets a whole number and says what it is then.
    fn integer(&self, feature: &str, value: u32) -> Result<u32, CameraError> {
        let set = self.device.set_integer(feature, value.into()).and_then(|()| self.device.integer(feature));
        let got = set.map_err(|reason| self.refused(feature, value, &reason))?;
        if got != i64::from(value) {
            self.shared.say(format!("{feature} was asked to be {value}, and the camera made it {got}."));
        }
        u32::try_from(got).map_err(|_| self.refused(feature, value, &format!("it is {got}")))
    }
}

/// Sets all that `settings` say; they were checked against `abilities`. `features_before`: see [`set_all`].
pub fn apply(
    shared: &Shared,
    camera: &str,
    settings: &CameraSettings,
    frame_period_us: f64,
    features_before: &mut BTreeMap<String, FeatureValue>,
) -> Result<InForce, CameraError> {
    let device = shared.device();
    let setter = Setter { shared, camera, device: &device };
    let mut took = settings.clone();
    triggers_off(&setter)?;
    if device.has("AcquisitionMode") {
        setter.text("AcquisitionMode", "Continuous")?;
    }
    for feature in BINNING {
        if settings.binning != 1 || device.integer(feature).is_ok_and(|binning| binning != 1) {
            took.binning = setter.integer(feature, settings.binning)?;
        }
    }
    let abilities = Abilities::of(&device);
    let format = abilities.format(settings.pixel_type, abilities.wanted_format(settings));
    let format = format.ok_or_else(|| CameraError::Unsupported {
        camera: camera.to_owned(),
        field: "pixel_type".to_owned(),
        value: format!("{:?}", settings.pixel_type),
        allowed: abilities.formats.iter().map(|format| format.name).collect::<Vec<_>>().join(", "),
    })?;
    setter.text("PixelFormat", format.name)?;
    let format_now = device.text("PixelFormat").unwrap_or_default();
    if format_now != format.name {
        return Err(setter.refused("PixelFormat", format.name, &format!("it is {format_now}")));
    }
    region(&setter, &mut took)?;
    took.features = set_all(shared, camera, &settings.features, features_before)?;
    exposure(&setter, &abilities, &mut took)?;
    let (applied_period_us, period_us) = period(&setter, &took, frame_period_us)?;
    let start_trigger = trigger(&setter, &abilities, "AcquisitionStart", took.input_triggers.acquisition_start)?;
    let by_width = took.input_triggers.exposure;
    if abilities.exposes_by_trigger {
        setter.text("ExposureMode", if by_width.enable { "TriggerWidth" } else { "Timed" })?;
    }
    let frames = if by_width.enable { by_width } else { took.input_triggers.frame_start };
    let frame_trigger = trigger(&setter, &abilities, "FrameStart", frames)?;
    let applied = Applied { settings: took, frame_period_us: applied_period_us };
    Ok(InForce { applied, format, period_us, frame_trigger, start_trigger })
}

/// To the corner first, so that any size fits.
fn region(setter: &Setter<'_>, took: &mut CameraSettings) -> Result<(), CameraError> {
    for (axis, feature) in OFFSETS.into_iter().enumerate() {
        if took.offset[axis] != 0 || setter.device.integer(feature).is_ok_and(|offset| offset != 0) {
            setter.device.set_integer(feature, 0).map_err(|reason| setter.refused(feature, 0, &reason))?;
        }
    }
    for (axis, feature) in SIDES.into_iter().enumerate() {
        took.shape[axis] = match setter.device.integer(feature) {
            Ok(side) if side == i64::from(took.shape[axis]) => took.shape[axis],
            _ => setter.integer(feature, took.shape[axis])?,
        };
    }
    for (axis, feature) in OFFSETS.into_iter().enumerate() {
        if took.offset[axis] != 0 {
            took.offset[axis] = setter.integer(feature, took.offset[axis])?;
        }
    }
    Ok(())
}

fn exposure(setter: &Setter<'_>, abilities: &Abilities, took: &mut CameraSettings) -> Result<(), CameraError> {
    let Some((feature, _)) = abilities.exposure else { return Ok(()) };
    let device = setter.device;
    if device.has(EXPOSURE_AUTO) && device.text(EXPOSURE_AUTO).is_ok_and(|auto| auto != "Off") {
        setter.text(EXPOSURE_AUTO, "Off")?;
    }
    let asked = took.exposure_time_us;
    let set = if feature == "ExposureTimeRaw" {
        device.set_integer(feature, asked.round() as i64).and_then(|()| device.integer(feature)).map(|raw| raw as f64)
    } else {
        device.set_float(feature, asked).and_then(|()| device.float(feature))
    };
    let got = set.map_err(|reason| setter.refused(feature, format!("{asked} us"), &reason))?;
    // Steps of a camera are small; beyond a hundredth it is another exposure.
    if (got - asked).abs() > (asked * 0.01).max(1.0) {
        setter.shared.say(format!("{feature} was asked to be {asked} us, and the camera made it {got} us."));
    }
    if (got - asked).abs() > 1e-6 {
        took.exposure_time_us = got;
    }
    Ok(())
}

/// What the document says of the period afterwards, and what the camera does.
fn period(setter: &Setter<'_>, took: &CameraSettings, asked_us: f64) -> Result<(f64, f64), CameraError> {
    let device = setter.device;
    let Some(rates) = device.frame_rates() else {
        if asked_us > 0.0 {
            setter.shared.say("This camera has no frame rate that can be set: frames come as its exposure says.");
        }
        return Ok((0.0, took.exposure_time_us));
    };
    let follows_us = if asked_us > 0.0 { asked_us } else { took.exposure_time_us.max(1.0) };
    let asked_fps = (1e6 / follows_us).clamp(rates.low, rates.high);
    let feature = "AcquisitionFrameRate";
    let set = device.set_frame_rate(asked_fps).and_then(|()| device.frame_rate());
    let got_fps = set.map_err(|reason| setter.refused(feature, format!("{asked_fps} fps"), &reason))?;
    let period_us = if got_fps > 0.0 { 1e6 / got_fps } else { 0.0 };
    if asked_us <= 0.0 {
        return Ok((0.0, period_us));
    }
    if (period_us - asked_us).abs() > asked_us * 0.01 {
        setter
            .shared
            .say(format!("{feature} was asked to be {} fps, and the camera made it {got_fps} fps.", 1e6 / asked_us));
        return Ok((period_us, period_us));
    }
    Ok((asked_us, period_us))
}

/// All triggers, so that none is left on from before.
fn triggers_off(setter: &Setter<'_>) -> Result<(), CameraError> {
    let device = setter.device;
    if !device.has("TriggerMode") {
        return Ok(());
    }
    let selectors = device.choices("TriggerSelector").unwrap_or_default();
    for (selector, _) in &selectors {
        setter.text("TriggerSelector", selector)?;
        setter.text("TriggerMode", "Off")?;
    }
    if selectors.is_empty() { setter.text("TriggerMode", "Off") } else { Ok(()) }
}

fn trigger(
    setter: &Setter<'_>,
    abilities: &Abilities,
    selector: &str,
    trigger: Trigger,
) -> Result<Option<Source>, CameraError> {
    if !trigger.enable {
        return Ok(None);
    }
    let device = setter.device;
    if device.has("TriggerSelector") {
        setter.text("TriggerSelector", selector)?;
    }
    let source = abilities.source(trigger.line).unwrap_or_default();
    setter.text("TriggerSource", &source)?;
    let is_software = source == SOFTWARE;
    if !is_software {
        let edge = match trigger.edge {
            TriggerEdge::Rising | TriggerEdge::NotApplicable => "RisingEdge",
            TriggerEdge::Falling => "FallingEdge",
            TriggerEdge::AnyEdge => "AnyEdge",
            TriggerEdge::LevelHigh => "LevelHigh",
            TriggerEdge::LevelLow => "LevelLow",
        };
        if device.has("TriggerActivation") {
            setter.text("TriggerActivation", edge)?;
        }
    }
    setter.text("TriggerMode", "On")?;
    Ok(Some(if is_software { Source::Software } else { Source::Line }))
}
