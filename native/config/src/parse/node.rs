use std::cell::RefCell;

use serde::Deserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{IntoDeserializer, Visitor};
use serde_json::{Map, Value, json};

use super::access::{Entries, Items, Named};
use super::{ALIASES, IGNORED, LONGEST};
use crate::limits::{MAX_FEATURES, MAX_NAME_CHARS, MAX_PROBLEMS, shortened};
use crate::{Fix, Problem, ProblemCode, nearest};

/// How large an object may be, bytes of its JSON, to be offered whole under another name.
const LARGEST_RENAMED_BYTES: usize = 4096;

/// How long the text of a camera's feature may be.
const MAX_FEATURE_TEXT_BYTES: usize = 4096;

/// What is wrong, as far as it will be told: beyond that nothing is worked out.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// One more than are told, so that it shows that there are more.
    fn is_full(&self) -> bool {
        self.0.borrow().len() > MAX_PROBLEMS
    }

    pub fn into_inner(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// One value of the JSON with its path. Without a value it is a stand-in for something wrong that has been noted already.
pub(super) struct Node<'de> {
    pub value: Option<&'de Value>,
    pub path: String,
    pub problems: &'de Problems,
}

impl<'de> Node<'de> {
    pub fn root(value: &'de Value, problems: &'de Problems) -> Self {
        Self { value: Some(value), path: String::new(), problems }
    }

    fn note(&self, path: &str, code: ProblemCode, message: String, fix: Option<Fix>) {
        if !self.problems.is_full() {
            self.problems.0.borrow_mut().push(Problem { fix, ..Problem::error(path, code, message) });
        }
    }

    /// A value of the wrong type; `meant` is the value it most likely stands for.
    fn wrong_type(&self, wanted: &str, meant: Option<Value>) {
        let Some(value) = self.value else { return };
        let fix = meant.map(|value| Fix { label: format!("Use {value}"), path: self.path.clone(), value });
        self.note(&self.path, ProblemCode::Type, format!("Must be {wanted}, and is {}.", describe(value)), fix);
    }

    fn integer(&self, low: i128, high: i128) -> i128 {
        let stand_in = 0.clamp(low, high);
        let Some(value) = self.value else { return stand_in };
        let Some(number) = value.as_number() else {
            let meant = value.as_str().and_then(|text| text.trim().parse::<u64>().ok());
            self.wrong_type("a whole number", meant.map(Value::from));
            return stand_in;
        };
        let exact = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
        let real = number.as_f64().unwrap_or(f64::NAN);
        let integer = match exact {
            Some(integer) => integer,
            None if real.fract() == 0.0 => real as i128,
            None => {
                self.note(&self.path, ProblemCode::Type, format!("Must be a whole number, and is {number}."), None);
                return stand_in;
            }
        };
        // JavaScript and Python's floats write 2^64-1, "until stopped", as more than fits.
        if high == i128::from(u64::MAX) && integer > high {
            return high;
        }
        if integer < low || integer > high {
            let message = if integer < low && low == 0 {
                format!("Must not be negative, and is {number}.")
            } else {
                format!("Must be {low} to {high}, and is {number}.")
            };
            self.note(&self.path, ProblemCode::OutOfRange, message, None);
            return stand_in;
        }
        integer
    }

    fn real(&self) -> f64 {
        let Some(value) = self.value else { return 0.0 };
        value.as_f64().unwrap_or_else(|| {
            let meant = value.as_str().and_then(|text| text.trim().parse::<f64>().ok());
            self.wrong_type("a number", meant.filter(|number| number.is_finite()).map(Value::from));
            0.0
        })
    }

    fn text(&self) -> &'de str {
        let Some(value) = self.value else { return "" };
        value.as_str().unwrap_or_else(|| {
            self.wrong_type("text", None);
            ""
        })
    }

    fn child_path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The object's fields under the names that serde knows.
    fn entries(&self, kind: &str, fields: &'static [&'static str]) -> Entries<'de> {
        let mut entries = Entries::default();
        let Some(value) = self.value else { return entries };
        let Some(object) = value.as_object() else {
            self.wrong_type("an object", None);
            return entries;
        };
        for (key, value) in object {
            let path = self.child_path(key);
            let alias = ALIASES.iter().find(|(owner, alias, _)| *owner == kind && alias == key);
            let name = alias.map_or(key.as_str(), |(_, _, name)| name);
            if IGNORED.contains(&(kind, name)) && !is_pair_of_ids(value) {
                continue;
            }
            let Some(field) = fields.iter().find(|field| **field == name) else {
                self.unknown_field(&path, key, kind, fields, object);
                continue;
            };
            if alias.is_some() {
                let current = object.get(*field).filter(|other| !is_empty(other));
                match current {
                    Some(other) if is_empty(value) || other == value => continue,
                    Some(other) => {
                        let message = format!(
                            "\"{key}\" is the old name of \"{field}\", and both are given: {} and {}. Leave one out.",
                            describe(value),
                            describe(other)
                        );
                        self.note(&path, ProblemCode::Conflict, message, None);
                        continue;
                    }
                    None => {}
                }
            } else if is_empty(value)
                && ALIASES
                    .iter()
                    .any(|(owner, alias, name)| *owner == kind && name == field && object.contains_key(*alias))
            {
                continue;
            }
            entries.push(field, Node { value: Some(value), path, problems: self.problems });
        }
        entries
    }

    /// The entries of an object whose names are somebody else's.
    fn named(&self) -> Named<'de> {
        let Some(value) = self.value else { return Named::default() };
        let Some(object) = value.as_object() else {
            self.wrong_type("an object", None);
            return Named::default();
        };
        if object.len() > MAX_FEATURES {
            let message = format!("At most {MAX_FEATURES} features can be given, and there are {}.", object.len());
            self.note(&self.path, ProblemCode::TooMany, message, None);
            return Named::default();
        }
        let mut named = Named::default();
        for (key, value) in object {
            if key.is_empty() || key.chars().count() > MAX_NAME_CHARS {
                let message = format!("\"{}\" is no name: 1 to {MAX_NAME_CHARS} characters are.", shortened(key));
                self.note(&self.path, ProblemCode::TooLong, message, None);
                continue;
            }
            named.push(key, Node { value: Some(value), path: self.child_path(key), problems: self.problems });
        }
        named
    }

    fn unknown_field(
        &self,
        path: &str,
        key: &str,
        kind: &str,
        fields: &'static [&'static str],
        object: &Map<String, Value>,
    ) {
        if self.problems.is_full() {
            return;
        }
        let shown = shortened(key);
        // A path is as long as its keys.
        let path = if shown == key { path } else { &self.path };
        let aliases = ALIASES.iter().filter(|(owner, _, _)| *owner == kind).map(|(_, alias, _)| *alias);
        let known: Vec<&str> = fields.iter().copied().chain(aliases).collect();
        let Some(near) = nearest(key, known.iter().copied()) else {
            let message = format!("There is no field \"{shown}\" here. The fields are {}.", known.join(", "));
            return self.note(path, ProblemCode::UnknownField, message, None);
        };
        // The owner is replaced as a whole, since setting one field cannot take the other away.
        let small = room_left(object, LARGEST_RENAMED_BYTES).is_some();
        let fix = (small && !object.contains_key(near)).then(|| {
            let renamed: Map<String, Value> = object
                .iter()
                .map(|(name, value)| (if name == key { near.to_owned() } else { name.clone() }, value.clone()))
                .collect();
            Fix { label: format!("Rename to {near}"), path: self.path.clone(), value: Value::Object(renamed) }
        });
        self.note(
            path,
            ProblemCode::UnknownField,
            format!("There is no field \"{shown}\" here. Is \"{near}\" meant?"),
            fix,
        );
    }

    fn variant(&self, variants: &'static [&'static str]) -> &'static str {
        let stand_in = variants.first().copied().unwrap_or_default();
        let Some(value) = self.value else { return stand_in };
        let text = value.as_str();
        if let Some(known) = text.and_then(|text| variants.iter().find(|variant| **variant == text)) {
            return known;
        }
        let near = text.and_then(|text| nearest(text, variants.iter().copied()));
        let fix = near.map(|near| Fix { label: format!("Use {near}"), path: self.path.clone(), value: json!(near) });
        let meant = near.map_or_else(String::new, |near| format!(" Is \"{near}\" meant?"));
        let code = if text.is_some() { ProblemCode::UnknownValue } else { ProblemCode::Type };
        let message = format!("Must be one of {}, and is {}.{meant}", variants.join(", "), describe(value));
        self.note(&self.path, code, message, fix);
        stand_in
    }

    fn items(&self, wanted: &str, length: Option<usize>) -> Items<'de> {
        let nothing = Items::stand_ins(self.path.clone(), length.unwrap_or(0), self.problems);
        let Some(value) = self.value else { return nothing };
        let Some(array) = value.as_array() else {
            self.wrong_type(wanted, None);
            return nothing;
        };
        let field = self.path.rsplit('.').next().unwrap_or_default();
        if let Some((_, most, what)) = LONGEST.iter().find(|(name, most, _)| *name == field && array.len() > *most) {
            let message = format!("At most {most} {what} can be given, and there are {}.", array.len());
            self.note(&self.path, ProblemCode::TooMany, message, None);
            return nothing;
        }
        if length.is_some_and(|length| array.len() != length) {
            let message = format!("Must be {wanted}, and has {} elements.", array.len());
            self.note(&self.path, ProblemCode::Type, message, None);
            return nothing;
        }
        Items::new(self.path.clone(), array, self.problems)
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// What is left of so many bytes after the object is written, about; `None`: nothing.
fn room_left(object: &Map<String, Value>, bytes: usize) -> Option<usize> {
    object.iter().try_fold(bytes, |left, (key, value)| room_after(value, left.checked_sub(key.len() + 4)?))
}

fn room_after(value: &Value, bytes: usize) -> Option<usize> {
    match value {
        Value::Object(object) => room_left(object, bytes.checked_sub(2)?),
        Value::Array(items) => items.iter().try_fold(bytes.checked_sub(2)?, |left, item| room_after(item, left)),
        Value::String(text) => bytes.checked_sub(text.len() + 3),
        _ => bytes.checked_sub(8),
    }
}

fn is_pair_of_ids(value: &Value) -> bool {
    value.as_array().is_some_and(|ids| {
        ids.len() == 2 && ids.iter().all(|id| id.as_u64().is_some_and(|id| id <= u64::from(u32::MAX)))
    })
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.chars().count() <= 60 => format!("\"{text}\""),
        Value::String(_) => "a long text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.integer(<$type>::MIN.into(), <$type>::MAX.into()) as $type)
        }
    )*};
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Error;

    integers!(
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64
    );

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.real())
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.real())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.value.map(|value| {
            value.as_bool().unwrap_or_else(|| {
                let meant = match value {
                    Value::Number(number) if number.as_f64() == Some(0.0) => Some(json!(false)),
                    Value::Number(number) if number.as_f64() == Some(1.0) => Some(json!(true)),
                    Value::String(text) => text.to_lowercase().parse::<bool>().ok().map(Value::from),
                    _ => None,
                };
                self.wrong_type("true or false", meant);
                false
            })
        });
        visitor.visit_bool(value.unwrap_or(false))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // Acquire writes "" where it has nothing.
        if self.value.is_none_or(is_empty) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.items("a list", None))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.items(&format!("a list of {length} numbers"), Some(length)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(self.entries(name, fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant: StrDeserializer<Error> = self.variant(variants).into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.named())
    }

    /// What a camera's own feature is set to, the one thing whose type the document does not say.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Some(Value::Bool(flag)) => visitor.visit_bool(*flag),
            Some(Value::String(text)) if text.len() <= MAX_FEATURE_TEXT_BYTES => visitor.visit_borrowed_str(text),
            Some(Value::String(text)) => {
                let message =
                    format!("At most {MAX_FEATURE_TEXT_BYTES} bytes of text are taken, and there are {}.", text.len());
                self.note(&self.path, ProblemCode::TooLong, message, None);
                visitor.visit_bool(false)
            }
            Some(Value::Number(_)) => visitor.visit_f64(self.real()),
            _ => {
                self.wrong_type("a number, text, true or false", None);
                visitor.visit_bool(false)
            }
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct newtype_struct tuple_struct identifier
    }
}
