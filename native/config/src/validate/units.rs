use crate::{DimensionKind, nearest};

/// What OME-NGFF recommends for axes of space (0.5, "axes").
const SPACE: [&str; 26] = [
    "angstrom",
    "attometer",
    "centimeter",
    "decimeter",
    "exameter",
    "femtometer",
    "foot",
    "gigameter",
    "hectometer",
    "inch",
    "kilometer",
    "megameter",
    "meter",
    "micrometer",
    "mile",
    "millimeter",
    "nanometer",
    "parsec",
    "petameter",
    "picometer",
    "terameter",
    "yard",
    "yoctometer",
    "yottameter",
    "zeptometer",
    "zettameter",
];
/// And for axes of time.
const TIME: [&str; 23] = [
    "attosecond",
    "centisecond",
    "day",
    "decisecond",
    "exasecond",
    "femtosecond",
    "gigasecond",
    "hectosecond",
    "hour",
    "kilosecond",
    "megasecond",
    "microsecond",
    "millisecond",
    "minute",
    "nanosecond",
    "petasecond",
    "picosecond",
    "second",
    "terasecond",
    "yoctosecond",
    "yottasecond",
    "zeptosecond",
    "zettasecond",
];
/// What people write instead.
const SHORT: [(&str, &str); 20] = [
    ("m", "meter"),
    ("cm", "centimeter"),
    ("mm", "millimeter"),
    ("um", "micrometer"),
    ("\u{b5}m", "micrometer"),
    ("\u{3bc}m", "micrometer"),
    ("micron", "micrometer"),
    ("microns", "micrometer"),
    ("nm", "nanometer"),
    ("pm", "picometer"),
    ("\u{e5}", "angstrom"),
    ("s", "second"),
    ("sec", "second"),
    ("ms", "millisecond"),
    ("us", "microsecond"),
    ("\u{b5}s", "microsecond"),
    ("ns", "nanosecond"),
    ("min", "minute"),
    ("h", "hour"),
    ("d", "day"),
];

/// Is the unit one that readers know for such an axis? `Err` has the one that is meant, if it can be told.
pub(super) fn known(kind: DimensionKind, unit: &str) -> Result<(), Option<&'static str>> {
    let names: &[&str] = match kind {
        DimensionKind::Space => &SPACE,
        DimensionKind::Time => &TIME,
        DimensionKind::Channel | DimensionKind::Other => return Ok(()),
    };
    if unit.is_empty() || names.contains(&unit) {
        return Ok(());
    }
    let lower = unit.to_lowercase().replace("metre", "meter");
    let meant = SHORT.iter().find(|(short, _)| *short == lower).map(|(_, long)| *long);
    let near = meant.or_else(|| nearest(lower.trim_end_matches('s'), names.iter().copied()));
    Err(near.filter(|near| names.contains(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposes_the_name_that_readers_know() {
        assert_eq!(known(DimensionKind::Space, "micrometer"), Ok(()));
        assert_eq!(known(DimensionKind::Space, "\u{b5}m"), Err(Some("micrometer")));
        assert_eq!(known(DimensionKind::Space, "micrometres"), Err(Some("micrometer")));
        assert_eq!(known(DimensionKind::Space, "Nanometer"), Err(Some("nanometer")));
        assert_eq!(known(DimensionKind::Time, "ms"), Err(Some("millisecond")));
        assert_eq!(known(DimensionKind::Time, "micrometer"), Err(None));
        assert_eq!(known(DimensionKind::Channel, "anything"), Ok(()));
        assert!(SHORT.iter().all(|(_, long)| SPACE.contains(long) || TIME.contains(long)));
    }
}
