//! `run.json` of a store of ours, of either format, as somebody may have edited it: it is listed and read through `@live`.
#![no_main]

#[path = "support/file.rs"]
mod file;
#[path = "support/store.rs"]
mod store;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    std::fs::write(store::STORE.private().join("run.json"), data).expect("room for an input");
    store::ask();
});
