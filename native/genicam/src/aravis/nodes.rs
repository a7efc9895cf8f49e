use std::ffi::c_int;

use zarrcam_config::{FeatureKind, FeatureLevel};

use super::device::Device;
use super::functions::{Functions, List, Object};
use super::library::owned_text;

/// How deep categories may lie in each other: a description may be wrong, and go in a circle.
const DEEPEST: usize = 12;
/// How many features are told of at most.
const MOST: usize = 5000;

/// A feature, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// The categories that it lies in, the outermost first.
    pub category: Vec<String>,
    pub kind: FeatureKind,
    pub level: FeatureLevel,
    pub unit: String,
    /// Whether it can be read now.
    pub readable: bool,
    /// Whether it can be set now.
    pub writable: bool,
}

impl Device {
    /// The features that the camera shows to people, in its order. Those that it does not have, or hides, are left out.
    pub fn tree(&self) -> Vec<Node> {
        let _calls = self.lock();
        let functions = self.functions();
        let mut nodes = Vec::new();
        // SAFETY: the device is open, and so is its description.
        unsafe {
            let genicam = (functions.arv_device_get_genicam)(self.device);
            if !genicam.is_null() {
                self.category(functions, genicam, c"Root".to_owned().as_c_str(), &mut Vec::new(), &mut nodes);
            }
        }
        nodes
    }

    /// # Safety
    /// `genicam` is this device's description, and `name` a name in it.
    unsafe fn category(
        &self,
        functions: &Functions,
        genicam: Object,
        name: &std::ffi::CStr,
        path: &mut Vec<String>,
        nodes: &mut Vec<Node>,
    ) {
        // SAFETY: a node is asked only for what its type has. The lists are the description's own, and stay.
        unsafe {
            let node = (functions.arv_gc_get_node)(genicam, name.as_ptr());
            let is =
                |node: Object, kind: usize| !node.is_null() && (functions.g_type_check_instance_is_a)(node, kind) != 0;
            if path.len() >= DEEPEST || !is(node, (functions.arv_gc_category_get_type)()) {
                return;
            }
            let mut entry: *const List = (functions.arv_gc_category_get_features)(node);
            while !entry.is_null() && nodes.len() < MOST {
                let feature = super::library::c_text(&owned_text((*entry).data.cast()).unwrap_or_default());
                entry = (*entry).next;
                let node = (functions.arv_gc_get_node)(genicam, feature.as_ptr());
                if !is(node, (functions.arv_gc_feature_node_get_type)()) {
                    continue;
                }
                if is(node, (functions.arv_gc_category_get_type)()) {
                    path.push(shown_name(functions, node));
                    self.category(functions, genicam, &feature, path, nodes);
                    path.pop();
                } else if let Some(node) = self.feature(functions, node, path) {
                    nodes.push(node);
                }
            }
        }
    }

    /// # Safety
    /// `node` is a feature of this device's description.
    unsafe fn feature(&self, functions: &Functions, node: Object, category: &[String]) -> Option<Node> {
        // SAFETY: as the caller says; each question is one of all features, or of the kind that was found.
        unsafe {
            let is = |kind: usize| (functions.g_type_check_instance_is_a)(node, kind) != 0;
            let yes = |asked: Result<c_int, String>| asked.is_ok_and(|answer| answer != 0);
            // `ArvGcVisibility`: 0 invisible, 1 guru, 2 expert, 3 beginner; where it does not say, everybody's.
            let level = match (functions.arv_gc_feature_node_get_visibility)(node) {
                0 => return None,
                1 => FeatureLevel::Guru,
                2 => FeatureLevel::Expert,
                _ => FeatureLevel::Beginner,
            };
            if !yes(self.aravis.checked(|error| (functions.arv_gc_feature_node_is_implemented)(node, error))) {
                return None;
            }
            let kind = if is((functions.arv_gc_enumeration_get_type)()) {
                FeatureKind::Enumeration
            } else if is((functions.arv_gc_command_get_type)()) {
                FeatureKind::Command
            } else if is((functions.arv_gc_boolean_get_type)()) {
                FeatureKind::Boolean
            } else if is((functions.arv_gc_string_get_type)()) {
                FeatureKind::Text
            } else if is((functions.arv_gc_float_get_type)()) {
                FeatureKind::Float
            } else if is((functions.arv_gc_integer_get_type)()) {
                FeatureKind::Integer
            } else {
                FeatureKind::Register
            };
            let unit = match kind {
                FeatureKind::Float => owned_text((functions.arv_gc_float_get_unit)(node)),
                FeatureKind::Integer => owned_text((functions.arv_gc_integer_get_unit)(node)),
                _ => None,
            };
            let available = yes(self.aravis.checked(|error| (functions.arv_gc_feature_node_is_available)(node, error)));
            let locked = yes(self.aravis.checked(|error| (functions.arv_gc_feature_node_is_locked)(node, error)));
            // `ArvGcAccessMode`: 0 read, 1 write, 2 both.
            let access = (functions.arv_gc_feature_node_get_actual_access_mode)(node);
            let description =
                owned_text((functions.arv_gc_feature_node_get_description)(node)).filter(|text| !text.is_empty());
            let tooltip = || owned_text((functions.arv_gc_feature_node_get_tooltip)(node));
            Some(Node {
                name: owned_text((functions.arv_gc_feature_node_get_name)(node)).filter(|name| !name.is_empty())?,
                display_name: shown_name(functions, node),
                description: description.or_else(tooltip).unwrap_or_default(),
                category: category.to_vec(),
                kind,
                level,
                unit: unit.unwrap_or_default(),
                readable: available && access != 1,
                writable: available && !locked && access >= 1,
            })
        }
    }
}

/// # Safety
/// `node` is a feature.
unsafe fn shown_name(functions: &Functions, node: Object) -> String {
    // SAFETY: as the caller says.
    unsafe {
        let shown = owned_text((functions.arv_gc_feature_node_get_display_name)(node)).filter(|name| !name.is_empty());
        let name = || owned_text((functions.arv_gc_feature_node_get_name)(node));
        shown.or_else(name).unwrap_or_default()
    }
}
