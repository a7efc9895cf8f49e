use zarrcam_acquisition::{DatasetAxis, DatasetInfo};
use zarrcam_config::{ChunkedAxis, too_many_small_chunks, unknown_unit};
use zarrcam_zarr::{AxisDescription, why_not_ngff};

/// What other programs may stumble over in a Zarr dataset, in whole sentences. `is_image`: it has metadata of OME-NGFF.
pub(super) fn of(info: &DatasetInfo, is_image: bool) -> Vec<String> {
    let axes: Vec<_> = info.axes.iter().map(described).collect();
    let mut remarks = Vec::new();
    let reason = if is_image { why_not_ngff(&axes) } else { Some("it has no OME-NGFF metadata".to_owned()) };
    remarks.extend(reason.map(|why| format!("It is no OME-Zarr: {why}. Programs that ask for one do not open it.")));
    let units = info.axes.iter().filter_map(|axis| Some((axis, unknown_unit(axis.kind, &axis.unit)?)));
    remarks.extend(units.map(|(axis, message)| format!("Axis {}: {message}", axis.name)));
    remarks.extend(small_chunks(info));
    remarks
}

fn described(axis: &DatasetAxis) -> AxisDescription {
    let DatasetAxis { name, kind, unit, scale, labels } = axis.clone();
    AxisDescription { name, kind, unit, scale, labels, colors: Vec::new() }
}

/// Chunks so small that a plane is many of them.
fn small_chunks(info: &DatasetInfo) -> Option<String> {
    let bits: u128 = info.dtype.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    // Other people's metadata may say any number; what cannot be counted is not small.
    let bytes = info.chunks.iter().try_fold(bits, |product, size| product.checked_mul((*size).into()))? / 8;
    let axes = info.shape.iter().zip(&info.chunks).map(|(&size, &chunk)| ChunkedAxis { size, chunk });
    let chunks = too_many_small_chunks(axes.rev().take(2), bytes)?;
    let kind = if info.shards.is_some() { "chunks" } else { "files" };
    Some(format!("A plane is {chunks} {kind} of {bytes} B each: slow to read, copy and delete."))
}
