//! What strangers call themselves.

/// Longest label of a domain name, bytes.
pub const LABEL_BYTES: usize = 63;

/// A text as it may be shown: on one line, without what cannot be seen or turns the direction of writing round, cut to so many
/// bytes. None: nothing of it is left.
pub fn shown(text: &str, most_bytes: usize) -> Option<String> {
    let mut shown = String::new();
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if is_hidden(c) || (c == ' ' && (shown.is_empty() || shown.ends_with(' '))) {
            continue;
        }
        if shown.len() + c.len_utf8() > most_bytes {
            break;
        }
        shown.push(c);
    }
    let length = shown.trim_end().len();
    shown.truncate(length);
    if shown.is_empty() { None } else { Some(shown) }
}

/// Controls, marks of direction, joiners, fillers and tags: they change how what stands beside them reads.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_line_that_reads_as_it_is_written() {
        assert_eq!(shown("  Light\tsheet \n 2 ", 63).as_deref(), Some("Light sheet 2"));
        assert_eq!(shown("gpj.\u{202e}exe", 63).as_deref(), Some("gpj.exe"));
        assert_eq!(shown("Mikroskop für α", 63).as_deref(), Some("Mikroskop für α"));
        assert_eq!(shown("<script>alert(1)</script>", 63).as_deref(), Some("<script>alert(1)</script>"));
        assert_eq!(shown("\u{0}\u{1b}\u{200b} ", 63), None);
        assert_eq!(shown("ääää", 5).as_deref(), Some("ää"));
    }

    proptest! {
        #[test]
        fn whatever_it_was_it_is_short_and_has_no_controls(text in any::<String>(), most in 1_usize..100) {
            if let Some(shown) = shown(&text, most) {
                prop_assert!(!shown.is_empty() && shown.len() <= most);
                prop_assert!(!shown.chars().any(|c| c.is_control() || is_hidden(c)));
                prop_assert_eq!(shown.trim(), &shown);
            }
        }
    }
}
