use super::ResolvedDimension;
use crate::{DimensionKind, length_um};

/// Levels that a pyramid may have besides the full one; 2^32 pixels a side are one chunk long before.
const MOST_LEVELS: u32 = 32;

/// By how much each dimension is coarser at each level, the full one first. x and y are halved until they fit into one chunk,
/// and with them the first inner Space dimension as long as its step is not already coarser than theirs.
/// `most`: levels besides the full one; 0: as many as it takes.
pub(super) fn levels(dimensions: &[ResolvedDimension], most: u32) -> Vec<Vec<u64>> {
    halved(dimensions, most, |z, x| match (step_um(z), step_um(x)) {
        (Some(z), Some(x)) => Some((z, x)),
        // Nobody said how large either is: then they are taken for equally far apart.
        (None, None) if z.unit.is_empty() && x.unit.is_empty() => Some((z.scale, x.scale)),
        _ => None,
    })
}

fn step_um(dimension: &ResolvedDimension) -> Option<f64> {
    length_um(dimension.scale, &dimension.unit)
}

/// `steps`: of two dimensions of space in one unit; `None`: they cannot be compared.
pub(super) fn halved(
    dimensions: &[ResolvedDimension],
    most: u32,
    steps: impl Fn(&ResolvedDimension, &ResolvedDimension) -> Option<(f64, f64)>,
) -> Vec<Vec<u64>> {
    let mut levels = vec![vec![1; dimensions.len()]];
    let [x, y, beyond @ ..] = dimensions else { return levels };
    let inner = beyond.split_last().map_or(&[][..], |(_, inner)| inner);
    let z = inner.iter().position(|dimension| dimension.kind == DimensionKind::Space).map(|at| at + 2);
    let most = if most == 0 { MOST_LEVELS } else { most.min(MOST_LEVELS) };
    for _ in 0..most {
        let Some(last) = levels.last() else { break };
        let mut factors = last.clone();
        let is_long = |at: usize| u64::from(dimensions[at].size).div_ceil(last[at]) > u64::from(dimensions[at].chunk);
        for at in [0, 1] {
            if is_long(at) {
                factors[at] *= 2;
            }
        }
        if let Some(z) = z.filter(|z| is_long(*z)) {
            let finest = match (steps(&dimensions[z], x), steps(&dimensions[z], y)) {
                (Some((of_z, of_x)), Some((_, of_y))) => {
                    Some((of_z * last[z] as f64, (of_x * last[0] as f64).min(of_y * last[1] as f64)))
                }
                _ => None,
            };
            if finest.is_none_or(|(of_z, of_plane)| of_z < 2.0 * of_plane) {
                factors[z] *= 2;
            }
        }
        if factors == *last {
            break;
        }
        levels.push(factors);
    }
    levels
}
