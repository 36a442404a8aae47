use super::*;
use crate::docs::Docs;

/// A page of `bell.ring` with these rows of parameters, of its result, and these errors.
fn model(params: &[&str], result: &[&str], errors: &[&str]) -> Model {
    let lines = |rows: &[&str]| rows.iter().fold(String::new(), |text, row| text + "|| " + row + " ||\n");
    let table = |title: &str, rows: &[&str]| {
        let rows = lines(rows);
        format!("## {title}\n\n#|\n|| **Name**\n`type` | **Description** ||\n{rows}|#\n\n")
    };
    let errors = lines(errors);
    let page = format!(
        "# Ring bell.ring\n\n> Scope: [`bell`](x)\n\n{}{}## Possible Error Codes\n\n#|\n|| **Code** | **Message** ||\n{errors}|#\n",
        table("Method Parameters", params),
        table("Returned Data", result),
    );
    Model::read(&Docs::new(vec![("api-reference/bell/bell-ring.md".into(), page.into())], &[]))
}

fn changes(old: &Model, new: &Model) -> String {
    let diff = diff(old.clone(), new.clone()).unwrap();
    let lines: Vec<String> = diff.changes.iter().map(ToString::to_string).collect();
    format!("{:?}\n{}", diff.verdict, lines.join("\n"))
}

const TIMES: &str = "**times***\n`integer` | How often";
const RESULT: &str = "**result**\n`boolean` | Done";
const NO_BELL: &str = "`NO_BELL` | `There is no bell`";

#[test]
fn prose_is_no_change() {
    let old = model(&[TIMES], &[RESULT], &[NO_BELL]);
    let new = model(&["**times***\n`integer` | Said otherwise"], &[RESULT], &[NO_BELL]);
    assert_eq!(changes(&old, &new), "Patch\n");
}

#[test]
fn what_is_new_and_optional_breaks_nothing() {
    let old = model(&[TIMES], &[RESULT], &[NO_BELL]);
    let new = model(&[TIMES, "**loud**\n`boolean` | Loudly"], &[RESULT], &[NO_BELL, "`NO_ROPE` | `There is no rope`"]);
    insta::assert_snapshot!(changes(&old, &new), @"
    Minor
    + bell.ring: parameter `loud`: boolean
    + bell.ring: error `NO_ROPE`: There is no rope
    ");
}

#[test]
fn what_is_required_retyped_or_gone_breaks() {
    let old = model(&[TIMES, "**loud**\n`boolean` | Loudly", "**tone**\n`string` | Tone"], &[RESULT], &[NO_BELL]);
    let new = model(
        &[TIMES, "**loud***\n`boolean` | Loudly"],
        &["**result**\n`integer` | Rung"],
        &["`NO_ROPE` | `There is no rope`"],
    );
    insta::assert_snapshot!(changes(&old, &new), @"
    Major
    ~ bell.ring: parameter `loud`: boolean → boolean* (breaking)
    - bell.ring: parameter `tone`: string (breaking)
    ~ bell.ring: response field `result`: boolean → integer (breaking)
    - bell.ring: error `NO_BELL`: There is no bell (breaking)
    + bell.ring: error `NO_ROPE`: There is no rope
    ");
}

#[test]
fn a_new_name_is_recognised() {
    let old = model(&["**bell_id***\n`integer` | Which"], &[RESULT], &["`NO_BELL` | `There is no bell`"]);
    let new = model(&["**bellId***\n`integer` | Which"], &[RESULT], &["`BELL_NOT_FOUND` | `There is no bell`"]);
    insta::assert_snapshot!(changes(&old, &new), @"
    Major
    > bell.ring: parameter `bellId`, was `bell_id`
    > bell.ring: error `BELL_NOT_FOUND`, was `NO_BELL` (breaking)
    ");
    let mut moved = new.clone();
    moved.methods[0].name = "bell.peal".to_owned();
    moved.methods[0].rust_path = "bell::peal".to_owned();
    insta::assert_snapshot!(changes(&new, &moved), @"
    Major
    > bell.peal, was `bell.ring` (breaking)
    ");
}

#[test]
fn a_method_that_comes_or_goes_is_one_change() {
    let one = model(&[TIMES], &[RESULT], &[NO_BELL]);
    let mut two = one.clone();
    let mut other = one.methods[0].clone();
    (other.name, other.rust_path, other.page) = ("bell.oil".into(), "bell::oil".into(), "oil.md".into());
    other.params.edit().clear();
    two.methods.push(other);
    assert_eq!(changes(&one, &two), "Minor\n+ bell.oil");
    assert_eq!(changes(&two, &one), "Major\n- bell.oil (breaking)");
}

#[test]
fn the_changelog_names_what_breaks_first() {
    let old = model(&[TIMES], &[RESULT], &[NO_BELL]);
    let new = model(&["**loud**\n`boolean` | Loudly"], &[RESULT], &[NO_BELL]);
    let diff = diff(old, new).unwrap();
    insta::assert_snapshot!(markdown(&diff, "1.2"), @"
    ## 1.2

    Code that uses the crate may have to change: a major release.

    ### Breaking

    `bell`

    - `bell.ring`: parameter `times` removed: `integer*`

    ### Other changes

    `bell`

    - `bell.ring`: parameter `loud` added: `boolean`
    ");
    insta::assert_snapshot!(human(&diff), @"
    bell:
      + bell.ring: parameter `loud`: boolean
      - bell.ring: parameter `times`: integer* (breaking)
    2 changes, 1 of them breaking: Code that uses the crate may have to change: a major release
    ");
}
