//! The examples run: each starts the servers that it talks to, and fails where it does not get what it says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{path::PathBuf, process::Command};

#[test]
fn every_example_runs() {
    // Beside this test's folder; built with it unless this test alone was asked for.
    let tests = std::env::current_exe().unwrap();
    let folder: PathBuf = tests.ancestors().nth(2).unwrap().join("examples");
    for name in ["webhook", "oauth_app", "event_handler"] {
        let example = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !example.exists() {
            eprintln!("SKIPPED: the example {name} is not built");
            continue;
        }
        let output = Command::new(example).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
