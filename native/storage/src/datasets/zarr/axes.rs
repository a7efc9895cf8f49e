use serde_json::Value;
use zarrcam_acquisition::DatasetAxis;
use zarrcam_config::DimensionKind;

use super::array::Array;

/// The axes of an image, with what its metadata say of each.
pub(super) fn axes<'a>(image: &'a Value, full: &Array, attributes: &Value) -> Vec<DatasetAxis> {
    // Drafts of NGFF 0.6 have axes in their coordinate systems.
    let systems = image["coordinateSystems"].as_array().and_then(|systems| systems.first());
    let axes_of = |value: &'a Value| value["axes"].as_array().map(Vec::as_slice);
    let described = axes_of(image).or_else(|| systems.and_then(axes_of)).unwrap_or_default();
    let scale = scale(image, 0, full.shape.len());
    let axes = (0..full.shape.len()).map(|index| {
        // NGFF before 0.4 had names alone.
        let axis = described.get(index).unwrap_or(&Value::Null);
        let name = axis["name"].as_str().or(axis.as_str()).or(full.names.get(index).map(String::as_str));
        let name = name.filter(|name| !name.is_empty()).map_or_else(|| format!("dim_{index}"), str::to_owned);
        let kind = match axis["type"].as_str() {
            Some(kind) => named_kind(kind),
            None => kind_of_name(&name),
        };
        let labels = if kind == DimensionKind::Channel { labels(attributes, full.shape[index]) } else { Vec::new() };
        DatasetAxis {
            unit: axis["unit"].as_str().unwrap_or_default().to_owned(),
            scale: scale[index],
            name,
            kind,
            labels,
        }
    });
    axes.collect()
}

fn named_kind(kind: &str) -> DimensionKind {
    match kind {
        "space" => DimensionKind::Space,
        "channel" => DimensionKind::Channel,
        "time" => DimensionKind::Time,
        _ => DimensionKind::Other,
    }
}

/// What a name without a type usually means.
fn kind_of_name(name: &str) -> DimensionKind {
    match name.to_lowercase().as_str() {
        "x" | "y" | "z" => DimensionKind::Space,
        "c" | "channel" => DimensionKind::Channel,
        "t" | "time" => DimensionKind::Time,
        _ => DimensionKind::Other,
    }
}

/// Names of the channels, where viewers look for them.
fn labels(attributes: &Value, count: u64) -> Vec<String> {
    let omero = [&attributes["ome"]["omero"]["channels"], &attributes["omero"]["channels"]];
    let channels = omero.iter().find_map(|channels| channels.as_array()).map(Vec::as_slice).unwrap_or_default();
    let labels: Option<Vec<String>> =
        channels.iter().map(|channel| channel["label"].as_str().map(str::to_owned)).collect();
    labels.filter(|labels| labels.len() as u64 == count).unwrap_or_default()
}

/// Physical size of an element of a level: its own scale, times what holds for the whole image.
pub(super) fn scale<'a>(image: &'a Value, level: usize, count: usize) -> Vec<f64> {
    let factors = |transformations: &'a Value| -> Vec<f64> {
        let all = transformations.as_array().map(Vec::as_slice).unwrap_or_default();
        // Drafts of NGFF 0.6 may wrap them in a sequence.
        let parts = |one: &'a Value| {
            let inner = (one["type"] == "sequence").then(|| one["transformations"].as_array()).flatten();
            inner.map_or(std::slice::from_ref(one), Vec::as_slice)
        };
        let scale = all.iter().flat_map(parts).find(|one| one["type"] == "scale");
        let numbers: Vec<f64> = scale
            .and_then(|scale| scale["scale"].as_array())
            .map(|factors| factors.iter().filter_map(Value::as_f64).collect())
            .unwrap_or_default();
        if numbers.len() == count { numbers } else { vec![1.0; count] }
    };
    let own = factors(&image["datasets"][level]["coordinateTransformations"]);
    let all = factors(&image["coordinateTransformations"]);
    own.iter().zip(all).map(|(own, all)| own * all).collect()
}
