//! The core in a page: converts, decides nothing. A plain C interface, so that cargo alone builds it; `web/src/recorder/core.ts` is
//! its other side, and its specification is there.
//!
//! - `calls`: what is asked with data and answered with data: configuration, validation, plans, suggestions. `bridge_run`: what storing a
//!   bridge's run here would be.
//! - `document`: the configuration of a page that records by itself. `shelf`: the browser's storage as a place for datasets.
//! - `camera`: the simulated cameras, asked by an event loop.
//! - `store`, `files`: datasets in the browser's own storage, whose files JavaScript opens.
//! - `recording`: one stream recorded into a store. `figures`: what the world is told of it. `dataset`: one that is looked at, closed or not.
//! - `previews`: live pictures of what the cameras give.
//! - `text`: JSON across the border. `host`: what JavaScript does for us: clocks, and what is said of a panic.
//!
//! It exists for wasm alone: elsewhere this crate is empty.

#![cfg(target_arch = "wasm32")]

mod bridge_run;
mod calls;
mod camera;
mod catalog;
mod dataset;
mod document;
mod figures;
mod files;
mod host;
mod previews;
mod recording;
mod shelf;
mod store;
mod text;
