//! (map of this crate)
