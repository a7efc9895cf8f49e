use super::dimensions::LIST;
use super::report::{StreamReport, duration_us, grouped};
use crate::{CameraCapabilities, DimensionKind, ProblemCode, ResolvedStream, VideoStream, frame_period_us};

/// A frame a day.
const LONGEST_PERIOD_US: f64 = 86_400e6;
/// A week between time points.
const LONGEST_INTERVAL_US: f64 = 7.0 * 86_400e6;
/// More would outlast any camera's memory of what it saw, and F32 the exactness of the mean.
pub const MAX_FRAME_AVERAGE_COUNT: u32 = 65_536;

pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream, camera: Option<&CameraCapabilities>) {
    period(report, stream, camera);
    if stream.frame_average_count > MAX_FRAME_AVERAGE_COUNT {
        let most = grouped(MAX_FRAME_AVERAGE_COUNT.into());
        let asked = grouped(stream.frame_average_count.into());
        let message = format!("At most {most} frames can be averaged, and this is {asked}.");
        report
            .error("frame_average_count", ProblemCode::OutOfRange, message)
            .fixed_by(format!("Use {most}"), MAX_FRAME_AVERAGE_COUNT);
    }
    if stream.max_frame_count == 0 {
        report.warning("max_frame_count", ProblemCode::NoFrames, "0 frames: nothing will be recorded.");
    } else if stream.frame_average_count <= MAX_FRAME_AVERAGE_COUNT {
        averages(report, stream);
    }
}

/// The limit counts the camera's frames, and only whole means are stored.
fn averages(report: &mut StreamReport, stream: &VideoStream) {
    let each = u64::from(stream.frame_average_count.max(1));
    let Some((frames, over)) = stream.camera_frame_limit().map(|frames| (frames, frames % each)) else { return };
    if over == 0 {
        return;
    }
    let means = frames / each;
    let whole = (means + 1) * each;
    let (frames, each) = (grouped(frames as f64), grouped(each as f64));
    let (code, message) = if means == 0 {
        (ProblemCode::NoFrames, format!("{frames} of the {each} frames that are averaged: nothing will be recorded."))
    } else {
        let over = if over == 1 { "1 is".to_owned() } else { format!("{} are", grouped(over as f64)) };
        let means = grouped(means as f64);
        (
            ProblemCode::Incomplete,
            format!("{frames} frames make {means} means of {each}; {over} left over and not taken."),
        )
    };
    let label = format!("Use {}", grouped(whole as f64));
    report.warning("max_frame_count", code, message).fixed_by(label, whole);
}

/// What the dimensions ask of counts and times; they must be right themselves.
pub(super) fn validate_against_dimensions(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream) {
    if !report.has_error(LIST) {
        counts(report, stream, resolved);
        interval(report, stream, resolved);
    }
}

fn period(report: &mut StreamReport, stream: &VideoStream, camera: Option<&CameraCapabilities>) {
    let path = "frame_period_us";
    let (period, exposure) = (stream.frame_period_us, stream.camera.settings.exposure_time_us);
    if !(0.0..=LONGEST_PERIOD_US).contains(&period) {
        let message =
            format!("The time per frame must be 0 (set by the exposure) to a day, and is {} \u{b5}s.", grouped(period));
        report.error(path, ProblemCode::OutOfRange, message).fixed_by("Set by the exposure", 0);
    } else if period > 0.0 && period < exposure {
        let (period, exposed) = (duration_us(period), duration_us(exposure));
        let message = format!("A frame every {period} leaves no time for an exposure of {exposed}.");
        report.error(path, ProblemCode::OutOfRange, message).fixed_by(format!("Use {exposed}"), exposure);
    } else if period > 0.0 && camera.is_some() && stream.camera.settings.input_triggers.frame_start.enable {
        let message = "The trigger starts each frame; the frame rate is not used.";
        report.warning(path, ProblemCode::Unused, message).fixed_by("Leave it out", 0);
    } else if let Some(camera) = camera.filter(|_| !stream.camera.settings.input_triggers.frame_start.enable) {
        speed(report, stream, camera);
    }
}

/// A camera that takes longer for a frame than is asked gives its frames as it makes them.
fn speed(report: &mut StreamReport, stream: &VideoStream, camera: &CameraCapabilities) {
    let exposure_us = stream.camera.settings.exposure_time_us;
    let asked_us = frame_period_us(exposure_us, stream.frame_period_us);
    let takes_us = two_digits(camera.frame_time_us);
    if asked_us == 0.0 || asked_us >= camera.frame_time_us || asked_us >= takes_us {
        return;
    }
    let path = if stream.frame_period_us > 0.0 { "frame_period_us" } else { "camera.settings.exposure_time_us" };
    let (asked, takes) = (duration_us(asked_us), duration_us(takes_us));
    let message = format!(
        "This camera needs about {takes} per frame with these settings: frames will come {takes} apart, not {asked}."
    );
    report.warning(path, ProblemCode::SlowCamera, message).fixed_by(format!("Use {takes}"), takes_us);
}

/// Rounded up, as an estimate is told: 287.4 -> 290.
fn two_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let digit = 10f64.powi(value.log10().floor() as i32 - 1);
    // Of 0.1 and its like no trace is left.
    ((value / digit).ceil() * digit * 1e6).round() / 1e6
}

fn counts(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream) {
    let each = u64::from(resolved.frames_averaged);
    let Some(append) = resolved.storage.append_dimension() else { return };
    // What is stored fills the dimensions; the limit counts frames of the camera.
    let Some(stored) = stream.camera_frame_limit().map(|frames| frames / each) else { return };
    let Some(inner) = resolved.storage.frames_per_append().filter(|inner| *inner > 0) else { return };
    let room = inner.saturating_mul(append.size.into());
    let word = if each > 1 { "means" } else { "frames" };
    let use_frames = |stored: u64| {
        let frames = stored.saturating_mul(each);
        (format!("Use {}", grouped(frames as f64)), frames)
    };
    if append.size > 0 && stored > room {
        let message = format!(
            "{} {word} do not fit: {} has room for {} x {} = {}.",
            grouped(stored as f64),
            append.name,
            grouped(append.size.into()),
            grouped(inner as f64),
            grouped(room as f64)
        );
        let (label, frames) = use_frames(room);
        report.error("max_frame_count", ProblemCode::OutOfRange, message).fixed_by(label, frames);
    } else if stored > 0 && stored % inner != 0 {
        let message = format!(
            "The last index of {} will hold {} of its {} {word}.",
            append.name,
            grouped((stored % inner) as f64),
            grouped(inner as f64)
        );
        let (label, frames) = use_frames(stored.div_ceil(inner).saturating_mul(inner));
        report.warning("max_frame_count", ProblemCode::Incomplete, message).fixed_by(label, frames);
    }
}

fn interval(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStream) {
    let path = "time_point_interval_us";
    let interval = stream.time_point_interval_us;
    if !(0.0..=LONGEST_INTERVAL_US).contains(&interval) {
        let message = format!("The interval must be 0 (continuous) to a week, and is {} \u{b5}s.", grouped(interval));
        report.error(path, ProblemCode::OutOfRange, message).fixed_by("Continuous", 0);
        return;
    }
    if interval == 0.0 {
        return;
    }
    if resolved.storage.append_dimension().is_some_and(|append| append.kind != DimensionKind::Time) {
        let message = "An interval between time points needs time as the open-ended dimension.";
        report.error(path, ProblemCode::Unsupported, message).fixed_by("Continuous", 0);
        return;
    }
    let frames = resolved.frames_per_time_point();
    let needed = frames as f64 * resolved.frame_period_us;
    if interval < needed {
        let message = format!(
            "A time point takes {} ({} {}), longer than the interval of {}: time points will be late.",
            duration_us(needed),
            grouped(frames as f64),
            if frames == 1 { "frame" } else { "frames" },
            duration_us(interval)
        );
        report.warning(path, ProblemCode::Late, message).fixed_by(format!("Use {}", duration_us(needed)), needed);
    }
}
