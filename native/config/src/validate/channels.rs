//! A camera that gives several frames an exposure, one for each of its channels: they belong into a dimension of their own.

use super::dimensions::LIST;
use super::report::StreamReport;
use crate::{CameraCapabilities, DeviceCatalog, Dimension, DimensionKind, ProblemCode, VideoStream};

pub(super) fn validate(
    report: &mut StreamReport,
    stream: &VideoStream,
    camera: Option<&CameraCapabilities>,
    catalog: &dyn DeviceCatalog,
) {
    let Some(channels) = camera.map(|camera| camera.channels.as_slice()).filter(|channels| channels.len() > 1) else {
        return;
    };
    let names = listed(channels);
    if stream.frame_average_count > 1 {
        let message = format!("This camera gives {names} in turn, and a mean of frames would mix them.");
        report.error("frame_average_count", ProblemCode::Unsupported, message).fixed_by("Save every frame", 1);
    }
    let takes_dimensions = stream.storage.identifier.as_ref().and_then(|device| catalog.storage(&device.name));
    if report.has_error(LIST) || !takes_dimensions.is_some_and(|storage| storage.chunking) {
        return;
    }
    let [width, height] = stream.camera.settings.shape;
    let dimensions = stream.storage.settings.listed_dimensions(width, height);
    if dimensions.get(2).is_some_and(|third| is_for(third, channels)) {
        return;
    }
    let message = format!(
        "This camera gives {names} in turn: without a channel dimension of {} behind y they lie among one another.",
        channels.len()
    );
    let right = with_channels(dimensions, channels);
    report
        .warning(LIST, ProblemCode::ShapeMismatch, message)
        .fixed_by("Add the channels", serde_json::to_value(right).unwrap_or_default());
}

fn is_for(dimension: &Dimension, channels: &[String]) -> bool {
    dimension.kind == DimensionKind::Channel && dimension.array_size_px as usize == channels.len()
}

/// red, green and blue
fn listed(channels: &[String]) -> String {
    match channels {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => channels.join(", "),
    }
}

/// The channels behind x and y: the dimension that has them already, the one of channels, which an image has once, or a new one.
fn with_channels(mut dimensions: Vec<Dimension>, channels: &[String]) -> Vec<Dimension> {
    // The last one grows.
    let mut inner = 2..dimensions.len().saturating_sub(1).max(2);
    let there = inner.clone().find(|at| is_for(&dimensions[*at], channels));
    let there = there.or_else(|| inner.find(|at| dimensions[*at].kind == DimensionKind::Channel));
    let mut of_channels = match there {
        Some(at) => dimensions.remove(at),
        None => {
            let is_free = |name: &&str| dimensions.iter().all(|dimension| dimension.name != *name);
            let name =
                ["c", "channel", "rgb"].iter().find(|name| is_free(name)).copied().unwrap_or_default().to_owned();
            let sharded = dimensions.iter().all(|dimension| dimension.shard_size_chunks > 0);
            Dimension {
                name,
                kind: DimensionKind::Channel,
                chunk_size_px: 1,
                shard_size_chunks: u32::from(sharded),
                ..Dimension::default()
            }
        }
    };
    let count = channels.len() as u32;
    if of_channels.array_size_px != count || of_channels.labels.is_empty() {
        of_channels.labels = channels.to_vec();
    }
    of_channels.array_size_px = count;
    of_channels.chunk_size_px = of_channels.chunk_size_px.clamp(1, count);
    dimensions.insert(2, of_channels);
    dimensions
}
