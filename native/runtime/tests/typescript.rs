//! The TypeScript types of `bridge/protocol/src/generated` are made from the Rust types, and may not be stale.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use ts_rs::{Config, TS, TypeVisitor};
use zarrcam_acquisition::{DatasetInfo, Event, LossPage};
use zarrcam_config::{Capabilities, Configuration, DeviceInfo, ErrorData, Problem, Suggestion, Use};

/// Declarations by name, so that the file's order does not depend on the order of the roots.
struct Collector {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let declaration = format!("{}export {}\n", T::docs().unwrap_or_default(), T::decl(&self.config));
            let name = T::ident(&self.config);
            let other = self.declarations.insert(name.clone(), declaration.clone());
            assert!(other.is_none_or(|other| other == declaration), "two types are named {name}");
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn generate() -> String {
    let mut collector = Collector {
        config: Config::new().with_large_int("number"),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    collector.visit::<Configuration>();
    collector.visit::<Problem>();
    collector.visit::<ErrorData>();
    collector.visit::<Capabilities>();
    collector.visit::<DeviceInfo>();
    collector.visit::<Use>();
    collector.visit::<Suggestion>();
    collector.visit::<Event>();
    collector.visit::<LossPage>();
    collector.visit::<DatasetInfo>();
    let header = "// Made from the Rust types by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n";
    collector.declarations.values().fold(header.to_owned(), |text, declaration| text + "\n" + declaration)
}

#[test]
fn generated_types_are_fresh() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../bridge/protocol/src/generated/index.ts"));
    let fresh = generate();
    if std::env::var_os("UPDATE_TYPES").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("make the folder");
        std::fs::write(&path, &fresh).expect("write the types");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "{} is stale: run UPDATE_TYPES=1 cargo test --release -p zarrcam-runtime --test typescript",
        path.display()
    );
}
