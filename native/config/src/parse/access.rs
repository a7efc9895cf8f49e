use std::collections::VecDeque;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};
use serde_json::Value;

use super::node::{Node, Problems};

/// The known fields of an object.
#[derive(Default)]
pub(super) struct Entries<'de> {
    entries: VecDeque<(&'static str, Node<'de>)>,
    next: Option<Node<'de>>,
}

impl<'de> Entries<'de> {
    pub fn push(&mut self, field: &'static str, node: Node<'de>) {
        self.entries.push_back((field, node));
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((field, node)) = self.entries.pop_front() else { return Ok(None) };
        self.next = Some(node);
        let key: StrDeserializer<Error> = field.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let node = self.next.take().ok_or_else(|| serde::de::Error::custom("a value without its key"))?;
        seed.deserialize(node)
    }
}

/// The entries of an object whose names are not the document's.
#[derive(Default)]
pub(super) struct Named<'de> {
    entries: VecDeque<(&'de str, Node<'de>)>,
    next: Option<Node<'de>>,
}

impl<'de> Named<'de> {
    pub fn push(&mut self, name: &'de str, node: Node<'de>) {
        self.entries.push_back((name, node));
    }
}

impl<'de> MapAccess<'de> for Named<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, node)) = self.entries.pop_front() else { return Ok(None) };
        self.next = Some(node);
        let key: StrDeserializer<Error> = name.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let node = self.next.take().ok_or_else(|| serde::de::Error::custom("a value without its key"))?;
        seed.deserialize(node)
    }
}

/// The elements of a list, or stand-ins for them.
pub(super) struct Items<'de> {
    path: String,
    values: Vec<Option<&'de Value>>,
    next: usize,
    problems: &'de Problems,
}

impl<'de> Items<'de> {
    pub fn new(path: String, values: &'de [Value], problems: &'de Problems) -> Self {
        Self { path, values: values.iter().map(Some).collect(), next: 0, problems }
    }

    pub fn stand_ins(path: String, count: usize, problems: &'de Problems) -> Self {
        Self { path, values: vec![None; count], next: 0, problems }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.values.get(self.next).copied() else { return Ok(None) };
        let path = format!("{}[{}]", self.path, self.next);
        self.next += 1;
        seed.deserialize(Node { value, path, problems: self.problems }).map(Some)
    }
}
