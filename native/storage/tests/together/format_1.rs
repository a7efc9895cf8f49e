//! Stores that a writer of format 1 left are what they were: they open, are recovered, listed and served, with the layout that
//! their own writer made of what their settings left open.

use crate::kept::{self, Case};
use zarrcam_storage::Store;

const FORMAT: &str = "format-1";

#[test]
fn the_layout_is_the_one_that_their_metadata_tells() {
    let cases = Case::all(FORMAT);
    assert_eq!(cases.len(), 10);
    cases.iter().for_each(|case| kept::check_layout(case, 1));
}

#[test]
fn they_are_recovered_listed_and_served_with_the_right_pixels() {
    Case::all(FORMAT).iter().for_each(|case| kept::check_whole(case, 1));
}

#[test]
fn an_old_store_of_unfilled_settings_keeps_the_defaults_of_its_time() {
    let case = Case::of("format-1", "empty-dimensions");
    let store = Store::open(&case.path()).unwrap();
    assert_eq!(store.layout().levels()[0].chunk, [16, 4, 512]);
    let axes: Vec<_> = store.layout().axes().iter().map(|axis| (axis.scale, axis.unit.as_str())).collect();
    assert_eq!(axes, [(1.0, ""), (0.25, "micrometer"), (0.25, "micrometer")]);
    // The pixel scale, in micrometers, was called nanometers. What is on disk says so, and says it as long as it stands there.
    let case = Case::of("format-1", "pyramid-nanometer");
    let store = Store::open(&case.path()).unwrap();
    assert_eq!(store.layout().axes()[3].scale, 0.25);
    let factors: Vec<_> = store.layout().levels().iter().map(|level| level.factors.clone()).collect();
    assert_eq!(factors, [[1, 1, 1, 1], [1, 1, 2, 2], [1, 1, 4, 4], [1, 1, 8, 8]].map(Vec::from));
}
