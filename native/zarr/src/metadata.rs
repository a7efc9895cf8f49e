//! The documents of a store, as values to be written: what an array is, said in Zarr's and OME-NGFF's words.

use serde_json::{Map, Value, json};

use crate::array_description::{ArrayDescription, ZarrVersion};
use crate::{metadata_ngff, metadata_v2, metadata_v3};

/// A document and its key in the store.
pub type Document = (String, Value);

/// The documents of a group that is no image but holds some, with their keys from the group on.
pub fn group_documents(attributes: Map<String, Value>, version: ZarrVersion) -> Vec<Document> {
    match version {
        ZarrVersion::V2 if attributes.is_empty() => vec![(".zgroup".into(), metadata_v2::group())],
        ZarrVersion::V2 => {
            vec![(".zattrs".into(), Value::Object(attributes)), (".zgroup".into(), metadata_v2::group())]
        }
        ZarrVersion::V3 => vec![("zarr.json".into(), metadata_v3::group_document(attributes))],
    }
}

impl ArrayDescription {
    /// All documents of the store, the group's last: what it names is there before it.
    pub fn documents(&self, version: ZarrVersion) -> Vec<Document> {
        let mut documents = self.array_documents(version);
        match version {
            ZarrVersion::V2 => {
                documents.push((".zattrs".into(), metadata_v2::group_attributes(self)));
                documents.push((".zgroup".into(), metadata_v2::group()));
            }
            ZarrVersion::V3 => documents.push(("zarr.json".into(), metadata_v3::group(self))),
        }
        documents
    }

    /// The documents that hold the shape of each level: what changes while an array grows.
    pub fn shape_documents(&self, version: ZarrVersion) -> Vec<Document> {
        let levels = 0..self.levels.len();
        match version {
            ZarrVersion::V2 => {
                levels.map(|level| (format!("{level}/.zarray"), metadata_v2::array(self, level))).collect()
            }
            ZarrVersion::V3 => {
                levels.map(|level| (format!("{level}/zarr.json"), metadata_v3::array(self, level))).collect()
            }
        }
    }

    fn array_documents(&self, version: ZarrVersion) -> Vec<Document> {
        let mut documents = self.shape_documents(version);
        if version == ZarrVersion::V2 {
            let attributes = self.array_attributes();
            if !attributes.is_empty() {
                documents.push(("0/.zattrs".into(), Value::Object(attributes)));
            }
        }
        documents
    }

    /// Attributes of array `0`: the user's own, and beside them, under our name, what no standard has a place for.
    pub(crate) fn array_attributes(&self) -> Map<String, Value> {
        let mut attributes = self.attributes.clone();
        let mut ours = Map::new();
        if !self.notes.is_empty() {
            ours.insert("notes".into(), json!(self.notes));
        }
        let labels: Map<_, _> = self
            .axes
            .iter()
            .filter(|axis| !axis.labels.is_empty())
            .map(|axis| (axis.name.clone(), json!(axis.labels)))
            .collect();
        if !labels.is_empty() {
            ours.insert("labels".into(), Value::Object(labels));
        }
        if !matches!(self.pixel_type.bits(), 8 | 16 | 32) {
            ours.insert("significant_bits".into(), json!(self.pixel_type.bits()));
        }
        if !ours.is_empty() {
            attributes.insert("zarrcam".into(), Value::Object(ours));
        }
        attributes
    }

    /// Attributes of the group: the image in OME-NGFF's terms, or why there are none.
    pub(crate) fn group_attributes(&self, version: ZarrVersion) -> Map<String, Value> {
        match metadata_ngff::why_not_ngff(&self.axes) {
            None => metadata_ngff::attributes(self, version),
            Some(reason) => Map::from_iter([("zarrcam".into(), json!({ "plain_zarr_because": reason }))]),
        }
    }
}
