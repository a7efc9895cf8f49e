//! The units that OME-NGFF knows for axes of space and time, and how large they are.

use crate::{DimensionKind, nearest};

/// The units that OME-NGFF recommends for axes of space (0.5, "axes"; UDUNITS-2's names), each with its size in metres.
pub const SPACE_UNITS: [(&str, f64); 26] = [
    ("angstrom", 1e-10),
    ("attometer", 1e-18),
    ("centimeter", 1e-2),
    ("decimeter", 1e-1),
    ("exameter", 1e18),
    ("femtometer", 1e-15),
    ("foot", 0.3048),
    ("gigameter", 1e9),
    ("hectometer", 1e2),
    ("inch", 0.0254),
    ("kilometer", 1e3),
    ("megameter", 1e6),
    ("meter", 1.0),
    ("micrometer", 1e-6),
    ("mile", 1609.344),
    ("millimeter", 1e-3),
    ("nanometer", 1e-9),
    ("parsec", 3.085_677_581_491_367e16),
    ("petameter", 1e15),
    ("picometer", 1e-12),
    ("terameter", 1e12),
    ("yard", 0.9144),
    ("yoctometer", 1e-24),
    ("yottameter", 1e24),
    ("zeptometer", 1e-21),
    ("zettameter", 1e21),
];
/// The units that OME-NGFF recommends for axes of time, each with its size in seconds.
const TIME_UNITS: [(&str, f64); 23] = [
    ("attosecond", 1e-18),
    ("centisecond", 1e-2),
    ("day", 86_400.0),
    ("decisecond", 1e-1),
    ("exasecond", 1e18),
    ("femtosecond", 1e-15),
    ("gigasecond", 1e9),
    ("hectosecond", 1e2),
    ("hour", 3600.0),
    ("kilosecond", 1e3),
    ("megasecond", 1e6),
    ("microsecond", 1e-6),
    ("millisecond", 1e-3),
    ("minute", 60.0),
    ("nanosecond", 1e-9),
    ("petasecond", 1e15),
    ("picosecond", 1e-12),
    ("second", 1.0),
    ("terasecond", 1e12),
    ("yoctosecond", 1e-24),
    ("yottasecond", 1e24),
    ("zeptosecond", 1e-21),
    ("zettasecond", 1e21),
];
/// Abbreviations that people write, and the units that they mean, where case does not tell two units apart.
const SHORT: [(&str, &str); 34] = [
    ("m", "meter"),
    ("dm", "decimeter"),
    ("cm", "centimeter"),
    ("km", "kilometer"),
    ("um", "micrometer"),
    ("\u{b5}m", "micrometer"),
    ("\u{3bc}m", "micrometer"),
    ("micron", "micrometer"),
    ("nm", "nanometer"),
    ("fm", "femtometer"),
    ("\u{e5}", "angstrom"),
    ("\u{e5}ngstr\u{f6}m", "angstrom"),
    ("a", "angstrom"),
    ("in", "inch"),
    ("inches", "inch"),
    ("ft", "foot"),
    ("feet", "foot"),
    ("yd", "yard"),
    ("s", "second"),
    ("sec", "second"),
    ("us", "microsecond"),
    ("\u{b5}s", "microsecond"),
    ("\u{3bc}s", "microsecond"),
    ("usec", "microsecond"),
    ("msec", "millisecond"),
    ("ns", "nanosecond"),
    ("nsec", "nanosecond"),
    ("fs", "femtosecond"),
    ("cs", "centisecond"),
    ("min", "minute"),
    ("h", "hour"),
    ("hr", "hour"),
    ("d", "day"),
    ("ks", "kilosecond"),
];
/// Abbreviations that case tells apart: millimeter and megameter, millisecond and megasecond, picometer and petameter.
const SHORT_BY_CASE: [(&str, &str); 8] = [
    ("mm", "millimeter"),
    ("Mm", "megameter"),
    ("ms", "millisecond"),
    ("Ms", "megasecond"),
    ("pm", "picometer"),
    ("Pm", "petameter"),
    ("ps", "picosecond"),
    ("Ps", "petasecond"),
];

/// What a unit's text is, for an axis of some kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unit {
    /// No text.
    None,
    /// `size`: in metres or seconds. `exact`: it was written as readers know it.
    Known { name: &'static str, size: f64, exact: bool },
    /// Readers do not know it. With the one that may be meant.
    Unknown { near: Option<&'static str> },
    /// A kind of axis for which there are no units to know.
    Free,
}

impl Unit {
    pub fn of(kind: DimensionKind, text: &str) -> Self {
        let units: &[(&'static str, f64)] = match kind {
            DimensionKind::Space => &SPACE_UNITS,
            DimensionKind::Time => &TIME_UNITS,
            DimensionKind::Channel | DimensionKind::Other => return Self::Free,
        };
        let known = |name: &str| units.iter().find(|(known, _)| *known == name).copied();
        if text.trim().is_empty() {
            return Self::None;
        }
        if let Some((name, size)) = known(text) {
            return Self::Known { name, size, exact: true };
        }
        let trimmed = text.trim();
        let lower = trimmed.to_lowercase().replace("metre", "meter");
        let short = |table: &[(&str, &'static str)], text: &str| {
            table.iter().find(|(short, _)| *short == text).map(|(_, long)| *long)
        };
        let meant = short(&SHORT_BY_CASE, trimmed)
            .or_else(|| short(&SHORT, &lower))
            .or_else(|| known(&lower).map(|(name, _)| name))
            .or_else(|| known(lower.trim_end_matches('s')).map(|(name, _)| name))
            .or_else(|| short(&SHORT, lower.trim_end_matches('s')));
        match meant.and_then(known) {
            Some((name, size)) => Self::Known { name, size, exact: false },
            None => Self::Unknown { near: nearest(lower.trim_end_matches('s'), units.iter().map(|(name, _)| *name)) },
        }
    }
}

/// Why readers make nothing of a unit's text; `None`: they know it, or it may be anything.
pub fn unknown_unit(kind: DimensionKind, text: &str) -> Option<String> {
    if matches!(Unit::of(kind, text), Unit::None | Unit::Free | Unit::Known { exact: true, .. }) {
        return None;
    }
    let kind = if kind == DimensionKind::Time { "time" } else { "space" };
    Some(format!("Readers do not know \"{}\" as a unit of {kind}.", crate::shortened(text)))
}

/// `value` in `unit` (a name that readers know), in micrometers; `None`: no such unit of space.
pub fn length_um(value: f64, unit: &str) -> Option<f64> {
    size(DimensionKind::Space, unit).map(|metres| convert(value, metres, 1e-6))
}

/// `value` in the unit `from`, in the unit `to`; `None`: either is no unit of space.
pub(crate) fn length_in(value: f64, from: &str, to: &str) -> Option<f64> {
    Some(convert(value, size(DimensionKind::Space, from)?, size(DimensionKind::Space, to)?))
}

/// `value` in `unit`, in seconds; `None`: no such unit of time.
pub fn time_s(value: f64, unit: &str) -> Option<f64> {
    size(DimensionKind::Time, unit).map(|seconds| convert(value, seconds, 1.0))
}

fn size(kind: DimensionKind, unit: &str) -> Option<f64> {
    match Unit::of(kind, unit) {
        Unit::Known { size, .. } => Some(size),
        _ => None,
    }
}

/// Converts from units of one size to units of another. Powers of ten are divided or multiplied by whole ones, which are exact: 0.25
/// micrometer are 250 nanometer and not 249.99999999999997.
pub(crate) fn convert(value: f64, from: f64, to: f64) -> f64 {
    let power = (from / to).log10().round();
    let whole = 10f64.powi(power.abs() as i32);
    let ratio = if power < 0.0 { 1.0 / whole } else { whole };
    if ((from / to) / ratio - 1.0).abs() > 1e-9 {
        return value * (from / to);
    }
    if power < 0.0 { value / whole } else { value * whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(kind: DimensionKind, text: &str) -> Option<(&'static str, bool)> {
        match Unit::of(kind, text) {
            Unit::Known { name, exact, .. } => Some((name, exact)),
            _ => None,
        }
    }

    #[test]
    fn every_name_is_known_and_every_abbreviation_means_one() {
        for (name, _) in SPACE_UNITS {
            assert_eq!(known(DimensionKind::Space, name), Some((name, true)));
            assert_eq!(known(DimensionKind::Time, name), None);
        }
        for (name, _) in TIME_UNITS {
            assert_eq!(known(DimensionKind::Time, name), Some((name, true)));
        }
        for (short, long) in SHORT.into_iter().chain(SHORT_BY_CASE) {
            let kind = if TIME_UNITS.iter().any(|(name, _)| *name == long) {
                DimensionKind::Time
            } else {
                DimensionKind::Space
            };
            assert_eq!(known(kind, short), Some((long, false)), "{short}");
        }
    }

    #[test]
    fn what_people_write_is_understood() {
        for (text, meant) in [
            ("\u{b5}m", "micrometer"),
            ("\u{3bc}m", "micrometer"),
            ("\u{39c}M", "micrometer"),
            (" um ", "micrometer"),
            ("UM", "micrometer"),
            ("micrometres", "micrometer"),
            ("Micrometer", "micrometer"),
            ("microns", "micrometer"),
            ("Nanometer", "nanometer"),
            ("\u{c5}", "angstrom"),
            ("mm", "millimeter"),
            ("Mm", "megameter"),
            ("pm", "picometer"),
            ("inches", "inch"),
        ] {
            assert_eq!(known(DimensionKind::Space, text), Some((meant, false)), "{text}");
        }
        for (text, meant) in
            [("ms", "millisecond"), ("Ms", "megasecond"), ("sec", "second"), ("Minutes", "minute"), ("hours", "hour")]
        {
            assert_eq!(known(DimensionKind::Time, text), Some((meant, false)), "{text}");
        }
        assert_eq!(Unit::of(DimensionKind::Space, "mikrometer"), Unit::Unknown { near: Some("micrometer") });
        assert_eq!(Unit::of(DimensionKind::Space, "furlongs of it"), Unit::Unknown { near: None });
        assert_eq!(Unit::of(DimensionKind::Time, "micrometer"), Unit::Unknown { near: None });
        assert_eq!(Unit::of(DimensionKind::Channel, "anything"), Unit::Free);
        assert_eq!(Unit::of(DimensionKind::Time, "  "), Unit::None);
    }

    #[test]
    fn lengths_and_times_convert() {
        assert_eq!(length_um(250.0, "nanometer"), Some(0.25));
        assert_eq!(length_um(0.00025, "mm"), Some(0.25));
        assert_eq!(length_um(1.0, "inch"), Some(25_400.0));
        assert_eq!(length_um(2500.0, "angstrom"), Some(0.25));
        assert_eq!(length_um(1.0, "second"), None);
        assert_eq!(time_s(1500.0, "ms"), Some(1.5));
        assert_eq!(time_s(2.0, "hour"), Some(7200.0));
        assert_eq!(convert(0.1, 1e-6, 1e-9), 100.0);
        assert_eq!(convert(0.108, 1e-6, 1e-9), 108.0);
    }
}
