//! Stores whose image is the store, and whose image lies deeper, read by zarr-python and TensorStore, which list them and never
//! meet our own files.

use std::path::Path;

use crate::common::{Case, recorder};
use crate::readers::read_by_others;
use serde_json::json;
use zarrcam_config::{DownsampleMethod, Multiscale};
use zarrcam_storage::{FrameSink, ZarrSink};

#[test]
fn readers_that_list_groups_never_meet_our_files() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("image-fixtures-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut stores = Vec::new();
    for device in ["Zarr", "ZarrV3", "ZarrBlosc1Lz4ByteShuffle", "ZarrV3Blosc1ZstdByteShuffle"] {
        for image in ["", "A/1/0"] {
            for is_closed in [true, false] {
                let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 });
                let case =
                    Case { multiscale, drops: vec![], frames: 48, ..Case::small(device, device.starts_with("ZarrV3")) };
                let name = format!("{}.zarr", stores.len());
                let spec = case.spec(&folder.join(&name));
                let mut sink = Box::new(ZarrSink::create_image(&spec, image.parse().unwrap(), recorder().1).unwrap());
                case.append(&mut *sink, 0..case.frames).unwrap();
                // Or as a crash leaves it, with spills.
                if is_closed {
                    (sink as Box<dyn FrameSink>).finish(false).unwrap();
                }
                let pixels: Vec<u8> = (0..case.frames).flat_map(|frame_index| case.pixels(frame_index)).collect();
                std::fs::write(folder.join(format!("{name}.raw")), pixels).unwrap();
                stores.push(
                    json!({ "name": name, "image": image, "closed": is_closed, "v3": device.starts_with("ZarrV3") }),
                );
            }
        }
    }
    std::fs::write(folder.join("images.json"), json!(stores).to_string()).unwrap();
    read_by_others("test_images.py", &folder);
    std::fs::remove_dir_all(&folder).unwrap();
}
