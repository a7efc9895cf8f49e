use super::report::{StreamReport, grouped};
use super::units;
use crate::channel_colors::color_of;
use crate::limits::shortened;
use crate::{Dimension, DimensionKind, ProblemCode, ResolvedStorage, VideoStream};

pub(super) const LIST: &str = "storage.settings.acquisition_dimensions";

/// Numbers above this are not exact in JavaScript.
const MOST_FRAMES: u64 = 1 << 53;

/// Names, kinds and sizes; an empty list means x, y and a growing t, and is right.
pub(super) fn validate(report: &mut StreamReport, stream: &VideoStream, resolved: &ResolvedStorage) {
    let dimensions = stream.storage.settings.acquisition_dimensions.as_slice();
    if dimensions.is_empty() {
        return;
    }
    names(report, dimensions);
    for (index, dimension) in dimensions.iter().enumerate() {
        details(report, &format!("{LIST}[{index}]"), dimension);
    }
    let shape = stream.camera.settings.shape;
    // Where the camera's shape is wrong itself, nothing is compared with it.
    let shape = (!shape.contains(&0) && !report.has_error("camera.settings.shape")).then_some(shape);
    if order(report, dimensions, shape) {
        return;
    }
    image(report, dimensions, shape);
    if dimensions.len() < 3 {
        too_few(report, dimensions, shape);
        return;
    }
    for (index, dimension) in dimensions.iter().enumerate().take(dimensions.len() - 1).skip(2) {
        if dimension.array_size_px == 0 {
            let message =
                format!("{} must be 1 or more: only the last dimension can be open-ended.", size_of(dimension));
            report
                .error(format!("{LIST}[{index}].array_size_px"), ProblemCode::OutOfRange, message)
                .fixed_by("Use 1", 1);
        }
    }
    if resolved.frames_per_append().is_none_or(|frames| frames > MOST_FRAMES) {
        report.error(LIST, ProblemCode::OutOfRange, "These dimensions hold more frames than can be counted.");
    }
}

/// The list is fastest first: x, y, ... and the one that grows.
fn order(report: &mut StreamReport, dimensions: &[Dimension], shape: Option<[u32; 2]>) -> bool {
    let sizes: Vec<u32> = dimensions.iter().map(|dimension| dimension.array_size_px).collect();
    let (Some([width, height]), true) = (shape, sizes.len() >= 2) else { return false };
    if sizes.starts_with(&[width, height]) {
        return false;
    }
    let backwards = sizes.len() >= 3 && sizes.ends_with(&[height, width]);
    let swapped = sizes.starts_with(&[height, width]);
    if !backwards && !swapped {
        return false;
    }
    let mut right = dimensions.to_vec();
    let message = if backwards {
        right.reverse();
        "The dimensions are in reverse order: the list begins with width and height, and ends with the open-ended one."
    } else {
        right.swap(0, 1);
        "Height comes before width: the list begins with width, then height."
    };
    let value = serde_json::to_value(right).unwrap_or_default();
    report
        .error(LIST, ProblemCode::Order, message)
        .fixed_by(if backwards { "Reverse them" } else { "Swap the two" }, value);
    true
}

/// The first two are the camera's picture.
fn image(report: &mut StreamReport, dimensions: &[Dimension], shape: Option<[u32; 2]>) {
    for (index, (dimension, side)) in dimensions.iter().zip(["width", "height"]).enumerate() {
        let path = format!("{LIST}[{index}]");
        if dimension.kind != DimensionKind::Space {
            let message = format!("The image {side} is an axis of space, not of type {:?}.", dimension.kind);
            report.error(format!("{path}.kind"), ProblemCode::Unsupported, message).fixed_by("Use Space", "Space");
        }
        let Some(right) = shape.map(|shape| shape[index]).filter(|right| *right != dimension.array_size_px) else {
            continue;
        };
        let message = format!(
            "Must be the image {side}, {} px, and is {}.",
            grouped(right.into()),
            grouped(dimension.array_size_px.into())
        );
        report
            .error(format!("{path}.array_size_px"), ProblemCode::ShapeMismatch, message)
            .fixed_by(format!("Use {} px", grouped(right.into())), right);
    }
}

fn too_few(report: &mut StreamReport, dimensions: &[Dimension], shape: Option<[u32; 2]>) {
    let message = "At least three dimensions are needed: width, height, and an open-ended one such as time.";
    let noted = report.error(LIST, ProblemCode::TooFew, message);
    if dimensions.len() == 2 && shape.is_some() {
        let t = Dimension { name: "t".into(), kind: DimensionKind::Time, ..Dimension::default() };
        let sharded = dimensions.iter().all(|dimension| dimension.shard_size_chunks > 0);
        let t = Dimension { shard_size_chunks: u32::from(sharded), ..t };
        let right: Vec<_> = dimensions.iter().cloned().chain([t]).collect();
        noted.fixed_by("Add an open-ended t", serde_json::to_value(right).unwrap_or_default());
    }
}

fn names(report: &mut StreamReport, dimensions: &[Dimension]) {
    for (index, dimension) in dimensions.iter().enumerate() {
        let path = format!("{LIST}[{index}].name");
        let name = dimension.name.as_str();
        let taken = |name: &str| dimensions.iter().any(|other| other.name == name);
        let usual = match (index, dimension.kind) {
            (0, _) => Some("x"),
            (1, _) => Some("y"),
            (_, DimensionKind::Space) => Some("z"),
            (_, DimensionKind::Channel) => Some("c"),
            (_, DimensionKind::Time) => Some("t"),
            (_, DimensionKind::Other) => None,
        };
        if name.is_empty() {
            let noted = report.error(path, ProblemCode::Missing, "Every dimension needs a name.");
            if let Some(usual) = usual.filter(|usual| !taken(usual)) {
                noted.fixed_by(format!("Use {usual}"), usual);
            }
        } else if name.trim() != name || name.chars().any(char::is_control) {
            let clean: String = name.chars().filter(|c| !c.is_control()).collect();
            let clean = clean.trim().to_owned();
            let noted = report.error(
                path,
                ProblemCode::Name,
                "A dimension's name has no blanks around it and no control characters.",
            );
            if !clean.is_empty() && !taken(&clean) {
                noted.fixed_by(format!("Use {clean}"), clean);
            }
        } else if dimensions[..index].iter().any(|other| other.name == name) {
            let message = format!("Two dimensions are named \"{name}\".");
            let noted = report.error(path, ProblemCode::Duplicate, message);
            if let Some(usual) = usual.filter(|usual| !taken(usual)) {
                noted.fixed_by(format!("Use {usual}"), usual);
            }
        }
    }
}

fn details(report: &mut StreamReport, path: &str, dimension: &Dimension) {
    if dimension.chunk_size_px == 0 {
        let whole = dimension.array_size_px.max(1);
        report
            .error(format!("{path}.chunk_size_px"), ProblemCode::OutOfRange, "A chunk must be 1 or more.")
            .fixed_by(format!("Use {}", grouped(whole.into())), whole);
    }
    step(report, &format!("{path}.scale"), "The spacing", dimension.scale);
    let labels = dimension.labels.len();
    if labels > 0 && labels != dimension.array_size_px as usize {
        let message = if dimension.array_size_px == 0 {
            "An open-ended dimension has no names.".to_owned()
        } else {
            let (size, noun) = (dimension.array_size_px, element_of(dimension));
            let s = |count: usize| if count == 1 { "" } else { "s" };
            let (size, of) = (grouped(size.into()), s(size as usize));
            format!("{size} {noun}{of}, but {labels} name{}: give one name for each {noun}.", s(labels))
        };
        let noted = report.error(format!("{path}.labels"), ProblemCode::Labels, message);
        if dimension.array_size_px == 0 {
            noted.fixed_by("Leave them out", Vec::<String>::new());
        }
    }
    colors(report, path, dimension);
    units::validate(report, path, dimension);
}

/// They go with the names; of more than there are channels nobody knows which are meant.
fn colors(report: &mut StreamReport, path: &str, dimension: &Dimension) {
    let path = format!("{path}.colors");
    if dimension.colors.len() > dimension.labels.len() {
        let message = "Colours are for named channels: give one name for each colour.";
        report.error(path, ProblemCode::Labels, message).fixed_by("No colours", Vec::<String>::new());
        return;
    }
    for (index, color) in dimension.colors.iter().enumerate() {
        if !color.is_empty() && color_of(color).is_none() {
            let message = format!("\"{}\" is not a colour: write it like 00FF00.", shortened(color));
            report.error(format!("{path}[{index}]"), ProblemCode::OutOfRange, message).fixed_by("By the name", "");
        }
    }
}

/// "Planes", for a field that is called so.
fn size_of(dimension: &Dimension) -> String {
    match dimension.kind {
        DimensionKind::Space => "Planes".into(),
        DimensionKind::Channel => "Channels".into(),
        DimensionKind::Time => "Time points".into(),
        DimensionKind::Other => format!("The size of \"{}\"", dimension.name),
    }
}

/// What one element of it is called: "plane".
pub(super) fn element_of(dimension: &Dimension) -> &'static str {
    match dimension.kind {
        DimensionKind::Space => "plane",
        DimensionKind::Channel => "channel",
        DimensionKind::Time => "time point",
        DimensionKind::Other => "element",
    }
}

/// 0 leaves it open. A step that no unit makes sensible would leave the range of numbers in a zoom level or another unit.
pub(super) fn step(report: &mut StreamReport, path: &str, what: &str, value: f64) {
    const RANGE: std::ops::RangeInclusive<f64> = 1e-30..=1e30;
    if value == 0.0 || RANGE.contains(&value) {
        return;
    }
    let message = if value > 0.0 {
        format!("{what} must be 1e-30 to 1e30, and is {value:e}.")
    } else {
        format!("{what} must be above 0, and is {}.", grouped(value))
    };
    report.error(path, ProblemCode::OutOfRange, message);
}
