use expect_test::expect;

use crate::support::{check, check_failure, dump, run, stdout};

#[test]
fn snapshots_are_chosen_by_number_or_label() {
    let (_dir, path) = dump();
    let second = stdout(&run(&["summary", "--snapshots", "2"], &path));
    expect![[r#"
        SUMMARY  1 snapshot, 2 classes                       share of: resident memory
         close (36000.000s)  live  created  dropped    bytes  average  largest   share
          Book                  2     5003     5001  1.8 KiB    900 B    900 B  <0.1 %
          Customer              1     5003     5002     40 B     40 B     40 B  <0.1 %
          total                 3    10006    10003  1.8 KiB    613 B    900 B  <0.1 %
          process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB
          not explained: 8.8 MiB (99.8 % of resident), besides 1.8 KiB tracked and the overhead
    "#]]
    .assert_eq(&second);
    for range in ["-1", "close", "=close", "2..", "-1..", "close..close", "2..-1"] {
        assert_eq!(stdout(&run(&["summary", "--snapshots", range], &path)), second);
    }
    let all = stdout(&run(&["summary"], &path));
    for range in ["..", "1..", "..2", "open..close", "-2..2"] {
        assert_eq!(stdout(&run(&["summary", "--snapshots", range], &path)), all);
    }
}

#[test]
fn what_is_exported_keeps_its_number() {
    check(
        &["export", "--format", "csv", "--table", "snapshots", "--snapshots", "close"],
        expect![[r#"
        process_id,snapshot,label,elapsed_ns,time,duration_ns,tracking,classes,live,tracked_bytes,overhead_bytes,virtual_bytes,resident_bytes,proportional_bytes,allocator,allocator_live_bytes,allocator_live_blocks,allocator_held_bytes
        7,2,close,36000000000000,1970-01-01T10:00:00Z,0,on,2,3,1840,20000,36864000,9216000,,,,,
    "#]],
    );
}

#[test]
fn a_snapshot_that_is_not_there_is_an_error() {
    let (dir, path) = dump();
    let output = run(&["summary", "--snapshots", "3"], &path);
    check_failure(
        &output,
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: shop.ctdump: no snapshot 3: there are 2 snapshots
        "#]],
    );
    let output = run(&["export", "--snapshots", "opening.."], &path);
    check_failure(
        &output,
        dir.path(),
        1,
        expect![[r#"
            classtracker: error: shop.ctdump: no snapshot has the label "opening": there are 2 snapshots, labelled "open", "close"
        "#]],
    );
}
