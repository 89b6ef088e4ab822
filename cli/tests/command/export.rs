use std::fs;

use expect_test::expect;
use serde_json::Value;

use crate::sample;
use crate::support::{check, check_failure, check_lost, dump, run, stderr, stdout};

#[test]
fn a_line_for_each_snapshot_has_all_but_the_objects() {
    check(
        &["export", "--format", "ndjson"],
        expect![[r#"
        {"session":{"started":"1970-01-01T00:00:00Z","process_id":7,"program":null},"snapshot":1,"label":"open","time":"1970-01-01T00:00:00.100Z","elapsed_ns":100000000,"duration_ns":0,"tracking":"on","process":{"virtual_bytes":32768000,"resident_bytes":8192000,"proportional_bytes":null,"allocator":null},"overhead_bytes":20000,"classes":[{"class":"shop::Customer","live":5000,"created":5003,"dropped":3,"bytes":200000,"flat_bytes":200000,"shared_bytes":0,"smallest_bytes":40,"largest_bytes":40,"unread":0,"listed":0,"by_value":false,"referents":[],"sites":[],"ages":null,"lifetimes":null,"oldest":[],"history":null},{"class":"shop::stock::Book","live":3,"created":5003,"dropped":5000,"bytes":2700,"flat_bytes":216,"shared_bytes":0,"smallest_bytes":900,"largest_bytes":900,"unread":0,"listed":3,"by_value":false,"referents":[{"name":"title","level":1,"count":3,"flat_bytes":72,"bytes":120},{"name":"pages","level":1,"count":3,"flat_bytes":144,"bytes":2580},{"name":"elements","level":2,"count":9,"flat_bytes":216,"bytes":2436}],"sites":[],"ages":null,"lifetimes":null,"oldest":[],"history":null}],"census":null}
        {"session":{"started":"1970-01-01T00:00:00Z","process_id":7,"program":null},"snapshot":2,"label":"close","time":"1970-01-01T10:00:00Z","elapsed_ns":36000000000000,"duration_ns":0,"tracking":"on","process":{"virtual_bytes":36864000,"resident_bytes":9216000,"proportional_bytes":null,"allocator":null},"overhead_bytes":20000,"classes":[{"class":"shop::Customer","live":1,"created":5003,"dropped":5002,"bytes":40,"flat_bytes":40,"shared_bytes":0,"smallest_bytes":40,"largest_bytes":40,"unread":0,"listed":0,"by_value":false,"referents":[],"sites":[],"ages":null,"lifetimes":null,"oldest":[],"history":null},{"class":"shop::stock::Book","live":2,"created":5003,"dropped":5001,"bytes":1800,"flat_bytes":144,"shared_bytes":0,"smallest_bytes":900,"largest_bytes":900,"unread":0,"listed":2,"by_value":false,"referents":[{"name":"title","level":1,"count":2,"flat_bytes":48,"bytes":80},{"name":"pages","level":1,"count":2,"flat_bytes":96,"bytes":1720},{"name":"elements","level":2,"count":6,"flat_bytes":144,"bytes":1624}],"sites":[],"ages":null,"lifetimes":null,"oldest":[],"history":null}],"census":null}
    "#]],
    );
}

#[test]
fn objects_are_listed_where_that_is_asked_for() {
    let (_dir, path) = dump();
    let output = run(&["export", "--format", "ndjson", "--objects", "--snapshots", "-1"], &path);
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    expect![[r#"
        [
          {
            "birth_ns": null,
            "bytes": 300,
            "class": "shop::stock::Book",
            "flat_bytes": 72,
            "referents": [
              {
                "bytes": 40,
                "count": 1,
                "flat_bytes": 24,
                "level": 1,
                "name": "title"
              },
              {
                "bytes": 260,
                "count": 1,
                "flat_bytes": 48,
                "level": 1,
                "name": "pages"
              },
              {
                "bytes": 212,
                "count": 3,
                "flat_bytes": 72,
                "level": 2,
                "name": "elements"
              }
            ],
            "repr": null,
            "serial": 1,
            "site": null,
            "trace": null,
            "unread": false
          },
          {
            "birth_ns": null,
            "bytes": 900,
            "class": "shop::stock::Book",
            "flat_bytes": 72,
            "referents": [
              {
                "bytes": 40,
                "count": 1,
                "flat_bytes": 24,
                "level": 1,
                "name": "title"
              },
              {
                "bytes": 860,
                "count": 1,
                "flat_bytes": 48,
                "level": 1,
                "name": "pages"
              },
              {
                "bytes": 812,
                "count": 3,
                "flat_bytes": 72,
                "level": 2,
                "name": "elements"
              }
            ],
            "repr": null,
            "serial": 3,
            "site": null,
            "trace": null,
            "unread": false
          }
        ]
    "#]]
    .assert_eq(&format!("{:#}\n", line["objects"]));
}

#[test]
fn one_document_has_the_snapshots_of_the_lines() {
    let (_dir, path) = dump();
    let document: Value = serde_json::from_slice(&run(&["export"], &path).stdout).unwrap();
    let lines = stdout(&run(&["export", "--format", "ndjson"], &path));
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document["lost"], Value::Array(Vec::new()));
    assert_eq!(document["session"]["process_id"], 7);
    let snapshots = document["snapshots"].as_array().unwrap();
    assert_eq!(snapshots.len(), lines.len());
    for (snapshot, mut line) in snapshots.iter().zip(lines) {
        assert_eq!(line["session"], document["session"]);
        line.as_object_mut().unwrap().remove("session");
        assert_eq!(*snapshot, line);
    }
}

#[test]
fn a_dump_without_snapshots_is_a_document_all_the_same() {
    let (_dir, path) = dump();
    sample::empty().dump(&path).unwrap();
    let document: Value = serde_json::from_slice(&run(&["export"], &path).stdout).unwrap();
    assert_eq!(document["snapshots"], Value::Array(Vec::new()));
    assert_eq!(stdout(&run(&["export", "--format", "ndjson"], &path)), "");
    let table = stdout(&run(&["export", "--format", "csv"], &path));
    assert_eq!(table.lines().count(), 1);
}

#[test]
fn a_table_has_a_row_for_each_class_in_each_snapshot() {
    check(
        &["export", "--format", "csv"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,class,live,created,dropped,bytes,flat_bytes,shared_bytes,smallest_bytes,largest_bytes,unread,listed,by_value
        7,1,open,100000000,shop::Customer,5000,5003,3,200000,200000,0,40,40,0,0,false
        7,1,open,100000000,shop::stock::Book,3,5003,5000,2700,216,0,900,900,0,3,false
        7,2,close,36000000000000,shop::Customer,1,5003,5002,40,40,0,40,40,0,0,false
        7,2,close,36000000000000,shop::stock::Book,2,5003,5001,1800,144,0,900,900,0,2,false
    "#]],
    );
}

#[test]
fn a_table_has_rows_of_other_kinds_where_that_is_asked_for() {
    check(
        &["export", "--format", "csv", "--table", "objects"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,serial,class,bytes,flat_bytes,unread,birth_ns,file,line,column,repr
        7,1,open,100000000,1,shop::stock::Book,300,72,false,,,,,
        7,1,open,100000000,2,shop::stock::Book,600,72,false,,,,,
        7,1,open,100000000,3,shop::stock::Book,900,72,false,,,,,
        7,2,close,36000000000000,1,shop::stock::Book,300,72,false,,,,,
        7,2,close,36000000000000,3,shop::stock::Book,900,72,false,,,,,
    "#]],
    );
    check(
        &["export", "--format", "csv", "--table", "snapshots"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,time,duration_ns,tracking,classes,live,tracked_bytes,overhead_bytes,virtual_bytes,resident_bytes,proportional_bytes,allocator,allocator_live_bytes,allocator_live_blocks,allocator_held_bytes
        7,1,open,100000000,1970-01-01T00:00:00.100Z,0,on,2,5003,202700,20000,32768000,8192000,,,,,
        7,2,close,36000000000000,1970-01-01T10:00:00Z,0,on,2,3,1840,20000,36864000,9216000,,,,,
    "#]],
    );
    check(
        &["export", "--format", "csv", "--table", "sites"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,class,file,line,column,trace,live,bytes
    "#]],
    );
    check(
        &["export", "--format", "csv", "--table", "census"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,type_name,count,bytes
    "#]],
    );
}

#[test]
fn numbers_are_exact_to_the_largest() {
    let (_dir, path) = dump();
    sample::extreme().dump(&path).unwrap();
    let line = stdout(&run(&["export", "--format", "ndjson"], &path));
    assert!(line.contains("\"bytes\":18446744073709551615,"), "{line}");
    assert!(line.contains("\"elapsed_ns\":18446744073709551615999999999,"), "{line}");
    let table = stdout(&run(&["export", "--format", "csv"], &path));
    assert!(table.contains(",18446744073709551615,"), "{table}");
    assert!(table.contains(",18446744073709551615999999999,"), "{table}");
}

#[test]
fn of_a_cut_dump_the_whole_snapshots_are_exported_and_the_rest_is_said() {
    let (dir, path) = dump();
    let (bytes, second) = sample::bytes();
    fs::write(&path, &bytes[..second + 50]).unwrap();
    let output = run(&["export"], &path);
    check_lost(
        &output,
        dir.path(),
        expect![[r#"
            classtracker: warning: shop.ctdump: byte N: the dump is cut after 1 whole snapshot: expected N bytes of a frame's payload, found N; N bytes from byte N on can't be used
        "#]],
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["snapshots"].as_array().unwrap().len(), 1);
    let lost = &document["lost"][0];
    assert_eq!(lost["offset"].as_u64().unwrap() + lost["bytes"].as_u64().unwrap(), second as u64 + 50);
    assert!(stderr(&output).contains(lost["error"].as_str().unwrap()), "{lost}");
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let (dir, path) = dump();
    let file = dir.path().join("shop.json");
    let target = file.to_str().unwrap();
    let output = run(&["export", "--output", target], &path);
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), String::new()));
    assert_eq!(fs::read(&file).unwrap(), run(&["export"], &path).stdout);

    fs::write(&path, "no dump").unwrap();
    let before = fs::read(&file).unwrap();
    let output = run(&["export", "--output", target], &path);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);

    let nowhere = dir.path().join("none/shop.json");
    let output = run(&["export", "--output", nowhere.to_str().unwrap()], &path);
    check_failure(
        &output,
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: none/shop.json: can't write: No such file or directory (os error 2)
        "#]],
    );
}

#[test]
fn what_a_spreadsheet_takes_for_a_formula_has_an_apostrophe_before_it() {
    let (_dir, path) = dump();
    sample::named(&["=cmd|'/c calc'!A0", "+1", "-1", "@sum", "\tx", "plain", "a=b"]).dump(&path).unwrap();
    let classes = |flags: &[&str]| {
        let output = run(&[&["export", "--format", "csv"], flags].concat(), &path);
        let text = stdout(&output);
        text.lines().skip(1).map(|line| line.split(',').nth(4).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(classes(&[]), ["'=cmd|'/c calc'!A0", "'+1", "'-1", "'@sum", "'\tx", "plain", "a=b"]);
    assert_eq!(classes(&["--raw-text"]), ["=cmd|'/c calc'!A0", "+1", "-1", "@sum", "\tx", "plain", "a=b"]);
}

#[test]
fn only_the_classes_asked_for_are_exported() {
    let (_dir, path) = dump();
    let table = stdout(&run(&["export", "--format", "csv", "--class", "=shop::Customer"], &path));
    assert_eq!(table.lines().count(), 1 + 2);
    let table = stdout(&run(&["export", "--format", "csv", "--table", "objects", "--class", "Customer"], &path));
    assert_eq!(table.lines().count(), 1);
    let line = stdout(&run(&["export", "--format", "ndjson", "--objects", "--class", "stock"], &path));
    let line: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(line["classes"].as_array().unwrap().len(), 1);
    assert_eq!(line["objects"].as_array().unwrap().len(), 3);
    // Sums over all classes stay what they are.
    let whole = run(&["export", "--format", "csv", "--table", "snapshots"], &path);
    let some = run(&["export", "--format", "csv", "--table", "snapshots", "--class", "stock"], &path);
    assert_eq!(whole.stdout, some.stdout);
}
