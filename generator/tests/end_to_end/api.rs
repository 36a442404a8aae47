//! `generated/api.txt`: the public items of the crate that comes of `docs-input`, so that a change of either shows in a review.

use std::collections::BTreeSet;
use std::fs;

use bitrix24_codegen::docs::Docs;
use bitrix24_codegen::emit::{Settings, emit};
use bitrix24_codegen::listing::listing;

use crate::support::{docs_input, settled, workspace};

#[test]
fn the_committed_list_of_public_items_is_up_to_date() {
    let model = settled(&Docs::open(&docs_input()).unwrap());
    let files = emit(&model, &Settings::default()).unwrap();
    let built: BTreeSet<String> = listing(&files).unwrap().iter().map(ToString::to_string).collect();
    let committed = fs::read_to_string(workspace().join("generated/api.txt")).unwrap();
    let committed: BTreeSet<String> = committed.lines().map(str::to_owned).collect();
    let differ: Vec<&String> = built.symmetric_difference(&committed).take(10).collect();
    assert!(
        differ.is_empty(),
        "generated/api.txt lacks or has too much: {differ:#?}; see what changed with\n\
         cargo run -p bitrix24-codegen --features cli -- api --docs docs-input --out generated/api.txt && git diff generated/api.txt"
    );
}
