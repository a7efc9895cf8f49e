//! JSON as other programs write it.

use std::io;
#[cfg(unix)]
use std::path::Path;

use serde_json::Value;

/// The JSON document that a file is.
#[cfg(unix)]
pub(crate) fn read_json(path: &Path) -> io::Result<Value> {
    parse_json(&zarrcam_files::read_document(path)?)
}

/// A JSON document of any program. Python's writes NaN and infinities as JSON has none; they read as null.
pub(crate) fn parse_json(bytes: &[u8]) -> io::Result<Value> {
    // Some editors begin a file with the mark of its byte order.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let parsed = serde_json::from_slice(bytes).or_else(|_| serde_json::from_slice(&without_nan(bytes)));
    parsed.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("it is no JSON: {error}")))
}

/// The words that stand for numbers beyond JSON, outside of strings, as null.
fn without_nan(json: &[u8]) -> Vec<u8> {
    const WORDS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    let mut out = Vec::with_capacity(json.len());
    let (mut at, mut in_string) = (0, false);
    while at < json.len() {
        let rest = &json[at..];
        if !in_string && let Some(word) = WORDS.iter().find(|word| rest.starts_with(word)) {
            out.extend_from_slice(b"null");
            at += word.len();
            continue;
        }
        match rest[0] {
            b'"' => in_string = !in_string,
            b'\\' if in_string && rest.len() > 1 => {
                out.push(rest[0]);
                at += 1;
            }
            _ => {}
        }
        out.push(json[at]);
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_json_read_as_null() {
        let read = |text: &str| parse_json(text.as_bytes()).map_err(|error| error.kind());
        let text = r#"{"a": NaN, "b": [1, -Infinity, Infinity], "NaN": "NaN, \"Infinity\" \\"}"#;
        let expected = serde_json::json!({"a": null, "b": [1, null, null], "NaN": "NaN, \"Infinity\" \\"});
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read("\u{feff}[1]").unwrap(), serde_json::json!([1]));
        for wrong in ["", "{", "NaNa", "\"NaN", "{\"a\": nan}", "\"\\"] {
            assert_eq!(read(wrong).unwrap_err(), io::ErrorKind::InvalidData, "{wrong}");
        }
    }
}
