use zarrcam_acquisition::{DatasetAxis, DatasetInfo};
use zarrcam_config::{FEW_CHUNKS, SMALL_CHUNK, unknown_unit};
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
    AxisDescription { name, kind, unit, scale, labels }
}

/// Chunks so small that a plane is many of them.
fn small_chunks(info: &DatasetInfo) -> Option<String> {
    let bits: u128 = info.dtype.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    let bytes = info.chunks.iter().map(|size| u128::from(*size)).product::<u128>() * bits / 8;
    let plane = info.shape.iter().zip(&info.chunks).rev().take(2);
    let chunks: u128 = plane.map(|(size, chunk)| u128::from(size.div_ceil((*chunk).max(1)))).product();
    (bytes < SMALL_CHUNK && chunks > FEW_CHUNKS).then(|| {
        let kind = if info.shards.is_some() { "chunks" } else { "files" };
        format!("A plane is {chunks} {kind} of {bytes} B each: slow to read, copy and delete.")
    })
}
