//! The features that the camera alone knows: read as a tree, checked against it, and set by name.

use std::collections::BTreeMap;

use zarrcam_camera::CameraError;
use zarrcam_config::{CameraFeature, CameraSettings, FeatureChoice, FeatureKind, FeatureValue, Range, nearest};

use super::shared::Shared;
use super::standard::setting_of;
use crate::aravis::{Device, Node, Numbers};

/// Longer texts are cut: a description is a stranger's.
const LONGEST_TEXT_CHARS: usize = 1000;

/// All that the camera shows to people, with what it is now.
pub fn read_all(device: &Device) -> Vec<CameraFeature> {
    device.tree().into_iter().map(|node| read(device, node)).collect()
}

fn read(device: &Device, node: Node) -> CameraFeature {
    let Node { name, display_name, description, category, kind, level, unit, readable, writable } = node;
    let setting = setting_of(&name);
    let range = |numbers: Numbers| Range { low: numbers.low, high: numbers.high, step: numbers.step, writable };
    let (value, range, choices) = match kind {
        _ if !readable => (None, None, Vec::new()),
        FeatureKind::Integer => (
            device.integer(&name).ok().map(|value| FeatureValue::Number(value as f64)),
            device.integers(&name).ok().map(range),
            Vec::new(),
        ),
        FeatureKind::Float => (
            device.float(&name).ok().filter(|value| value.is_finite()).map(FeatureValue::Number),
            device.floats(&name).ok().filter(|n| n.low.is_finite() && n.high.is_finite()).map(range),
            Vec::new(),
        ),
        FeatureKind::Boolean => (device.flag(&name).ok().map(FeatureValue::Flag), None, Vec::new()),
        FeatureKind::Enumeration => {
            let choice = |(value, label): (String, String)| FeatureChoice { value, label: short(label) };
            let choices = device.choices(&name).unwrap_or_default().into_iter().map(choice).collect();
            (device.text(&name).ok().map(FeatureValue::Text), None, choices)
        }
        FeatureKind::Text => (device.text(&name).ok().map(short).map(FeatureValue::Text), None, Vec::new()),
        FeatureKind::Command | FeatureKind::Register => (None, None, Vec::new()),
    };
    CameraFeature {
        display_name: short(display_name),
        description: short(description),
        category,
        kind,
        level,
        value,
        range,
        unit,
        choices,
        writable: writable && setting.is_none() && !matches!(kind, FeatureKind::Command | FeatureKind::Register),
        setting: setting.unwrap_or_default().to_owned(),
        name,
    }
}

fn short(text: String) -> String {
    match text.char_indices().nth(LONGEST_TEXT_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}

/// What is wrong with a document's features, by what the camera has.
pub fn check(camera: &str, known: &BTreeMap<String, CameraFeature>, settings: &CameraSettings) -> Vec<CameraError> {
    let wrong = |(name, value): (&String, &FeatureValue)| {
        let unsupported = |allowed: String| CameraError::Unsupported {
            camera: camera.to_owned(),
            field: field(name),
            value: value.to_string(),
            allowed,
        };
        // One of several formats for the same pixels.
        if name == "PixelFormat" {
            return None;
        }
        let Some(feature) = known.get(name) else {
            let near = nearest(name, known.keys().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; is {near} meant?"));
            return Some(unsupported(format!("no feature of this name{near}")));
        };
        if !feature.setting.is_empty() {
            return Some(unsupported(format!("it by the setting {} alone", feature.setting)));
        }
        match (feature.kind, value) {
            (FeatureKind::Integer | FeatureKind::Float, FeatureValue::Number(number)) => {
                let range = feature.range?;
                let fits = (range.low..=range.high).contains(number);
                (!fits).then(|| CameraError::OutOfRange {
                    camera: camera.to_owned(),
                    field: field(name),
                    value: *number,
                    low: range.low,
                    high: range.high,
                })
            }
            (FeatureKind::Boolean, FeatureValue::Flag(_)) | (FeatureKind::Text, FeatureValue::Text(_)) => None,
            (FeatureKind::Enumeration, FeatureValue::Text(text)) => {
                let names: Vec<_> = feature.choices.iter().map(|choice| choice.value.as_str()).collect();
                (!names.contains(&text.as_str())).then(|| unsupported(names.join(", ")))
            }
            (FeatureKind::Integer | FeatureKind::Float, _) => Some(unsupported("a number".to_owned())),
            (FeatureKind::Boolean, _) => Some(unsupported("true or false".to_owned())),
            (FeatureKind::Enumeration | FeatureKind::Text, _) => Some(unsupported("text".to_owned())),
            (FeatureKind::Command | FeatureKind::Register, _) => Some(unsupported("no value here".to_owned())),
        }
    };
    settings.features.iter().filter_map(wrong).collect()
}

fn field(name: &str) -> String {
    format!("features.{name}")
}

/// Sets what a document names, and says what each is then. What chooses among others comes first, and what switches
/// something on or off before its value.
///
/// `before`: what those were that a document has set, before it did; one that it names no more becomes that again.
pub fn set_all(
    shared: &Shared,
    camera: &str,
    wanted: &BTreeMap<String, FeatureValue>,
    before: &mut BTreeMap<String, FeatureValue>,
) -> Result<BTreeMap<String, FeatureValue>, CameraError> {
    let device = shared.device();
    let names_none = wanted.keys().all(|name| name == "PixelFormat") && before.is_empty();
    let known = if names_none { BTreeMap::new() } else { shared.known() };
    let no_more: Vec<String> = before.keys().filter(|name| !wanted.contains_key(*name)).cloned().collect();
    for name in no_more {
        let (Some(value), Some(feature)) = (before.remove(&name), known.get(&name)) else { continue };
        if let Err(reason) = set(&device, &name, feature.kind, &value) {
            shared.say(format!("{name} was to be {value} again, and the camera answers: {reason}"));
        }
    }
    let mut names: Vec<&String> = wanted.keys().collect();
    let rank = |name: &str| match name {
        name if name.ends_with("Selector") => 0,
        name if ["Mode", "Auto", "Enable", "Enabled"].iter().any(|end| name.ends_with(end)) => 1,
        _ => 2,
    };
    names.sort_by_key(|name| rank(name));
    let mut taken = BTreeMap::new();
    for name in names {
        let value = &wanted[name];
        if name == "PixelFormat" {
            taken.insert(name.clone(), value.clone());
            continue;
        }
        let failed = |got: String| CameraError::Feature {
            camera: camera.to_owned(),
            feature: field(name),
            asked: value.to_string(),
            got,
        };
        let feature = known.get(name).ok_or_else(|| failed("and there is none of this name".to_owned()))?;
        let kind = feature.kind;
        if let (false, Some(value)) = (before.contains_key(name), &feature.value) {
            before.insert(name.clone(), value.clone());
        }
        set(&device, name, kind, value).map_err(|reason| failed(format!("and the camera answers: {reason}")))?;
        let got = get(&device, name, kind).map_err(|reason| failed(format!("and cannot be read back: {reason}")))?;
        if differs(value, &got) {
            shared.say(format!("{name} was asked to be {value}, and the camera made it {got}."));
        }
        taken.insert(name.clone(), got);
    }
    Ok(taken)
}

/// Sets one feature by its name.
fn set(device: &Device, name: &str, kind: FeatureKind, value: &FeatureValue) -> Result<(), String> {
    match value {
        FeatureValue::Flag(flag) => device.set_flag(name, *flag),
        FeatureValue::Text(text) => device.set_text(name, text),
        FeatureValue::Number(number) if kind == FeatureKind::Integer => device.set_integer(name, number.round() as i64),
        FeatureValue::Number(number) => device.set_float(name, *number),
    }
}

/// What one feature is.
fn get(device: &Device, name: &str, kind: FeatureKind) -> Result<FeatureValue, String> {
    match kind {
        FeatureKind::Boolean => device.flag(name).map(FeatureValue::Flag),
        FeatureKind::Integer => device.integer(name).map(|value| FeatureValue::Number(value as f64)),
        FeatureKind::Float => device.float(name).map(FeatureValue::Number),
        _ => device.text(name).map(FeatureValue::Text),
    }
}

fn differs(asked: &FeatureValue, got: &FeatureValue) -> bool {
    match (asked, got) {
        (FeatureValue::Number(asked), FeatureValue::Number(got)) => (asked - got).abs() > asked.abs() * 1e-6,
        _ => asked != got,
    }
}
