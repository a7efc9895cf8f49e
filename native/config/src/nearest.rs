use strsim::osa_distance;

/// Longer ones are no misspelling; to compare them would take time for nothing.
const LONGEST_CHARS: usize = 200;

/// The candidate that a mistyped `name` most likely meant; `None` where nothing is close enough to propose.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 4 * LONGEST_CHARS {
        return None;
    }
    let lower = name.to_lowercase();
    let wanted = lower.trim();
    let chars = wanted.chars().count();
    // No name that there is comes near to half of that.
    if chars == 0 || chars > LONGEST_CHARS {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| {
            let known = candidate.to_lowercase();
            // A swap of neighbours is one mistake, as people make it.
            (osa_distance(wanted, &known), chars.max(known.chars().count()), candidate)
        })
        .filter(|(distance, longest, candidate)| *distance * 5 <= *longest * 2 || contains_words(candidate, name))
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

/// `sin` for `simulated: radial sin`, `exposure` for `exposure_time_us`.
fn contains_words(candidate: &str, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let candidate = candidate.to_lowercase();
    name.chars().count() >= 3
        && candidate
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == name || (candidate.starts_with(&name) && word.starts_with(&name)))
        || name.chars().count() >= 6 && (candidate.contains(&name) || name.contains(&candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERAS: [&str; 4] = ["simulated: uniform random", "simulated: radial sin", "simulated: empty", "replay"];

    #[test]
    fn proposes_what_was_meant() {
        assert_eq!(nearest("simulated: radial sine", CAMERAS), Some("simulated: radial sin"));
        assert_eq!(nearest("Simulated Radial Sin", CAMERAS), Some("simulated: radial sin"));
        assert_eq!(nearest("radial sin", CAMERAS), Some("simulated: radial sin"));
        assert_eq!(nearest("ZarV3", ["Zarr", "ZarrV3", "trash"]), Some("ZarrV3"));
        assert_eq!(nearest("zarr", ["Zarr", "ZarrV3"]), Some("Zarr"));
        assert_eq!(nearest("exposure_us", ["line_interval_us", "exposure_time_us"]), Some("exposure_time_us"));
        assert_eq!(nearest("exposure", ["line_interval_us", "exposure_time_us"]), Some("exposure_time_us"));
        assert_eq!(nearest("dimesnions", ["acquisition_dimensions", "uri"]), None);
    }

    #[test]
    fn proposes_nothing_when_nothing_is_near() {
        assert_eq!(nearest("hamamatsu", CAMERAS), None);
        assert_eq!(nearest("", CAMERAS), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_mistake() {
        assert_eq!(nearest("teh", ["the"]), Some("the"));
        assert_eq!(nearest("tax", ["the"]), None);
    }
}
