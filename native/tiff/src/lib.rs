//! TIFF files of anybody's, read: where their planes lie, and what is in them.
//!
//! - [`TiffFile`] (`file`), [`Directory`] (`directory`), [`Chain`] (`chain`): bytes, tags, and the directories one after the other.
//!   [`tag`], [`field_type`]: the numbers that TIFF has for tags and for the types of their values.
//! - [`Page`] (`page`): the image of a directory. `decode`, `codec`: its pixels.
//! - [`planes`] (`planes`): which planes a file means, in the order in which they were taken. `contiguous`: ImageJ, MetaMorph and
//!   tifffile, which may keep many planes behind one directory. `ome`, `ome_set`: OME-TIFF, in one file or in several.
//! - [`Survey`], [`Stack`] (`stack`): planes that are all alike and all there, and their pixels, one by one.
//!
//! With the feature `build`: small files made byte by byte, for tests (`build`).
//!
//! Files may be broken, or made to harm: every number of theirs is bounded before it is believed.

#[cfg(feature = "build")]
pub mod build;
mod chain;
mod codec;
mod contiguous;
mod decode;
mod directory;
mod error;
pub mod field_type;
mod file;
mod ome;
mod ome_set;
mod page;
mod plane;
mod planes;
mod stack;

pub use chain::Chain;
pub use codec::compression_name;
pub use directory::{Directory, tag};
pub use error::TiffError;
pub use file::TiffFile;
pub use page::{Page, SampleKind};
pub use plane::{Member, Plane, Planes};
pub use planes::planes;
pub use stack::{Stack, Survey};
