use super::report::{StreamReport, duration_us, grouped};
use super::triggers;
use crate::{
    Camera, CameraCapabilities, CameraSettings, DeviceCatalog, DeviceKind, Problem, ProblemCode, Range,
    ReadoutDirection,
};

const SETTINGS: &str = "camera.settings";

/// What Linux takes.
const LONGEST_REPLAY_PATH_BYTES: usize = 4096;

/// Returns what the camera can do, where it is known.
pub(super) fn validate(
    report: &mut StreamReport,
    camera: &Camera,
    catalog: &dyn DeviceCatalog,
) -> Option<CameraCapabilities> {
    let identifier = camera.identifier.as_ref()?;
    let name = super::known_device(report, "camera.identifier", identifier, DeviceKind::Camera, catalog)?;
    let settings = &camera.settings;
    if !replay_path_fits(report, settings) {
        return None;
    }
    // Binning comes first: the ranges are those for the binning in force.
    let asked = CameraSettings { binning: settings.binning.max(1), ..settings.clone() };
    if let Some(obstacle) = catalog.obstacle(name, &asked) {
        noted(report, obstacle);
        return None;
    }
    let Some(can) = catalog.camera(name, &asked) else {
        let message = format!("The camera \"{name}\" does not answer.");
        report.error("camera.settings", ProblemCode::Camera, message);
        return None;
    };
    if settings.replay.is_some() && !can.plays_file {
        let message = format!("The camera \"{name}\" does not play files.");
        report
            .warning(format!("{SETTINGS}.replay"), ProblemCode::Unused, message)
            .fixed_by("Leave it out", serde_json::Value::Null);
    }
    features(report, name, settings, &can, catalog);
    if !can.binning.contains(&settings.binning) {
        let path = format!("{SETTINGS}.binning");
        let allowed = can.binning.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("This camera bins by {allowed}, not by {}.", settings.binning);
        let below = can.binning.iter().copied().filter(|binning| *binning <= settings.binning).max();
        if let Some(near) = below.or(can.binning.first().copied()) {
            report.error(path, ProblemCode::OutOfRange, message).fixed_by(format!("Use {near}"), near);
        }
        // The ranges below hold for a binning that the camera has not.
        let assumed = CameraSettings { binning: can.binning.first().copied().unwrap_or(1), ..settings.clone() };
        let can = catalog.camera(name, &assumed)?;
        values(report, settings, &can);
        return Some(can);
    }
    region(report, settings, &can);
    values(report, settings, &can);
    Some(can)
}

/// What the camera alone knows by name.
fn features(
    report: &mut StreamReport,
    name: &str,
    settings: &CameraSettings,
    can: &CameraCapabilities,
    catalog: &dyn DeviceCatalog,
) {
    if settings.features.is_empty() {
        return;
    }
    if !can.has_features {
        let message = format!("The camera \"{name}\" has no features of its own.");
        report
            .warning(format!("{SETTINGS}.features"), ProblemCode::Unused, message)
            .fixed_by("Leave them out", serde_json::json!({}));
        return;
    }
    for problem in catalog.feature_problems(name, settings) {
        report.error(format!("{SETTINGS}.{}", problem.path), problem.code, problem.message);
    }
}

/// An obstacle that lies in no field is the camera's own.
fn noted(report: &mut StreamReport, obstacle: Problem) {
    let path = if obstacle.path.is_empty() { "camera".to_owned() } else { format!("{SETTINGS}.{}", obstacle.path) };
    report.error(path, obstacle.code, obstacle.message);
}

/// Everything but region and binning.
fn values(report: &mut StreamReport, settings: &CameraSettings, can: &CameraCapabilities) {
    time(report, "exposure_time_us", "Exposure", settings.exposure_time_us, can.exposure_time_us);
    time(report, "line_interval_us", "The line interval", settings.line_interval_us, can.line_interval_us);
    if settings.readout_direction == ReadoutDirection::Backward && !can.readout_direction_writable {
        let path = format!("{SETTINGS}.readout_direction");
        report
            .error(path, ProblemCode::ReadOnly, "This camera reads out forward only.")
            .fixed_by("Use Forward", "Forward");
    }
    if !can.pixel_types.contains(&settings.pixel_type) {
        let names: Vec<String> = can.pixel_types.iter().map(|known| format!("{known:?}")).collect();
        let message = format!("This camera gives {}, and {:?} is asked.", names.join(", "), settings.pixel_type);
        let noted = report.error(format!("{SETTINGS}.pixel_type"), ProblemCode::Unsupported, message);
        // The smallest that loses no bit.
        let enough = can
            .pixel_types
            .iter()
            .zip(&names)
            .filter(|(known, _)| known.bits() >= settings.pixel_type.bits())
            .min_by_key(|(known, _)| known.bits());
        if let Some((_, name)) = enough {
            noted.fixed_by(format!("Use {name}"), name.clone());
        }
    }
    triggers::validate(report, settings, can);
}

fn time(report: &mut StreamReport, field: &str, word: &str, value_us: f64, range: Range) {
    if (range.low..=range.high).contains(&value_us) {
        return;
    }
    let near = if value_us > range.high { range.high } else { range.low };
    let path = format!("{SETTINGS}.{field}");
    if range.writable {
        let (low, high) = (duration_us(range.low), duration_us(range.high));
        let message = format!("{word} must be {low} to {high}, and is {}.", duration_us(value_us));
        report.error(path, ProblemCode::OutOfRange, message).fixed_by(format!("Use {}", duration_us(near)), near);
    } else {
        let message = format!("{word} cannot be set on this camera; it is {}.", duration_us(near));
        report.error(path, ProblemCode::ReadOnly, message).fixed_by(format!("Use {}", duration_us(near)), near);
    }
}

fn region(report: &mut StreamReport, settings: &CameraSettings, can: &CameraCapabilities) {
    if settings.shape == [0, 0] {
        let [x, y] = can.default_shape;
        let message = "The width and height of the image are missing.";
        report
            .error(format!("{SETTINGS}.shape"), ProblemCode::Missing, message)
            .fixed_by(format!("Use {} x {} px", grouped(x.into()), grouped(y.into())), vec![x, y]);
        return;
    }
    for (axis, (side, word)) in [("Width", "from the left"), ("Height", "from the top")].into_iter().enumerate() {
        let shape = f64::from(settings.shape[axis]);
        pixels(report, &format!("{SETTINGS}.shape[{axis}]"), side, shape, can.shape[axis]);
        // Where the shape alone is too large the offset is not to blame.
        if shape <= can.shape[axis].high {
            let offset = f64::from(settings.offset[axis]);
            let word = format!("Offset {word}");
            pixels(report, &format!("{SETTINGS}.offset[{axis}]"), &word, offset, can.offset[axis]);
        }
    }
}

/// Fixed by the nearest value on the camera's steps.
fn pixels(report: &mut StreamReport, path: &str, word: &str, value: f64, range: Range) {
    let steps =
        if range.step > 0.0 { ((value - range.low) / range.step).round() * range.step + range.low } else { value };
    let mut near = steps.clamp(range.low, range.high.max(range.low));
    if range.step > 0.0 {
        near = range.low + ((near - range.low) / range.step).floor() * range.step;
    }
    if near == value {
        return;
    }
    let (low, high) = (grouped(range.low), grouped(range.high));
    if !range.writable {
        let message = format!("{word} cannot be set on this camera; it is {low} px.");
        report.error(path, ProblemCode::ReadOnly, message).fixed_by(format!("Use {low} px"), range.low as u64);
        return;
    }
    let by = if range.step > 1.0 { format!(" in steps of {}", grouped(range.step)) } else { String::new() };
    let message = format!("{word} must be {low} to {high} px{by}, and is {}.", grouped(value));
    report.error(path, ProblemCode::OutOfRange, message).fixed_by(format!("Use {} px", grouped(near)), near as u64);
}

/// Whether the path of a file to play is one that a camera can be asked about.
fn replay_path_fits(report: &mut StreamReport, settings: &CameraSettings) -> bool {
    let bytes = settings.replay.as_ref().map_or(0, |replay| replay.path.trim().len());
    if bytes <= LONGEST_REPLAY_PATH_BYTES {
        return true;
    }
    let most = grouped(LONGEST_REPLAY_PATH_BYTES as f64);
    let message = format!("A path of {} bytes is too long; {most} are allowed.", grouped(bytes as f64));
    report.error(format!("{SETTINGS}.replay.path"), ProblemCode::TooLong, message);
    false
}
