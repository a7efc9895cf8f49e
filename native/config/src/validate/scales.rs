use super::dimensions::LIST;
use super::report::{StreamReport, duration_us, grouped};
use crate::units::Unit;
use crate::{Dimension, DimensionKind, ProblemCode, ResolvedStream, VideoStream, length_um, time_s};

/// Further apart than that two values are two.
const NEAR: f64 = 1e-6;

/// Sizes that contradict each other, or say nothing because a part is missing. What is stored is the dimension's own word.
pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream) {
    let given = &stream.storage.settings.acquisition_dimensions;
    let meant = &resolved.storage.dimensions;
    half_calibrated(report, stream, resolved);
    for (index, (own, meant)) in given.iter().zip(meant).enumerate() {
        let path = format!("{LIST}[{index}]");
        if !matches!(own.kind, DimensionKind::Space | DimensionKind::Time) {
            continue;
        }
        let has_step = own.scale > 0.0 && own.scale.is_finite();
        if !has_step && is_spelt_right(own) && meant.unit.is_empty() {
            let message =
                format!("{} has the unit {}, but nobody says how large a step is: none is stored.", own.name, own.unit);
            report.warning(format!("{path}.unit"), ProblemCode::NoSize, message).fixed_by("Leave it out", "");
        } else if has_step && own.unit.trim().is_empty() {
            let unit = if own.kind == DimensionKind::Time { "second" } else { "micrometer" };
            let message = format!("A step of {} is {}, but in which unit?", own.name, grouped(own.scale));
            report.warning(format!("{path}.unit"), ProblemCode::NoUnit, message).fixed_by(format!("Use {unit}"), unit);
        } else if has_step && index < 2 {
            pixel(report, stream, index, &path);
        } else if has_step && own.kind == DimensionKind::Time && index + 1 == given.len() {
            time(report, stream, resolved, &path);
        }
    }
}

fn half_calibrated(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream) {
    let [x, y, ..] = resolved.storage.dimensions.as_slice() else { return };
    let scales = stream.storage.settings.pixel_scale_um;
    let (missing, side) = match (scales[0], scales[1]) {
        (width, 0.0) if width > 0.0 && y.unit.is_empty() => (1, "height"),
        (0.0, height) if height > 0.0 && x.unit.is_empty() => (0, "width"),
        _ => return,
    };
    let other = scales[1 - missing];
    let message = format!("The {side} of a pixel is not given, so it has no size in the data.");
    report
        .warning(format!("storage.settings.pixel_scale_um[{missing}]"), ProblemCode::NoSize, message)
        .fixed_by(format!("Use {} \u{b5}m", grouped(other)), other);
}

fn pixel(report: &mut StreamReport, stream: &VideoStream, index: usize, path: &str) {
    let settings = &stream.storage.settings;
    let (own, um) = (&settings.acquisition_dimensions[index], settings.pixel_scale_um[index]);
    let Some(own_um) = length_um(own.scale, &own.unit) else { return };
    if !(um > 0.0 && differ(own_um, um)) {
        return;
    }
    let message = format!(
        "A pixel is {} {} along {} in the dimensions, and {} \u{b5}m by its pixel size; the first is stored.",
        grouped(own.scale),
        own.unit,
        own.name,
        grouped(um)
    );
    report.warning(format!("{path}.scale"), ProblemCode::Contradiction, message).fixed_at(
        &format!("storage.settings.pixel_scale_um[{index}]"),
        format!("Use {} \u{b5}m for both", grouped(own_um)),
        own_um,
    );
}

/// The interval, or where there is none the frames' own time.
fn time(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream, path: &str) {
    let Some(own) = stream.storage.settings.acquisition_dimensions.last() else { return };
    let (step_us, what) = match (resolved.time_point_interval_us, resolved.known_period_us) {
        (interval_us, _) if interval_us > 0.0 => (interval_us, "the interval is"),
        (_, Some(period_us)) => (period_us * resolved.frames_per_time_point() as f64, "its frames take"),
        _ => return,
    };
    let Some(own_us) = time_s(own.scale, &own.unit).map(|seconds| seconds * 1e6) else { return };
    if !differ(own_us, step_us) {
        return;
    }
    let message = format!(
        "A step of {} is {} {} in the dimensions, and {what} {}; the first is stored.",
        own.name,
        grouped(own.scale),
        own.unit,
        duration_us(step_us)
    );
    let open = Dimension { scale: 0.0, unit: String::new(), ..own.clone() };
    report.warning(format!("{path}.scale"), ProblemCode::Contradiction, message).fixed_at(
        path,
        format!("Use {}", duration_us(step_us)),
        serde_json::to_value(open).unwrap_or_default(),
    );
}

/// A unit that readers do not know is told of by itself.
fn is_spelt_right(dimension: &Dimension) -> bool {
    matches!(Unit::of(dimension.kind, &dimension.unit), Unit::Known { exact: true, .. })
}

fn differ(one: f64, other: f64) -> bool {
    (one / other - 1.0).abs() > NEAR
}
