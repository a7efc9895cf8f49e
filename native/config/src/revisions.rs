//! The one configuration, its revision, and what changed since an older one.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{Configuration, Problem, ProblemCode, Severity, VideoStream};

/// Older revisions than that are answered without saying what changed.
const REMEMBERED: usize = 64;
/// How many changes are listed: the first are enough to see what happened.
const MAX_CHANGES: usize = 20;

/// The configuration in force.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AppliedConfiguration {
    /// The whole document.
    pub configuration: Configuration,
    /// How often it was changed: a write on an older revision is refused.
    #[ts(type = "number")]
    pub revision: u64,
}

/// A write on an older revision than the one in force.
#[derive(Clone, Debug, PartialEq)]
pub struct StaleRevision {
    /// Who changed it meanwhile, and the first thing that is another.
    pub message: String,
    /// What is another, as far as it is remembered.
    pub changes: Vec<Problem>,
}

/// The one configuration, and those before it.
pub struct Revisions {
    current: Configuration,
    revision: u64,
    /// Documents before the current one, with their revisions, oldest first.
    past: VecDeque<(u64, Value)>,
    changed_by: String,
}

/// One stream that is none yet, as Acquire's first document has them: what a script fills in.
impl Default for Revisions {
    fn default() -> Self {
        Self {
            current: Configuration { video: vec![VideoStream::default()] },
            revision: 0,
            past: VecDeque::new(),
            changed_by: String::new(),
        }
    }
}

impl Revisions {
    /// The configuration in force.
    pub fn current(&self) -> &Configuration {
        &self.current
    }

    /// The configuration in force, with its revision.
    pub fn applied(&self) -> AppliedConfiguration {
        AppliedConfiguration { configuration: self.current.clone(), revision: self.revision }
    }

    /// Puts another configuration in force.
    pub fn replace(&mut self, configuration: Configuration, changed_by: &str) {
        if self.past.len() == REMEMBERED {
            self.past.pop_front();
        }
        self.past.push_back((self.revision, as_value(&self.current)));
        self.current = configuration;
        self.revision += 1;
        changed_by.clone_into(&mut self.changed_by);
    }

    /// Refuses a write that was made on another revision than the current one.
    pub fn check(&self, revision: Option<u64>) -> Result<(), StaleRevision> {
        let Some(revision) = revision.filter(|revision| *revision != self.revision) else { return Ok(()) };
        let mut changes = Vec::new();
        if let Some((_, old)) = self.past.iter().find(|(past, _)| *past == revision) {
            differences("", old, &as_value(&self.current), &mut changes);
        }
        let who = if self.changed_by.is_empty() { "somebody else" } else { &self.changed_by };
        let what = changes.first().map_or(String::new(), |problem| format!(": {}", problem.message));
        let message = format!(
            "The configuration is at revision {} by now, changed by {who}; this was made on revision {revision}{what}",
            self.revision
        );
        Err(StaleRevision { message, changes })
    }
}

fn as_value(configuration: &Configuration) -> Value {
    serde_json::to_value(configuration).unwrap_or_default()
}

fn differences(path: &str, old: &Value, new: &Value, changes: &mut Vec<Problem>) {
    if old == new || changes.len() >= MAX_CHANGES {
        return;
    }
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let none = Value::Null;
            for key in all_keys(old, new) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(&path, old.get(key).unwrap_or(&none), new.get(key).unwrap_or(&none), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                differences(&format!("{path}[{index}]"), old, new, changes);
            }
        }
        _ => changes.push(Problem {
            path: path.to_owned(),
            code: ProblemCode::Changed,
            severity: Severity::Error,
            message: format!("{path} was {old}, is {new}."),
            fix: None,
        }),
    }
}

fn all_keys<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> impl Iterator<Item = &'a String> {
    old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_write_is_told_what_changed() {
        let mut revisions = Revisions::default();
        let mut configuration = Configuration { video: vec![VideoStream::default()] };
        revisions.replace(configuration.clone(), "page 1");
        configuration.video[0].camera.settings.exposure_time_us = 7e4;
        revisions.replace(configuration, "page 2");

        assert_eq!(revisions.applied().revision, 2);
        revisions.check(None).unwrap();
        revisions.check(Some(2)).unwrap();
        let refused = revisions.check(Some(1)).unwrap_err();
        assert_eq!(refused.changes.len(), 1);
        assert_eq!(refused.changes[0].path, "video[0].camera.settings.exposure_time_us");
        assert!(refused.message.contains("page 2") && refused.message.contains("70000"), "{}", refused.message);
        assert_eq!(revisions.check(Some(77)).unwrap_err().changes, []);
    }
}
