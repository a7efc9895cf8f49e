//! What a configuration's dimensions mean for the array: their order, scales and units, and what is wrong with them.

use zarrcam_config::{Dimension, DimensionKind};

use crate::layout::LayoutError;

/// x and y of the camera and a growing t: what an empty list of dimensions means.
pub fn default_dimensions(width: u32, height: u32) -> Vec<Dimension> {
    let space = |name: &str, size: u32| Dimension {
        name: name.to_owned(),
        kind: DimensionKind::Space,
        array_size_px: size,
        chunk_size_px: size.clamp(1, 512),
        ..Dimension::default()
    };
    let time = Dimension { name: "t".to_owned(), kind: DimensionKind::Time, chunk_size_px: 16, ..Dimension::default() };
    vec![space("x", width), space("y", height), time]
}

pub(crate) fn check(dimensions: &[Dimension]) -> Result<(), LayoutError> {
    let sharded = dimensions.iter().any(|dimension| dimension.shard_size_chunks > 0);
    for (index, dimension) in dimensions.iter().enumerate() {
        let wrong = |reason: &str| {
            let name = if dimension.name.is_empty() { format!("number {index}") } else { dimension.name.clone() };
            Err(LayoutError::Dimension { name, reason: reason.to_owned() })
        };
        if dimension.name.is_empty() {
            return wrong("it has no name");
        }
        if dimensions[..index].iter().any(|other| other.name == dimension.name) {
            return wrong("the name is used twice");
        }
        if dimension.chunk_size_px == 0 {
            return wrong("chunk_size_px must be at least 1");
        }
        if dimension.array_size_px == 0 && index + 1 < dimensions.len() {
            return wrong("only the last dimension may grow; array_size_px must be at least 1");
        }
        if sharded && dimension.shard_size_chunks == 0 {
            return wrong("shard_size_chunks is 0 here and not in other dimensions; all or none");
        }
    }
    Ok(())
}

/// Indices of the dimensions in the order of the array's axes.
pub(crate) fn storage_order(dimensions: &[Dimension], names: &[String]) -> Result<Vec<usize>, LayoutError> {
    let count = dimensions.len();
    if names.is_empty() {
        return Ok((0..count).rev().collect());
    }
    let mut order = Vec::with_capacity(count);
    for name in names {
        let Some(index) = dimensions.iter().position(|dimension| dimension.name == *name) else {
            return Err(LayoutError::StorageOrder(format!("there is no dimension {name}")));
        };
        if order.contains(&index) {
            return Err(LayoutError::StorageOrder(format!("{name} is named twice")));
        }
        order.push(index);
    }
    if order.len() != count {
        return Err(LayoutError::StorageOrder(format!("it names {} of {count} dimensions", order.len())));
    }
    if order[count - 2..] != [1, 0] {
        let (y, x) = (&dimensions[1].name, &dimensions[0].name);
        return Err(LayoutError::StorageOrder(format!("it must end with {y}, {x}: a frame stays in one piece")));
    }
    Ok(order)
}

pub(crate) fn scale(dimensions: &[Dimension], index: usize, pixel_scale_um: [f64; 2]) -> f64 {
    let fallback = if index < 2 { pixel_scale_um[index] } else { 1.0 };
    let positive = |value: f64| (value.is_finite() && value > 0.0).then_some(value);
    positive(dimensions[index].scale).or(positive(fallback)).unwrap_or(1.0)
}

/// x and y without a unit are micrometres, for that is what `pixel_scale_um` says.
pub(crate) fn unit(dimensions: &[Dimension], index: usize) -> String {
    let dimension = &dimensions[index];
    if dimension.unit.is_empty() && index < 2 && dimension.kind == DimensionKind::Space && dimension.scale == 0.0 {
        return "micrometer".to_owned();
    }
    dimension.unit.clone()
}
