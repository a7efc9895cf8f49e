//! What a document leaves open means one thing, whatever else it says.

use proptest::prelude::*;
use zarrcam_config::{
    CodecName, Compression, Dimension, DimensionKind, DownsampleMethod, Multiscale, ResolvedStorage, StorageFormat,
    StorageSettings, VideoStream, length_um,
};
use zarrcam_frame::PixelType;

use crate::common;

fn dimension(name: &str, kind: DimensionKind, size: u32) -> Dimension {
    Dimension { name: name.into(), kind, array_size_px: size, ..Dimension::default() }
}

fn stream(settings: StorageSettings) -> VideoStream {
    VideoStream::of_frames("ZarrV3", settings, PixelType::U8, [64, 48])
}

fn tzyx(scales: [(f64, &str); 4]) -> Vec<Dimension> {
    let kinds = [
        ("x", DimensionKind::Space, 64),
        ("y", DimensionKind::Space, 48),
        ("z", DimensionKind::Space, 5),
        ("t", DimensionKind::Time, 0),
    ];
    kinds
        .into_iter()
        .zip(scales)
        .map(|((name, kind, size), (scale, unit))| Dimension {
            scale,
            unit: unit.into(),
            ..dimension(name, kind, size)
        })
        .collect()
}

fn steps(storage: &ResolvedStorage) -> Vec<(f64, &str)> {
    storage.dimensions.iter().map(|dimension| (dimension.scale, dimension.unit.as_str())).collect()
}

#[test]
fn an_empty_list_means_x_y_and_a_growing_t() {
    let storage =
        VideoStream::of_frames("ZarrV3", StorageSettings::default(), PixelType::U8, [1920, 1080]).resolve().storage;
    let facts: Vec<_> = storage.dimensions.iter().map(|d| (d.name.as_str(), d.size, d.chunk, d.shard_chunks)).collect();
    assert_eq!(facts, [("x", 1920, 960, 0), ("y", 1080, 540, 0), ("t", 0, 32, 0)]);
    assert_eq!(steps(&storage), [(1.0, ""), (1.0, ""), (1.0, "")]);
    assert_eq!(storage.storage_order, ["t", "y", "x"]);
    assert_eq!((storage.pixel_size(), storage.pixel_size_um()), (None, None));
}

#[test]
fn a_pixel_size_in_micrometers_is_stored_in_the_unit_that_the_dimension_names() {
    for (unit, scale, name) in [
        ("", 0.25, "micrometer"),
        ("nanometer", 250.0, "nanometer"),
        ("nm", 250.0, "nanometer"),
        ("um", 0.25, "micrometer"),
        ("\u{b5}m", 0.25, "micrometer"),
        ("millimeter", 0.00025, "millimeter"),
        ("mm", 0.00025, "millimeter"),
        ("angstrom", 2500.0, "angstrom"),
        ("picometer", 250_000.0, "picometer"),
        // Not a unit that anybody could convert to.
        ("furlong", 0.25, "micrometer"),
    ] {
        let dimensions = tzyx([(0.0, unit), (0.0, unit), (0.0, ""), (0.0, "")]);
        let settings = StorageSettings {
            pixel_scale_um: [0.25; 2],
            acquisition_dimensions: dimensions,
            ..StorageSettings::default()
        };
        let storage = stream(settings).resolve().storage;
        assert_eq!(steps(&storage)[..2], [(scale, name), (scale, name)], "{unit}");
        let um = storage.pixel_size_um().expect("it is calibrated");
        assert!(um.iter().all(|um| (um - 0.25).abs() < 1e-12), "{unit}: {um:?}");
    }
}

#[test]
fn the_dimension_s_own_step_comes_first_and_its_unit_is_spelt_as_readers_know_it() {
    let dimensions = tzyx([(300.0, "nm"), (0.5, "furlong"), (2.0, "microns"), (1500.0, "ms")]);
    let settings =
        StorageSettings { pixel_scale_um: [0.25; 2], acquisition_dimensions: dimensions, ..StorageSettings::default() };
    let storage = VideoStream { time_point_interval_us: 3e6, ..stream(settings) }.resolve().storage;
    assert_eq!(steps(&storage), [(300.0, "nanometer"), (0.5, "furlong"), (2.0, "micrometer"), (1500.0, "millisecond")]);
    assert_eq!((storage.pixel_size(), storage.pixel_size_um()), (None, None));
}

#[test]
fn without_a_size_there_is_no_unit() {
    let dimensions = tzyx([(0.0, "nanometer"), (0.0, ""), (0.0, "micrometer"), (0.0, "second")]);
    let storage =
        stream(StorageSettings { acquisition_dimensions: dimensions, ..StorageSettings::default() }).resolve().storage;
    assert_eq!(steps(&storage), [(1.0, ""); 4]);
}

#[test]
fn x_and_y_may_be_of_two_units() {
    let dimensions = tzyx([(0.5, "micrometer"), (250.0, "nanometer"), (0.0, ""), (0.0, "")]);
    let storage =
        stream(StorageSettings { acquisition_dimensions: dimensions, ..StorageSettings::default() }).resolve().storage;
    let size = storage.pixel_size().expect("both are known");
    assert_eq!((size.x, size.y, size.unit.as_str()), (0.5, 0.25, "micrometer"));
    assert_eq!(storage.pixel_size_um(), Some([0.5, 0.25]));
}

#[test]
fn time_is_in_seconds_by_the_interval_or_by_the_frames() {
    let dimensions = |unit: &str| tzyx([(0.0, ""), (0.0, ""), (0.0, ""), (0.0, unit)]);
    let time = |change: &dyn Fn(&mut VideoStream), unit: &str| {
        let mut stream =
            stream(StorageSettings { acquisition_dimensions: dimensions(unit), ..StorageSettings::default() });
        change(&mut stream);
        let t = stream.resolve().storage.dimensions.remove(3);
        (t.scale, t.unit)
    };
    let second = |scale: f64| (scale, "second".to_owned());
    assert_eq!(time(&|_| {}, ""), (1.0, String::new()), "as fast as it can: nobody knows");
    assert_eq!(time(&|stream| stream.camera.settings.exposure_time_us = 10_000.0, ""), second(0.05));
    assert_eq!(time(&|stream| stream.frame_period_us = 20_000.0, ""), second(0.1));
    let averaged = |stream: &mut VideoStream| {
        stream.frame_period_us = 20_000.0;
        stream.frame_average_count = 4;
    };
    assert_eq!(time(&averaged, ""), second(0.4));
    assert_eq!(time(&averaged, "millisecond"), (400.0, "millisecond".to_owned()));
    let interval = |stream: &mut VideoStream| {
        averaged(stream);
        stream.time_point_interval_us = 2e6;
    };
    assert_eq!(time(&interval, ""), second(2.0));
    assert_eq!(time(&interval, "minute"), (2.0 / 60.0, "minute".to_owned()));
    let triggered = |stream: &mut VideoStream| {
        averaged(stream);
        stream.camera.settings.input_triggers.frame_start.enable = true;
    };
    assert_eq!(time(&triggered, ""), (1.0, String::new()), "the trigger says when");
}

#[test]
fn a_time_that_is_not_last_goes_by_the_frames_before_it() {
    let mut dimensions = tzyx([(0.0, ""), (0.0, ""), (0.0, ""), (0.0, "")]);
    dimensions[3].array_size_px = 7;
    dimensions.push(dimension("p", DimensionKind::Other, 0));
    let mut stream = stream(StorageSettings { acquisition_dimensions: dimensions, ..StorageSettings::default() });
    stream.frame_period_us = 1e5;
    assert_eq!(steps(&stream.resolve().storage)[3..], [(0.5, "second"), (1.0, "")]);
}

#[test]
fn binning_does_not_change_the_size_of_a_stored_pixel() {
    let mut stream = stream(StorageSettings { pixel_scale_um: [0.5, 0.5], ..StorageSettings::default() });
    stream.camera.settings.binning = 4;
    assert_eq!(stream.resolve().storage.pixel_size_um(), Some([0.5, 0.5]));
}

#[test]
fn the_document_overrides_what_the_device_s_name_implies() {
    let resolved = |device: &str, settings: StorageSettings| {
        VideoStream::of_frames(device, settings, PixelType::U16, [64, 48]).resolve().storage
    };
    let implied = resolved("ZarrV3Blosc1ZstdByteShuffle", StorageSettings::default());
    assert_eq!((implied.format, implied.compression.codec), (Some(StorageFormat::Zarr3), CodecName::BloscZstd));
    let zstd = Compression { codec: CodecName::Zstd, ..Compression::default() };
    let asked = resolved(
        "ZarrV3Blosc1ZstdByteShuffle",
        StorageSettings { compression: Some(zstd), ..StorageSettings::default() },
    );
    assert_eq!(asked.compression, zstd);
    // What a device has not, it does not write.
    let mut dimensions = tzyx([(0.0, ""); 4]);
    dimensions.iter_mut().for_each(|dimension| (dimension.chunk_size_px, dimension.shard_size_chunks) = (8, 2));
    let all = StorageSettings {
        acquisition_dimensions: dimensions,
        enable_multiscale: true,
        compression: Some(zstd),
        ..StorageSettings::default()
    };
    assert!(resolved("ZarrV3", all.clone()).is_sharded() && resolved("ZarrV3", all.clone()).levels.len() > 1);
    assert!(!resolved("Zarr", all.clone()).is_sharded() && resolved("Zarr", all.clone()).levels.len() > 1);
    let tiff = resolved("tiff", all.clone());
    assert!(!tiff.is_sharded() && tiff.levels.len() == 1 && tiff.compression.codec == CodecName::None);
    assert_eq!(resolved("Zarr 3", all).format, None);
}

#[test]
fn a_stack_is_halved_by_its_size_in_space_whatever_the_units() {
    let factors = |z: (f64, &str)| {
        let mut dimensions = tzyx([(0.25, "micrometer"), (250.0, "nanometer"), z, (0.0, "")]);
        (dimensions[0].chunk_size_px, dimensions[1].chunk_size_px) = (8, 6);
        (dimensions[2].array_size_px, dimensions[2].chunk_size_px) = (40, 2);
        let multiscale = Some(Multiscale { method: DownsampleMethod::Mean, max_levels: 2 });
        let settings = StorageSettings { acquisition_dimensions: dimensions, multiscale, ..StorageSettings::default() };
        stream(settings).resolve().storage.levels.iter().map(|factors| factors[2]).collect::<Vec<_>>()
    };
    assert_eq!(factors((0.25, "micrometer")), [1, 2, 4]);
    assert_eq!(factors((500.0, "nanometer")), [1, 1, 2], "already coarser");
    assert_eq!(factors((0.5, "micrometer")), [1, 1, 2]);
    assert_eq!(factors((0.0, "")), [1, 2, 4], "nobody knows");
}

#[test]
fn a_run_stores_what_the_camera_s_frames_make_or_what_there_is_room_for() {
    let limits = |frames: u64, average: u32, append: u32| {
        let mut dimensions = tzyx([(0.0, ""); 4]);
        dimensions[2].array_size_px = 1;
        dimensions[3].array_size_px = append;
        let stream = stream(StorageSettings { acquisition_dimensions: dimensions, ..StorageSettings::default() });
        let resolved = VideoStream { max_frame_count: frames, frame_average_count: average, ..stream }.resolve();
        (resolved.storage.frame_limit, resolved.camera_frames())
    };
    assert_eq!(limits(10, 0, 0), (Some(10), Some(10)));
    assert_eq!(limits(10, 1, 0), (Some(10), Some(10)));
    assert_eq!(limits(10, 2, 0), (Some(5), Some(10)));
    assert_eq!(limits(11, 2, 0), (Some(5), Some(10)));
    assert_eq!(limits(1, 2, 0), (Some(0), Some(0)));
    assert_eq!(limits(u64::MAX, 2, 0), (None, None));
    assert_eq!(limits(u64::MAX, 1, 7), (Some(7), Some(7)));
    assert_eq!(limits(3, 1, 7), (Some(3), Some(3)));
    assert_eq!(limits(30, 2, 7), (Some(7), Some(14)));
}

#[test]
fn what_is_written_out_means_the_same_again() {
    let dimensions = tzyx([(0.0, "nm"), (0.0, ""), (2.0, "um"), (0.0, "")]);
    let settings = StorageSettings {
        pixel_scale_um: [0.25, 0.5],
        acquisition_dimensions: dimensions,
        enable_multiscale: true,
        ..StorageSettings::default()
    };
    let storage = stream(settings).resolve().storage;
    let again = stream(storage.as_settings()).resolve().storage;
    assert_eq!(again, storage);
    let kept: ResolvedStorage =
        serde_json::from_value(serde_json::to_value(&storage).expect("JSON")).expect("the same");
    assert_eq!(kept, storage);
}

proptest! {
    /// The physical size of a pixel is what the document says it is, whichever unit it is told in.
    #[test]
    fn sizes_keep_their_physical_size(
        um in prop_oneof![1e-4..1e4f64, Just(0.25), Just(1.0)],
        unit in prop::sample::select(vec!["", "nanometer", "nm", "angstrom", "millimeter", "inch", "parsec", "yottameter", "yoctometer", "um", "\u{3bc}m", "?"]),
        binning in 1u32..9,
        average in 0u32..5,
    ) {
        let dimensions = tzyx([(0.0, unit), (0.0, unit), (0.0, ""), (0.0, "")]);
        let settings = StorageSettings { pixel_scale_um: [um, 0.0], acquisition_dimensions: dimensions, ..StorageSettings::default() };
        let mut stream = VideoStream { frame_average_count: average, ..stream(settings) };
        stream.camera.settings.binning = binning;
        let storage = stream.resolve().storage;
        let x = &storage.dimensions[0];
        let told = length_um(x.scale, &x.unit).expect("a unit that readers know");
        prop_assert!((told / um - 1.0).abs() < 1e-12, "{} {} is {} um, not {}", x.scale, x.unit, told, um);
        prop_assert_eq!((storage.dimensions[1].scale, storage.dimensions[1].unit.as_str()), (1.0, ""));
    }
}

/// Code, path within the stream, and what the fix sets, of each warning about sizes.
fn warned(stream: &VideoStream) -> Vec<(String, String, serde_json::Value)> {
    let mut stream = stream.clone();
    stream.camera.identifier = Some(zarrcam_config::DeviceIdentifier {
        id: [0, 0],
        kind: zarrcam_config::DeviceKind::Camera,
        name: "simulated: empty".into(),
    });
    stream.storage.settings.uri = Some("out.zarr".into());
    let configuration = zarrcam_config::Configuration { video: vec![stream] };
    let document = serde_json::to_value(&configuration).expect("JSON");
    let sizes = ["no_size", "no_unit", "contradiction"];
    let problems = zarrcam_config::validate(&configuration, &common::Machine);
    let of_sizes = problems.into_iter().filter(|problem| sizes.contains(&problem.code.as_str()));
    of_sizes
        .map(|problem| {
            let fix = problem.fix.clone().expect("a fix");
            let mut mended = document.clone();
            common::set(&mut mended, &fix.path, fix.value.clone());
            let left = zarrcam_config::check(&mended, &common::Machine).problems;
            assert!(!left.contains(&problem), "{problem:?} stays");
            let path = problem.path.replace("video[0].storage.settings.", "");
            (problem.code.as_str().to_owned(), path, fix.value)
        })
        .collect()
}

#[test]
fn sizes_that_contradict_each_other_or_lack_a_part_are_told_with_a_way_out() {
    let with = |scales: [(f64, &str); 4], pixel_scale_um: [f64; 2], interval_us: f64| {
        let settings =
            StorageSettings { pixel_scale_um, acquisition_dimensions: tzyx(scales), ..StorageSettings::default() };
        let mut stream = VideoStream { time_point_interval_us: interval_us, ..stream(settings) };
        stream.camera.settings.exposure_time_us = 10_000.0;
        stream
    };
    let open = (0.0, "");
    let one = |code: &str, path: &str, value: serde_json::Value| vec![(code.to_owned(), path.to_owned(), value)];
    let list = "acquisition_dimensions";
    assert_eq!(warned(&with([open; 4], [0.25, 0.25], 2e6)), []);
    assert_eq!(warned(&with([open; 4], [0.0, 0.0], 0.0)), []);
    // Half of a calibration.
    assert_eq!(warned(&with([open; 4], [0.25, 0.0], 0.0)), one("no_size", "pixel_scale_um[1]", 0.25.into()));
    // Two sizes of a pixel: the same, and not.
    let nm = (250.0, "nanometer");
    assert_eq!(warned(&with([nm, nm, open, open], [0.25, 0.25], 0.0)), []);
    let told = warned(&with([nm, open, open, open], [1.0, 0.25], 0.0));
    assert_eq!(
        told,
        one("contradiction", &format!("{list}[0].scale"), 1.0.into())
            .into_iter()
            .map(|(code, path, _)| (code, path, 0.25.into()))
            .collect::<Vec<_>>()
    );
    // The time step, the interval, and the frames' own time.
    let second = |scale| (scale, "second");
    assert_eq!(warned(&with([open, open, open, second(2.0)], [0.0; 2], 2e6)), []);
    assert_eq!(warned(&with([open, open, open, (2000.0, "ms")], [0.0; 2], 2e6)), []);
    assert_eq!(warned(&with([open, open, open, second(0.05)], [0.0; 2], 0.0)), []);
    for interval_us in [2e6, 0.0] {
        let [(code, path, fix)] =
            warned(&with([open, open, open, second(1.0)], [0.0; 2], interval_us)).try_into().expect("one");
        assert_eq!((code.as_str(), path.as_str()), ("contradiction", "acquisition_dimensions[3].scale"));
        assert_eq!((fix["name"].as_str(), fix.get("scale"), fix.get("unit")), (Some("t"), None, None));
    }
    // A unit of nothing, and a number of nothing.
    assert_eq!(
        warned(&with([open, open, (0.0, "micrometer"), open], [0.0; 2], 0.0)),
        one("no_size", &format!("{list}[2].unit"), "".into())
    );
    assert_eq!(
        warned(&with([open, open, (0.5, ""), open], [0.0; 2], 0.0)),
        one("no_unit", &format!("{list}[2].unit"), "micrometer".into())
    );
}
