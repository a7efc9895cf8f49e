use serde_json::{Map, Value, json};
use zarrcam_config::{DimensionKind, DownsampleMethod, channel_colors};
use zarrcam_frame::PixelType;

use crate::array_description::{ArrayDescription, AxisDescription, ZarrVersion};

/// Why OME-NGFF 0.4 and 0.5 cannot express an array of these axes (slowest first); `None`: they can. Both say the same of axes:
/// two to five of them, first time, then one channel or one of a kind of its own, then two or three of space.
pub fn why_not_ngff(axes: &[AxisDescription]) -> Option<String> {
    let rank = |kind| match kind {
        DimensionKind::Time => 0,
        DimensionKind::Channel | DimensionKind::Other => 1,
        DimensionKind::Space => 2,
    };
    let count = |wanted| axes.iter().filter(|axis| rank(axis.kind) == wanted).count();
    if axes.len() > 5 {
        return Some(format!("OME-NGFF allows five axes at most, and there are {}", axes.len()));
    }
    if !(2..=3).contains(&count(2)) {
        return Some(format!("OME-NGFF asks for two or three axes of space, and there are {}", count(2)));
    }
    if count(0) > 1 {
        return Some(format!("OME-NGFF allows one axis of time, and there are {}", count(0)));
    }
    if count(1) > 1 {
        return Some("OME-NGFF allows one axis that is neither time nor space".into());
    }
    if let Some(pair) = axes.windows(2).find(|pair| rank(pair[0].kind) > rank(pair[1].kind)) {
        return Some(format!(
            "OME-NGFF wants time first, then channel, then space, but {} comes before {}",
            pair[0].name, pair[1].name
        ));
    }
    let repeated = axes.iter().enumerate().find(|(i, axis)| axes[..*i].iter().any(|before| before.name == axis.name));
    repeated.map(|(_, axis)| {
        format!("OME-NGFF wants every axis to have a name of its own, and {} is there twice", axis.name)
    })
}

pub(crate) fn attributes(description: &ArrayDescription, version: ZarrVersion) -> Map<String, Value> {
    let mut multiscale = Map::new();
    if version == ZarrVersion::V2 {
        multiscale.insert("version".into(), json!("0.4"));
    }
    if !description.name.is_empty() {
        multiscale.insert("name".into(), json!(description.name));
    }
    multiscale.insert("axes".into(), description.axes.iter().map(axis).collect());
    multiscale
        .insert("datasets".into(), (0..description.levels.len()).map(|level| dataset(description, level)).collect());
    if description.levels.len() > 1 {
        let method = method_name(description.method);
        multiscale.insert("type".into(), json!(method));
        multiscale
            .insert("metadata".into(), json!({ "method": method, "by": "two at a time along each axis that shrinks" }));
    }
    let mut image = Map::from_iter([("multiscales".into(), json!([multiscale]))]);
    if let Some(omero) = omero(description, version) {
        image.insert("omero".into(), omero);
    }
    match version {
        ZarrVersion::V2 => image,
        ZarrVersion::V3 => {
            image.insert("version".into(), json!("0.5"));
            Map::from_iter([("ome".into(), Value::Object(image))])
        }
    }
}

fn axis(axis: &AxisDescription) -> Value {
    let kind = match axis.kind {
        DimensionKind::Space => "space",
        DimensionKind::Channel => "channel",
        DimensionKind::Time => "time",
        DimensionKind::Other => "other",
    };
    let mut value = json!({ "name": axis.name, "type": kind });
    if !axis.unit.is_empty() {
        value["unit"] = json!(axis.unit);
    }
    value
}

/// A level's place in space: its elements are larger, and unless each is the first of its block, they lie in the blocks' middle.
fn dataset(description: &ArrayDescription, level: usize) -> Value {
    let factors = &description.levels[level].factors;
    let steps = description.axes.iter().map(|axis| if axis.scale > 0.0 { axis.scale } else { 1.0 });
    let along = || steps.clone().zip(factors.iter().map(|&factor| factor as f64));
    let scale: Vec<f64> = along().map(|(step, factor)| step * factor).collect();
    let translation: Vec<f64> = along().map(|(step, factor)| step * (factor - 1.0) / 2.0).collect();
    let mut transformations = vec![json!({ "type": "scale", "scale": scale })];
    if description.method != DownsampleMethod::Decimate && translation.iter().any(|shift| *shift != 0.0) {
        transformations.push(json!({ "type": "translation", "translation": translation }));
    }
    json!({ "path": level.to_string(), "coordinateTransformations": transformations })
}

pub(crate) const fn method_name(method: DownsampleMethod) -> &'static str {
    match method {
        DownsampleMethod::Mean => "mean",
        DownsampleMethod::Decimate => "decimate",
        DownsampleMethod::Min => "min",
        DownsampleMethod::Max => "max",
    }
}

/// Names of channels, in the one place where viewers look. It demands colours and contrast limits too; a float's are not known
/// before the data, so it has none.
fn omero(description: &ArrayDescription, version: ZarrVersion) -> Option<Value> {
    let at = description.axes.iter().position(|axis| axis.kind == DimensionKind::Channel)?;
    let labels = &description.axes[at].labels;
    let (least, most) = value_range(description.pixel_type)?;
    if labels.is_empty() {
        return None;
    }
    let colors = channel_colors(labels, &description.axes[at].colors);
    let channel = |(index, label): (usize, &String)| {
        json!({
            "label": label,
            "color": colors[index],
            "active": true,
            "window": { "min": least, "max": most, "start": least, "end": most },
        })
    };
    let channels: Vec<_> = labels.iter().enumerate().map(channel).collect();
    let mut omero = json!({ "channels": channels, "rdefs": { "model": "color" } });
    if version == ZarrVersion::V2 {
        omero["version"] = json!("0.4");
    }
    Some(omero)
}

fn value_range(pixel_type: PixelType) -> Option<(i64, i64)> {
    let bits = pixel_type.bits();
    match pixel_type {
        PixelType::F32 => None,
        PixelType::I8 | PixelType::I16 => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        _ => Some((0, (1 << bits) - 1)),
    }
}
