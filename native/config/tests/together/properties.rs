//! Whatever a document holds, it is answered: no panic, paths that exist, and fixes that mend.

use crate::common::{Machine, set};
use proptest::prelude::*;
use serde_json::{Value, json};
use zarrcam_config::{AccessPattern, ProblemCode, VideoStream, check, examples, validate};
use zarrcam_frame::PixelType;

fn paths(value: &Value, here: String, all: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if here.is_empty() { key.clone() } else { format!("{here}.{key}") };
                paths(value, path, all);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| paths(item, format!("{here}[{index}]"), all));
        }
        _ => {}
    }
    if !here.is_empty() {
        all.push(here);
    }
}

fn documents() -> Vec<Value> {
    examples()
        .into_iter()
        .map(|example| serde_json::to_value(example.configuration).expect("it can be written"))
        .collect()
}

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0i64), -3i64..20, any::<i64>()].prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop_oneof![-2.0..2.0f64, Just(1e300), Just(-1e300), Just(5e-324)].prop_map(Value::from),
        prop_oneof!["[a-zA-Z0-9:/.\\\\ ]{0,12}", Just("Zarr".to_owned()), Just("\u{0}".to_owned())]
            .prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn any_document_is_answered(
        which in 0usize..5,
        edits in prop::collection::vec((any::<prop::sample::Index>(), junk()), 1..4),
    ) {
        let mut document = documents().swap_remove(which);
        for (place, value) in edits {
            let mut all = Vec::new();
            paths(&document, String::new(), &mut all);
            if !all.is_empty() {
                let path: &String = place.get(&all);
                set(&mut document, path, value);
            }
        }
        let checked = check(&document, &Machine);
        for problem in &checked.problems {
            prop_assert!(problem.path.is_empty() || problem.path.starts_with("video"), "{:?}", problem);
            prop_assert!(problem.message.ends_with(['.', ')', '?']), "{}", problem.message);
            let Some(fix) = &problem.fix else { continue };
            let mut mended = document.clone();
            set(&mut mended, &fix.path, fix.value.clone());
            let left = check(&mended, &Machine).problems;
            prop_assert!(!left.contains(problem), "{:?} stays in {}", problem, mended);
        }
    }

    #[test]
    fn suggestions_are_valid(
        which in 0usize..5,
        pattern in prop_oneof![Just(AccessPattern::Planes), Just(AccessPattern::TimeCourses), Just(AccessPattern::Cloud)],
        width in 1u32..8000, height in 1u32..8000, bytes in prop_oneof![Just(1usize), Just(2), Just(4)],
    ) {
        let mut configuration = examples().swap_remove(which).configuration;
        let stream = &mut configuration.video[0];
        stream.camera.settings.shape = [width, height];
        stream.camera.settings.pixel_type = [PixelType::U8, PixelType::U16, PixelType::F32][bytes / 2];
        let sharding = stream.storage.identifier.as_ref().is_some_and(|device| device.name.starts_with("ZarrV3"));
        let dimensions = &mut stream.storage.settings.acquisition_dimensions;
        (dimensions[0].array_size_px, dimensions[1].array_size_px) = (width, height);
        let suggestion = stream.suggest(pattern);
        let dimensions = &mut stream.storage.settings.acquisition_dimensions;
        for (old, new) in dimensions.iter().zip(&suggestion.dimensions) {
            prop_assert_eq!((&old.name, old.array_size_px, &old.labels), (&new.name, new.array_size_px, &new.labels));
        }
        *dimensions = suggestion.dimensions;
        let mut problems = validate(&configuration, &Machine);
        // A picture of any size may take longer to make than the example asks.
        problems.retain(|problem| problem.code != ProblemCode::SlowCamera);
        // Small chunks of a large picture are many files where there are no shards: allowed, and said.
        let files = problems.iter().all(|problem| problem.code == ProblemCode::ManyFiles && !sharding);
        prop_assert!(files, "{:?}", problems);
    }
}

#[test]
fn a_suggestion_fits_its_use() {
    let mut tutorial = examples().remove(0).configuration.video.remove(0);
    let suggest = |stream: &mut VideoStream, device: &str, pattern| {
        stream.storage.identifier.as_mut().expect("it is stored").name = device.into();
        stream.suggest(pattern)
    };
    let mut chunks = |pattern| -> Vec<u32> {
        let suggestion = suggest(&mut tutorial, "ZarrV3", pattern);
        suggestion.dimensions.iter().map(|dimension| dimension.chunk_size_px).collect()
    };
    assert_eq!(chunks(AccessPattern::Planes), [960, 540, 1, 1, 1]);
    assert_eq!(chunks(AccessPattern::TimeCourses), [128, 120, 1, 1, 68]);
    assert_eq!(chunks(AccessPattern::Cloud), [480, 360, 1, 1, 6]);
    let unsharded = suggest(&mut tutorial, "Zarr", AccessPattern::Cloud);
    assert!(unsharded.dimensions.iter().all(|dimension| dimension.shard_size_chunks == 0));
    let sharded = suggest(&mut tutorial, "ZarrV3", AccessPattern::Cloud);
    assert_eq!(
        sharded.dimensions.iter().map(|dimension| dimension.shard_size_chunks).collect::<Vec<_>>(),
        [4, 3, 10, 1, 1]
    );
    assert!(sharded.why.contains("megabyte"), "{}", sharded.why);
}

#[test]
fn a_suggestion_leaves_open_what_the_document_leaves_open() {
    let mut stream = examples().remove(0).configuration.video.remove(0);
    stream.storage.settings.acquisition_dimensions.clear();
    let suggestion = stream.suggest(AccessPattern::Planes);
    let names: Vec<_> = suggestion.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
    assert_eq!(names, ["x", "y", "t"]);
    assert!(suggestion.dimensions.iter().all(|dimension| dimension.scale == 0.0 && dimension.unit.is_empty()));
    // What is stored of means is F32, and chunks are of that.
    stream.frame_average_count = 2;
    let tile_bytes = 128 * 120 * 4;
    assert_eq!(stream.suggest(AccessPattern::TimeCourses).dimensions[2].chunk_size_px, (1 << 20) / tile_bytes);
}
