use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::report::{StreamReport, grouped};
use super::{dimensions, layout, metadata, scales, timing, uri};
use crate::{
    CodecName, Compression, DeviceCatalog, DeviceKind, ProblemCode, ResolvedStream, StorageCapabilities, StorageFormat,
    VideoStream, storage_device,
};

const LONGEST_WRITE_DELAY_MS: f64 = 60_000.0;
/// Each level halves the one before it: more would have nothing left to halve.
const MOST_LEVELS: u32 = 32;
/// Beyond, JavaScript cannot count by one.
const LAST_FRAME_ID: u64 = (1 << 53) - 1;
const BLOSC_LEVELS: RangeInclusive<i32> = 0..=9;
/// What the field uses of libzstd's levels; below -7 little is gained, 22 is its last.
const ZSTD_LEVELS: RangeInclusive<i32> = -7..=22;
/// The level from which on encoders are slow and large: one takes some 90 MB for every thread at level 19.
const SLOW_ZSTD_LEVEL: i32 = 16;

pub(super) fn validate(
    report: &mut StreamReport,
    stream: &VideoStream,
    resolved: &ResolvedStream,
    catalog: &dyn DeviceCatalog,
) {
    dimensions::validate(report, stream, &resolved.storage);
    timing::validate_against_dimensions(report, stream, resolved);
    scales::validate(report, stream, resolved);
    metadata::validate(report, &stream.storage.settings);
    numbers(report, stream);
    let Some(identifier) = stream.storage.identifier.as_ref().filter(|identifier| !identifier.is_none()) else {
        let message = "Choose where the frames go (\"trash\" keeps nothing).";
        report.error("storage.identifier", ProblemCode::Missing, message);
        return;
    };
    let path = "storage.identifier";
    let Some(device) = super::known_device(report, path, identifier, DeviceKind::Storage, catalog) else { return };
    let Some(can) = catalog.storage(device) else { return };
    let format = storage_device(device).map(|device| device.format);
    s3(report, stream);
    uri::validate(report, stream, device, &can);
    layout::validate(report, stream, &resolved.storage, &can);
    // What is thrown away may be configured for anything: so it can be chosen for a trial, and left again.
    if format != Some(StorageFormat::Trash) {
        compression(report, stream, device, &can);
        multiscale(report, stream, device, &can);
    }
}

fn numbers(report: &mut StreamReport, stream: &VideoStream) {
    let delay = stream.storage.write_delay_ms;
    if !(0.0..=LONGEST_WRITE_DELAY_MS).contains(&delay) {
        let near = if delay > 0.0 { LONGEST_WRITE_DELAY_MS } else { 0.0 };
        let message = format!("The write delay must be 0 to 60,000 ms, and is {}.", grouped(delay));
        report
            .error("storage.write_delay_ms", ProblemCode::OutOfRange, message)
            .fixed_by(format!("Use {} ms", grouped(near)), near);
    }
    let settings = &stream.storage.settings;
    if settings.first_frame_id > LAST_FRAME_ID {
        let message = "The first frame's id must be below 2^53.";
        report.error("storage.settings.first_frame_id", ProblemCode::OutOfRange, message).fixed_by("Use 0", 0);
    }
    for (index, scale) in settings.pixel_scale_um.into_iter().enumerate() {
        let path = format!("storage.settings.pixel_scale_um[{index}]");
        dimensions::step(report, &path, "The pixel size", scale);
    }
}

/// Never written, never ignored.
fn s3(report: &mut StreamReport, stream: &VideoStream) {
    let settings = &stream.storage.settings;
    let keys = [
        ("s3_access_key_id", settings.s3_access_key_id.as_deref()),
        ("s3_secret_access_key", settings.s3_secret_access_key.as_deref()),
    ];
    for (field, value) in keys {
        if value.is_some_and(|value| !value.is_empty()) {
            let message = "Writing to S3 is not supported yet: data goes to a folder, and this key would not be used.";
            report
                .error(format!("storage.settings.{field}"), ProblemCode::Unsupported, message)
                .fixed_by("Leave it out", Value::Null);
        }
    }
}

fn compression(report: &mut StreamReport, stream: &VideoStream, device: &str, can: &StorageCapabilities) {
    let path = "storage.settings.compression";
    let Some(Compression { codec, level, .. }) = stream.storage.settings.compression else { return };
    if !can.codecs.contains(&codec) {
        let message = format!("\"{device}\" does not compress.");
        report.error(format!("{path}.codec"), ProblemCode::Unsupported, message).fixed_at(
            path,
            "No compression",
            Value::Null,
        );
        return;
    }
    let levels = match codec {
        CodecName::None => return,
        CodecName::BloscLz4 | CodecName::BloscZstd => BLOSC_LEVELS,
        CodecName::Zstd => ZSTD_LEVELS,
    };
    let path = format!("{path}.level");
    if !levels.contains(&level) {
        let near = level.clamp(*levels.start(), *levels.end());
        let message = format!("The level must be {} to {}, and is {level}.", levels.start(), levels.end());
        report.error(path, ProblemCode::OutOfRange, message).fixed_by(format!("Use {near}"), near);
    } else if codec == CodecName::Zstd && level >= SLOW_ZSTD_LEVEL {
        let message =
            format!("zstd level {level} is slow and takes up to 90 MB for every thread; 1 to 3 keep up with cameras.");
        report.warning(path, ProblemCode::Slow, message).fixed_by("Use 3", 3);
    }
}

fn multiscale(report: &mut StreamReport, stream: &VideoStream, device: &str, can: &StorageCapabilities) {
    let settings = &stream.storage.settings;
    if let Some(multiscale) = settings.multiscale
        && can.multiscale
        && multiscale.max_levels > MOST_LEVELS
    {
        let message = format!("At most {MOST_LEVELS} zoom levels; 0: as many as it takes.");
        report.error("storage.settings.multiscale.max_levels", ProblemCode::OutOfRange, message).fixed_by("Use 0", 0);
    }
    if can.multiscale {
        return;
    }
    // Acquire saves its switch for every device. Ours is one of the same meaning, so it is judged alike.
    let message = format!("\"{device}\" writes no zoom levels, only the Zarr devices do.");
    if settings.multiscale.is_some() {
        report
            .warning("storage.settings.multiscale", ProblemCode::Unused, message)
            .fixed_by("No zoom levels", Value::Null);
    } else if settings.enable_multiscale {
        report
            .warning("storage.settings.enable_multiscale", ProblemCode::Unused, message)
            .fixed_by("No zoom levels", json!(false));
    }
}
