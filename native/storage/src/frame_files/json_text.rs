//! JSON as it stands in a TIFF's description: ASCII, and nothing in it by which a reader would take the file for another
//! program's.

/// What readers look for anywhere in a description, and a letter of it that is escaped: JSON stays the same by that, and no
/// longer holds the mark. tifffile's own arrays, MIBI and ScanImage (tifffile); Improvision (Bio-Formats).
const MARKS: [(&str, usize); 4] = [("\"shape\":", 2), ("\"mibi.", 2), ("scanimage.SI", 1), ("Improvision", 1)];

/// `text`: well-formed JSON.
pub(super) fn for_description(text: &str) -> String {
    // TIFF 6.0 allows ASCII only. Outside its strings JSON has nothing else, and in them every character has an escape.
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&escape(*unit));
            }
        }
    }
    for (mark, at) in MARKS {
        if ascii.contains(mark) {
            let (before, after) = mark.split_at(at);
            let (letter, after) = after.split_at(1);
            let letter = escape(u16::from(letter.as_bytes()[0]));
            ascii = ascii.replace(mark, &format!("{before}{letter}{after}"));
        }
    }
    ascii
}

fn escape(unit: u16) -> String {
    format!("\\u{unit:04x}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Strings with marks, halves of marks, and all that JSON escapes.
    fn strings() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("shape".to_owned()),
            Just("\"shape\":".to_owned()),
            Just("mibi.".to_owned()),
            Just("scanimage.SI".to_owned()),
            Just("Improvision".to_owned()),
            Just("ImageJ=1.53\nimages=7\n".to_owned()),
            Just("<OME></OME>".to_owned()),
            Just("\\".to_owned()),
            Just("\0".to_owned()),
            any::<String>(),
        ];
        proptest::collection::vec(pieces, 0..4).prop_map(|pieces| pieces.concat())
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), strings().prop_map(Value::from)];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((strings(), inner), 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_says_the_same_without_any_mark(value in values(), pretty: bool) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            let written = for_description(&text);
            prop_assert!(written.is_ascii());
            for (mark, _) in MARKS {
                prop_assert!(!written.contains(mark), "{written}");
            }
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        }
    }
}
