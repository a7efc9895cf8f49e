//! Other people's Zarr by its metadata alone: the input is an array's document of either format, and its group's.
#![no_main]

#[path = "support/file.rs"]
mod file;

use libfuzzer_sys::fuzz_target;
use zarrcam_storage::{dataset_info, dataset_losses};

fuzz_target!(|data: &[u8]| {
    // The group's document and the array's stand one behind the other.
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (group, array) = (&data[..cut], data.get(cut + 1..).unwrap_or_default());
    for (root, of_group, of_array) in
        [("v3.zarr", "zarr.json", "0/zarr.json"), ("v2.zarr", ".zattrs", "0/.zarray"), ("one.zarr", "zarr.json", "")]
    {
        file::holding(&format!("{root}/{of_group}"), group);
        if !of_array.is_empty() {
            file::holding(&format!("{root}/{of_array}"), array);
        }
        let path = file::FOLDER.join(root);
        let _ = dataset_info(None, &path);
        let _ = dataset_losses(&path, 0, 10);
    }
});
