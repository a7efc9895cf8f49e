//! What can be wrong with dimensions, and the order in which they lie.

use zarrcam_config::ResolvedDimension;

use crate::layout_error::LayoutError;

pub(crate) fn check(dimensions: &[ResolvedDimension]) -> Result<(), LayoutError> {
    let sharded = dimensions.iter().any(|dimension| dimension.shard_chunks > 0);
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
        if dimension.chunk == 0 {
            return wrong("chunk_size_px must be at least 1");
        }
        if dimension.size == 0 && index + 1 < dimensions.len() {
            return wrong("only the last dimension may grow; array_size_px must be at least 1");
        }
        if sharded && dimension.shard_chunks == 0 {
            return wrong("shard_size_chunks is 0 here and not in other dimensions; all or none");
        }
    }
    Ok(())
}

/// Indices of the dimensions in the order of the array's axes.
pub(crate) fn storage_order(dimensions: &[ResolvedDimension], names: &[String]) -> Result<Vec<usize>, LayoutError> {
    let count = dimensions.len();
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
