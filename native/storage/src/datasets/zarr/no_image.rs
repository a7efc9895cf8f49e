/// Why a Zarr hierarchy is not shown as a dataset.
pub(in crate::datasets) struct NoImage {
    /// A phrase.
    pub reason: String,
    /// It holds others, which may be datasets; else it is damaged.
    pub is_container: bool,
}

pub(super) fn damaged(reason: impl Into<String>) -> NoImage {
    NoImage { reason: reason.into(), is_container: false }
}
