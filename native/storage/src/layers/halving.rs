use zarrcam_zarr::Halve;

use crate::store::Store;

/// Which axes of a plane are halved from a level to the next.
pub(crate) fn halve(store: &Store, level: usize) -> Halve {
    let (fine, coarse) = (&store.layout().levels()[level], &store.layout().levels()[level + 1]);
    let last = fine.factors.len() - 1;
    Halve { x: fine.factors[last] != coarse.factors[last], y: fine.factors[last - 1] != coarse.factors[last - 1] }
}

/// Whether planes of a level are joined in pairs to those of the next.
pub(crate) fn joins_pairs(store: &Store, level: usize) -> bool {
    let (fine, coarse) = (&store.layout().levels()[level], &store.layout().levels()[level + 1]);
    let outer = fine.factors.len() - 2;
    fine.factors[..outer] != coarse.factors[..outer]
}
