//! The TypeScript types of `bridge/protocol/src/generated` are made from the Rust types, and may not be stale.
//! The test sits here because this crate sees all of them.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use ts_rs::{Config, TS, TypeVisitor};
use zarrcam_acquisition::Event;
use zarrcam_config::{
    Example, SPACE_UNITS, STORAGE_DEVICES, StorageDevice, VideoStream, default_configuration, examples,
    storage_capabilities,
};
use zarrcam_frame::PixelType;
use zarrcam_runtime::{
    CallTypes, ErrorCode, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_VERSION, HeaderField, PREVIEW_ADAPTED_HEADER_BYTES,
    PREVIEW_ADAPTED_VERSION, PREVIEW_HEADER_BYTES, PREVIEW_MAGIC, PREVIEW_VERSION, PreviewEncoding, RecordKind,
    UndeliveredCause, call_types, frame_header_fields, preview_adapted_header_fields, preview_header_fields,
};

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
    let config = || Config::new().with_large_int("number");
    let mut collector = Collector { config: config(), seen: HashSet::new(), declarations: BTreeMap::new() };
    let calls = call_types(&config(), &mut collector);
    // What travels otherwise than as the answer of a call.
    collector.visit::<ErrorCode>();
    collector.visit::<Event>();
    collector.visit::<Example>();
    let header = "// Made from the Rust types by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n";
    let types = collector.declarations.values().fold(header.to_owned(), |text, declaration| text + "\n" + declaration);
    types + "\n" + &declare_calls(&calls)
}

/// The table of calls as an interface: `{ [method]: { params; answer } }`.
fn declare_calls(calls: &[CallTypes]) -> String {
    let mut text =
        "/** Every call of the core whose parameters and answer are data. */\nexport interface CoreCalls {\n"
            .to_owned();
    for CallTypes { method, docs, params, answer } in calls {
        if let Some(docs) = docs {
            text += &format!("  {}\n", short_comment(docs).replace('\n', "\n  "));
        }
        text += &format!("  \"{method}\": {{ params: {params}; answer: {answer} }};\n");
    }
    text + "}\n"
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

/// What JSON calls it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).expect("JSON").as_str().expect("a word").to_owned()
}

/// Where the preview message has its fields.
fn generate_preview_header() -> String {
    let mut text = format!(
        "// Made from native/runtime/src/preview/message.rs by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n\n\
        /** \"ZCPV\" as it lies in memory. */\n\
        export const PREVIEW_MAGIC = {PREVIEW_MAGIC:#x};\n\
        export const PREVIEW_VERSION = {PREVIEW_VERSION};\n\
        export const PREVIEW_HEADER_BYTES = {PREVIEW_HEADER_BYTES};\n\
        /** Pixel types in the order of their numbers in the header. */\n\
        export const previewPixelTypes = {:?} as const;\n\n\
        /** The header's fields, little-endian; `offset` from the start of the message, bytes. */\n\
        export const previewHeaderFields = {{\n",
        PixelType::ALL.map(word),
    );
    declare_fields(&mut text, preview_header_fields());
    text += &format!(
        "\n/** Of a picture that was made smaller for the network: its header is longer by so many bytes. */\n\
        export const PREVIEW_ADAPTED_VERSION = {PREVIEW_ADAPTED_VERSION};\n\
        export const PREVIEW_ADAPTED_HEADER_BYTES = {PREVIEW_ADAPTED_HEADER_BYTES};\n\
        /** Encodings in the order of their numbers in the header. */\n\
        export const previewEncodings = {:?} as const;\n\n\
        /** Of the longer header, behind those that all have. */\n\
        export const previewAdaptedFields = {{\n",
        PreviewEncoding::ALL.map(word),
    );
    let behind = preview_adapted_header_fields();
    let at = |field: HeaderField| HeaderField { offset: field.offset + PREVIEW_HEADER_BYTES, ..field };
    declare_fields(&mut text, behind.into_iter().map(at).collect());
    text
}

/// Where a record of the stream of frames has its fields.
fn generate_frame_record() -> String {
    let kinds = [RecordKind::Begin, RecordKind::Frame, RecordKind::Lost, RecordKind::End];
    let kinds = kinds.map(|kind| format!("{}: {}", format!("{kind:?}").to_lowercase(), kind as u8)).join(", ");
    let causes = UndeliveredCause::ALL.map(|(cause, word)| format!("{}: \"{word}\"", cause as u8)).join(", ");
    let mut text = format!(
        "// Made from native/runtime/src/stream/frame_clients/record.rs by native/runtime/tests/typescript.rs: UPDATE_TYPES=1 makes it again.\n\n\
        /** \"ZCFR\" as it lies in memory. */\n\
        export const FRAME_RECORD_MAGIC = {FRAME_MAGIC:#x};\n\
        export const FRAME_RECORD_VERSION = {FRAME_VERSION};\n\
        export const FRAME_RECORD_HEADER_BYTES = {FRAME_HEADER_BYTES};\n\
        export const frameRecordKinds = {{ {kinds} }} as const;\n\
        /** Why a client does not get a frame, by its number. */\n\
        export const frameLossCauses = {{ {causes} }} as const;\n\n\
        /** The header's fields, little-endian; `offset` from the start of the record, bytes. */\n\
        export const frameRecordFields = {{\n",
    );
    declare_fields(&mut text, frame_header_fields());
    text
}

fn declare_fields(text: &mut String, fields: Vec<HeaderField>) {
    for HeaderField { name, offset, number } in fields {
        *text += &format!("  {name}: {{ offset: {offset}, number: \"{number}\" }},\n");
    }
    *text += "} as const;\n";
}

#[test]
fn generated_types_are_fresh() {
    for (name, fresh) in [
        ("index.ts", generate()),
        ("core.ts", generate_values()),
        ("preview-header.ts", generate_preview_header()),
        ("frame-record.ts", generate_frame_record()),
    ] {
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
