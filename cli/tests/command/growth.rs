use expect_test::expect;

use crate::sample;
use crate::support::{check_complaint, dump, run, stdout};

#[test]
fn growth_names_the_class_that_grows() {
    let (_dir, path) = dump();
    sample::leaking().dump(&path).unwrap();
    let output = run(&["growth"], &path);
    assert!(output.status.success());
    expect![[r#"
        GROWTH  1 of 2 classes is growing, over 20 snapshots in 19.000s
                    verdict     bytes   an hour  a snapshot   rising  live  an hour  a snapshot   rising  left out
          Book      growing  58.9 KiB  +9.3 MiB    +2.6 KiB  100.0 %    67   +10800          +3  100.0 %         0
          Customer   steady   4.0 KiB       0 B         0 B   46.3 %   103        0           0   46.3 %         0

         an hour, a snapshot: the median slope between any two snapshots after the warm-up
         rising: of all pairs of snapshots after the warm-up, those whose later one has more
         left out: the first snapshots of the class, as warm-up: the others lie closest to a line
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn growth_fails_where_that_is_asked_for() {
    let (dir, path) = dump();
    sample::leaking().dump(&path).unwrap();
    let output = run(&["growth", "--fail"], &path);
    check_complaint(
        &output,
        dir.path(),
        3,
        expect![[r#"
        classtracker: growing: Book
    "#]],
    );
    assert_eq!(output.stdout, run(&["growth"], &path).stdout);
    for fine in [&["growth", "--fail", "--class", "=shop::Customer"][..], &["growth", "--fail", "--snapshots", "..5"]] {
        assert_eq!(run(fine, &path).status.code(), Some(0), "{fine:?}");
    }
}

#[test]
fn growth_of_a_class_that_is_not_there_is_no_proof_that_nothing_grows() {
    let (dir, path) = dump();
    sample::leaking().dump(&path).unwrap();
    let output = run(&["growth", "--fail", "--class", "=shop::Boook"], &path);
    check_complaint(
        &output,
        dir.path(),
        1,
        expect![[r#"
        classtracker: error: shop.ctdump: no class is one of "=shop::Boook"; the summary shows the classes
    "#]],
    );
    let output = run(&["growth", "--class", "Boook"], &path);
    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        GROWTH  0 of 0 classes are growing, over 20 snapshots in 19.000s
          no class is tracked, or none that was asked for
    "#]]
    .assert_eq(&stdout(&output));
}

#[test]
fn growth_looks_at_the_classes_asked_for() {
    let (dir, path) = dump();
    sample::leaking().dump(&path).unwrap();
    let classes = |filter: &str| {
        let output = run(&["growth", "--json", "--class", filter], &path);
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let classes = answer["classes"].as_array().unwrap();
        classes.iter().map(|class| class["class"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(classes("shop"), ["shop::stock::Book", "shop::Customer"]);
    assert_eq!(classes("stock"), ["shop::stock::Book"]);
    assert_eq!(classes("=Book"), [""; 0]);
    assert_eq!(classes("/::C.*r$/"), ["shop::Customer"]);
    let bad = run(&["growth", "--class", "/(/"], &path);
    check_complaint(
        &bad,
        dir.path(),
        2,
        expect![[r#"
        classtracker: error: invalid value '/(/' for '--class <CLASS>': bad regular expression "(": unclosed group

        For more information, try '--help'.
    "#]],
    );
}
