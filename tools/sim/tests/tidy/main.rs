//! The rules of the house that no compiler and no lint knows, held against every file of the tree.
//!
//! Each module is one family of rules: pure functions from text to findings, with tests that plant
//! a violation and see it found. The tests in this file run all of them over the repository.
//! Words that a rule looks for are put together from pieces, so that looking for them by hand in
//! the whole repository finds violations and not the rule.

#![cfg(test)] // so that clippy lets a whole test target do what a test may

mod calls;
mod docs;
mod manifests;
mod migrations;
mod prose;
mod sizes;
mod source;
mod words;

use source::{Finding, Source, Tree};

/// Fails with every finding in full: one run shows everything there is to mend.
#[track_caller]
fn none(findings: impl IntoIterator<Item = Finding>) {
    let found: Vec<String> = findings
        .into_iter()
        .map(|finding| finding.to_string())
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[track_caller]
fn each(rule: fn(&Source) -> Vec<Finding>) {
    none(Tree::read().sources.iter().flat_map(rule));
}

#[test]
fn the_tree_is_read() {
    let tree = Tree::read();
    for path in ["Cargo.toml", "crates/core/src/lib.rs", "check", ".ci/run"] {
        assert!(
            tree.sources.iter().any(|source| source.path == path),
            "{path} was not read, so no rule was held against it"
        );
    }
}

#[test]
fn manifests_follow_the_table() {
    none(manifests::edges(&Tree::read().sources));
}

#[test]
fn every_manifest_takes_the_lints_of_the_workspace() {
    each(manifests::lints);
}

#[test]
fn the_lock_file_names_nothing_that_is_banned() {
    each(manifests::lock);
}

#[test]
fn files_are_short() {
    each(sizes::files);
}

#[test]
fn functions_are_short() {
    each(sizes::functions);
}

#[test]
fn lines_are_short() {
    each(sizes::lines);
}

#[test]
fn names_say_something() {
    each(words::names);
}

#[test]
fn nothing_is_left_for_later() {
    each(words::leftovers);
}

#[test]
fn no_path_of_a_machine_and_no_host_of_a_registry() {
    each(words::places);
}

#[test]
fn modules_say_what_they_are_for() {
    each(docs::modules);
}

#[test]
fn time_chance_and_the_world_stay_above_gate() {
    each(calls::forbidden);
}

#[test]
fn tests_neither_sleep_nor_are_left_out() {
    each(calls::tests);
}

#[test]
fn answers_are_made_in_one_place() {
    none(calls::answers(&Tree::read().sources));
}

#[test]
fn migrations_are_numbered_without_gaps() {
    none(migrations::numbers(&Tree::read().sources));
}

#[test]
fn decision_records_are_numbered_without_gaps() {
    none(prose::decisions(&Tree::read().sources));
}

#[test]
fn links_between_documents_lead_somewhere() {
    none(prose::links(&Tree::read().sources));
}

#[test]
fn every_test_from_outside_is_a_step_of_check() {
    none(calls::outside(&Tree::read().sources));
}
