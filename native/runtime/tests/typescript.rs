//! The TypeScript types of `bridge/protocol/src/generated` are made from the Rust types, and may not be stale.
//! The test sits here because this crate sees all of them.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use ts_rs::{Config, TS, TypeVisitor};
use zarrcam_acquisition::{DatasetInfo, Event, LeftOut, LossPage};
use zarrcam_config::{
    Capabilities, Configuration, DeviceInfo, ErrorData, Example, Problem, SPACE_UNITS, STORAGE_DEVICES, StorageDevice,
    Suggestion, Use, VideoStream, default_configuration, examples, storage_capabilities,
};
use zarrcam_runtime::{AppliedConfiguration, Meaning, Started};
use zarrcam_storage::Recovery;
use zarrcam_zarr::Plan;

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
            let docs = T::docs().map(|docs| short_comment(&docs) + "\n").unwrap_or_default();
            let declaration = format!("{docs}export {}\n", a_field_a_line(&T::decl(&self.config)));
            let name = T::ident(&self.config);
            let other = self.declarations.insert(name.clone(), declaration.clone());
            assert!(other.is_none_or(|other| other == declaration), "two types are named {name}");
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// `type A = { a: number, b: string, };` over lines, with its comments.
fn a_field_a_line(declaration: &str) -> String {
    let Some((head, fields)) = declaration.split_once(" = { ").filter(|_| declaration.ends_with(", };")) else {
        return declaration.to_owned();
    };
    let mut lines = format!("{head} = {{");
    let mut rest = fields.trim_end_matches(" };");
    while !rest.trim().is_empty() {
        rest = rest.trim_start();
        if rest.starts_with("/**") {
            let (comment, after) = rest.split_at(rest.find("*/").expect("the comment ends") + 2);
            lines += &format!("\n  {}", short_comment(comment).replace('\n', "\n  "));
            rest = after;
        } else {
            let (field, after) = rest.split_at(end_of_field(rest));
            lines += &format!("\n  {};", field.trim());
            rest = after.trim_start_matches(',');
        }
    }
    lines + "\n};"
}

/// The comma behind the field, commas within its type not counted.
fn end_of_field(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '<' | '[' | '(' | '{' => depth += 1,
            '>' | ']' | ')' | '}' => depth -= 1,
            ',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// One line stays one line.
fn short_comment(comment: &str) -> String {
    let lines: Vec<&str> = comment
        .lines()
        .map(|line| line.trim().trim_start_matches("/**").trim_start_matches("*/").trim_start_matches('*').trim())
        .collect();
    let text = lines.join("\n");
    match text.trim() {
        one if !one.contains('\n') => format!("/** {one} */"),
        many => format!("/**\n * {}\n */", many.replace('\n', "\n * ").replace(" * \n", " *\n")),
    }
}

fn generate() -> String {
    let mut collector = Collector {
        config: Config::new().with_large_int("number"),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    collector.visit::<AppliedConfiguration>();
    collector.visit::<Capabilities>();
    collector.visit::<Configuration>();
    collector.visit::<DatasetInfo>();
    collector.visit::<DeviceInfo>();
    collector.visit::<ErrorData>();
    collector.visit::<Event>();
    collector.visit::<Example>();
    collector.visit::<LeftOut>();
    collector.visit::<LossPage>();
    collector.visit::<Meaning>();
    collector.visit::<Plan>();
    collector.visit::<Problem>();
    collector.visit::<Recovery>();
    collector.visit::<Started>();
    collector.visit::<Suggestion>();
    collector.visit::<Use>();
    let header = "// Made from the Rust types by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n";
    collector.declarations.values().fold(header.to_owned(), |text, declaration| text + "\n" + declaration)
}

/// What the page must know of the core before it asks: values, where the types are not enough.
fn generate_values() -> String {
    let stream = serde_json::to_value(VideoStream::default()).expect("JSON");
    let device = |device: &StorageDevice| {
        let mut value = serde_json::to_value(storage_capabilities(device.name)).expect("JSON");
        value["name"] = device.name.into();
        value["format"] = serde_json::to_value(device.format).expect("JSON");
        value["description"] = device.description.into();
        value
    };
    let devices: Vec<_> = STORAGE_DEVICES.iter().map(device).collect();
    let units: serde_json::Map<_, _> =
        SPACE_UNITS.iter().map(|(name, metres)| ((*name).to_owned(), (*metres).into())).collect();
    let mut text = "// Made from the Rust values by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n\
        import type { Configuration, Example, StorageCapabilities, StorageFormat, VideoStream } from \"./index.ts\";\n\n\
        export interface StorageDevice extends StorageCapabilities {\n  name: string;\n  format: StorageFormat;\n  description: string;\n}\n"
        .to_owned();
    let mut value = |docs: &str, name: &str, of: &str, value: &serde_json::Value| {
        text += &format!("\n/** {docs} */\nexport const {name}: {of} = {value:#};\n");
    };
    value("A stream as a document has it that says nothing.", "DEFAULT_STREAM", "VideoStream", &stream);
    value(
        "What a fresh bridge starts with.",
        "DEFAULT_CONFIGURATION",
        "Configuration",
        &serde_json::to_value(default_configuration()).expect("JSON"),
    );
    value("Documents to start from.", "EXAMPLES", "Example[]", &serde_json::to_value(examples()).expect("JSON"));
    value("In the order in which lists show them.", "STORAGE_DEVICES", "StorageDevice[]", &devices.into());
    value("Units of space that OME-NGFF knows, in metres.", "SPACE_UNITS", "Record<string, number>", &units.into());
    text
}

#[test]
fn generated_types_are_fresh() {
    for (name, fresh) in [("index.ts", generate()), ("core.ts", generate_values())] {
        let path =
            PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../bridge/protocol/src/generated")).join(name);
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
}

#[test]
fn declarations_are_written_over_lines() {
    let written = "type A = { a: [number, number], \n/**\n * One, two.\n */\nb?: Array<{ c: string, }>, };";
    let expected = "type A = {\n  a: [number, number];\n  /** One, two. */\n  b?: Array<{ c: string, }>;\n};";
    assert_eq!(a_field_a_line(written), expected);
    assert_eq!(a_field_a_line("type B = \"a\" | \"b\";"), "type B = \"a\" | \"b\";");
}
