//! The colour that a channel is shown in, where nobody chose one: what its name is used to in the field.

/// Where a name says nothing: no two of the first three share a primary colour with both others, and six tell apart.
const CYCLE: [&str; 6] = ["00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF"];
const WHITE: &str = "FFFFFF";

/// Parts of names, in lower case without blanks, by the colour that microscopists expect. The first that fits counts.
const BY_NAME: [(&str, &[&str]); 11] = [
    (WHITE, &["brightfield", "transmitted", "phase", "dic", "polarized"]),
    ("0000FF", &["dapi", "hoechst", "bfp", "405"]),
    ("00FFFF", &["cfp", "cerulean", "turquoise", "445", "458"]),
    ("FFFF00", &["yfp", "venus", "citrine", "514"]),
    ("FF00FF", &["cy5", "farred", "irfp", "mirfp", "draq", "640", "647", "633", "660"]),
    ("00FF00", &["gfp", "fitc", "gcamp", "neongreen", "cy2", "488"]),
    (
        "FF0000",
        &["rfp", "cherry", "tritc", "tomato", "texasred", "scarlet", "cy3", "rhodamine", "555", "561", "568", "594"],
    ),
    (WHITE, &["bf", "gray", "grey", "white"]),
    ("FF0000", &["red"]),
    ("00FF00", &["green"]),
    ("0000FF", &["blue"]),
];

/// One colour for each channel, "RRGGBB" as OME-NGFF writes it: the chosen one, else the one that its name is used to, else one of six
/// in turn; white for a single channel. `chosen` may be shorter, and empty texts in it choose none.
pub fn channel_colors(labels: &[String], chosen: &[String]) -> Vec<String> {
    let color = |(index, label): (usize, &String)| {
        if let Some(chosen) = chosen.get(index).and_then(|chosen| color_of(chosen)) {
            return chosen;
        }
        let turn = if labels.len() == 1 { WHITE } else { CYCLE[index % CYCLE.len()] };
        by_name(label).unwrap_or(turn).to_owned()
    };
    labels.iter().enumerate().map(color).collect()
}

/// "#00ff00" and "00FF00" as "00FF00"; `None`: it is no colour.
pub(crate) fn color_of(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| digits.to_ascii_uppercase())
}

fn by_name(label: &str) -> Option<&'static str> {
    let plain: String = label.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let fits = |part: &&str| {
        if part.len() <= 3 && !part.starts_with(|c: char| c.is_ascii_digit()) {
            words(label, part)
        } else {
            plain.contains(*part)
        }
    };
    BY_NAME.iter().find(|(_, parts)| parts.iter().any(fits)).map(|(color, _)| *color)
}

/// Of short names the whole word, or its end, counts: "EGFP" is GFP, and "subset" no BF.
fn words(label: &str, part: &str) -> bool {
    let lower = label.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == part || (part.len() > 2 && (word.ends_with(part) || word.starts_with(part))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colors(labels: &[&str], chosen: &[&str]) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        channel_colors(&owned(labels), &owned(chosen))
    }

    #[test]
    fn names_have_the_colours_that_the_field_gives_them() {
        assert_eq!(colors(&["DAPI", "EGFP", "mCherry", "Cy5"], &[]), ["0000FF", "00FF00", "FF0000", "FF00FF"]);
        assert_eq!(colors(&["Hoechst 33342", "Alexa 488", "BF"], &[]), ["0000FF", "00FF00", "FFFFFF"]);
        assert_eq!(colors(&["DIC", "subset"], &[]), ["FFFFFF", "FF00FF"], "a part of a word is no name");
    }

    #[test]
    fn a_chosen_colour_goes_first_and_the_others_take_turns() {
        assert_eq!(colors(&["a", "b", "c"], &["", "#ffa500"]), ["00FF00", "FFA500", "00FFFF"]);
        assert_eq!(colors(&["a"], &[]), ["FFFFFF"], "alone it is gray");
        assert_eq!(colors(&["DAPI", "b"], &["red"]), ["0000FF", "FF00FF"], "what is no colour chooses none");
    }
}
