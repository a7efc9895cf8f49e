//! What is written is read, whatever the layout.

use crate::common::layouts::{DEVICES, cases};
use crate::common::{self, Case, dimension, stored};
use proptest::prelude::*;
use zarrcam_config::{DimensionKind, DownsampleMethod, Multiscale};
use zarrcam_frame::PixelType;

fn round_trip(case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let events = case.write(&path);
    let stored = stored(&events);
    let expected = (0..case.frames).filter(|frame_index| !case.is_dropped(*frame_index));
    assert!(stored.iter().copied().eq(expected), "stored: {stored:?}");
    case.check(&path, |frame_index| stored.contains(&frame_index));
    assert!(!zarrcam_storage::needs_recovery(&path));
    let left: Vec<_> =
        std::fs::read_dir(path.join("0/.zarrcam")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("spill")), "{left:?}");
}

#[test]
fn every_device_with_ragged_edges_and_drops() {
    for device in DEVICES {
        round_trip(&Case::small(device, false));
        if device.starts_with("ZarrV3") {
            round_trip(&Case::small(device, true));
        }
    }
}

#[test]
fn pyramids_of_every_method() {
    for device in ["Zarr", "ZarrV3Blosc1Lz4ByteShuffle"] {
        for method in [DownsampleMethod::Mean, DownsampleMethod::Decimate, DownsampleMethod::Min, DownsampleMethod::Max]
        {
            let multiscale = Some(Multiscale { method, max_levels: 0 });
            round_trip(&Case { multiscale, ..Case::small(device, device != "Zarr") });
        }
    }
}

/// Tiles large enough to be written past the page cache, whose places do and do not begin at a block of the disk.
fn large(device: &'static str, width: u32, tile_width: u32, shards: bool) -> Case {
    let shard = |size| if shards { size } else { 0 };
    Case {
        dimensions: vec![
            dimension("x", DimensionKind::Space, width, tile_width, shard(2)),
            dimension("y", DimensionKind::Space, 256, 256, shard(1)),
            dimension("z", DimensionKind::Space, 3, 2, shard(1)),
            dimension("t", DimensionKind::Time, 0, 3, shard(2)),
        ],
        frames: 24,
        drops: vec![4, 11],
        ..Case::small(device, shards)
    }
}

#[test]
fn large_tiles() {
    for device in ["Zarr", "ZarrV3", "ZarrV3Blosc1Lz4ByteShuffle"] {
        for (width, tile_width) in [(256, 256), (512, 256), (301, 301), (533, 301)] {
            for multiscale in [None, Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 })] {
                let multiscale = multiscale.filter(|_| width > tile_width);
                round_trip(&Case { multiscale, ..large(device, width, tile_width, device != "Zarr") });
            }
        }
    }
}

fn lend(case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (events, sender) = common::recorder();
    let mut sink = zarrcam_storage::ZarrSink::create(&case.spec(&path), sender).unwrap();
    for frame_index in 0..case.frames {
        let mut lent = case.pixels(frame_index);
        sink.append_copy(frame_index, zarrcam_frame::FrameStamp::default(), &lent).unwrap();
        lent.fill(0xff);
    }
    zarrcam_storage::FrameSink::finish(Box::new(sink), false).unwrap();
    assert_eq!(stored(&events.lock().unwrap()).len() as u64, case.frames);
    case.check(&path, |frame_index| frame_index < case.frames);
}

#[test]
fn frames_that_are_only_lent_are_copied() {
    for device in ["Zarr", "ZarrV3Blosc1Lz4ByteShuffle"] {
        for (width, tile_width) in [(512, 256), (533, 301), (47, 20)] {
            for multiscale in [None, Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 0 })] {
                lend(&Case { multiscale, drops: vec![], ..large(device, width, tile_width, false) });
            }
        }
    }
}

/// Frames of so many tasks that the owner's thread helps to encode them where they lie.
#[test]
fn large_frames_that_are_only_lent_are_encoded_before_they_go_back() {
    let mean = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 2 });
    for (device, multiscale) in [("ZarrV3Blosc1Lz4ByteShuffle", mean), ("ZarrBlosc1ZstdByteShuffle", None)] {
        lend(&Case { multiscale, frames: 3, ..lent_in_place(device) });
    }
}

/// Frames of 4 MiB, in eight tasks.
fn lent_in_place(device: &'static str) -> Case {
    Case {
        dimensions: vec![
            dimension("x", DimensionKind::Space, 2048, 512, 0),
            dimension("y", DimensionKind::Space, 2048, 512, 0),
            dimension("t", DimensionKind::Time, 0, 2, 0),
        ],
        order: ["t", "y", "x"].map(str::to_owned).to_vec(),
        pixel_type: PixelType::U8,
        drops: vec![],
        multiscale: None,
        ..Case::small(device, false)
    }
}

#[test]
fn who_lent_a_frame_hears_of_a_failure_and_is_not_held() {
    let case = lent_in_place("ZarrV3Blosc1Lz4ByteShuffle");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    let (_events, sender) = common::recorder();
    let mut sink = zarrcam_storage::ZarrSink::create(&case.spec(&path), sender).unwrap();
    let pixels = case.pixels(0);
    let stamp = zarrcam_frame::FrameStamp::default;
    (0..3).for_each(|frame_index| sink.append_copy(frame_index, stamp(), &pixels).unwrap());
    std::fs::rename(&path, folder.path().join("away")).unwrap();
    let start = std::time::Instant::now();
    let refused = (3..).find_map(|frame_index| sink.append_copy(frame_index, stamp(), &pixels).err());
    assert!(refused.is_some());
    assert!(zarrcam_storage::FrameSink::finish(Box::new(sink), false).is_err());
    assert!(start.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn no_frame_at_all() {
    for device in DEVICES {
        let case = Case { frames: 0, drops: vec![], ..Case::small(device, false) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        case.write(&path);
        assert_eq!(common::read_array(&path, 0, &case).shape[0], 0);
    }
}

#[test]
fn only_drops() {
    for device in DEVICES {
        round_trip(&Case { frames: 30, drops: (0..30).collect(), ..Case::small(device, false) });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_layout(case in cases()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.zarr");
        let events = case.write(&path);
        let stored = stored(&events);
        prop_assert_eq!(stored.len() as u64, case.frames - case.drops.len() as u64);
        let multiscale = case.multiscale.filter(|_| path.join("1").exists());
        Case { multiscale, ..case }.check(&path, |frame_index| stored.contains(&frame_index));
    }
}
