//! What `npm test` runs is checked: no member of the workspace is forgotten in the profile that says so.

use std::path::Path;

#[test]
fn every_member_is_tested_with_its_checks() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    let members = text.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    let (_, profile) = text.split_once("[profile.bench.package]\n").unwrap();
    let members: Vec<_> =
        members.split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty()).collect();
    assert!(members.contains(&"runtime"));
    for member in members {
        let line = profile.lines().find(|line| line.starts_with(&format!("zarrcam-{member} = ")));
        assert!(
            line.is_some_and(|line| line.contains("debug-assertions = true, overflow-checks = true")),
            "[profile.bench.package] in native/Cargo.toml lacks zarrcam-{member}"
        );
    }
}
