use classtracker_stats::{Limit, Names, SortKey, Stats};
use expect_test::expect;

use crate::sample;
use crate::support::{check, dump, run};

fn printed(print: impl FnOnce(&mut Stats, &mut Vec<u8>)) -> Vec<u8> {
    let mut text = Vec::new();
    print(&mut sample::stats(), &mut text);
    text
}

#[test]
fn summary_prints_what_each_class_holds() {
    check(
        &["summary"],
        expect![[r#"
            SUMMARY  2 snapshots, 2 classes                        share of: resident memory
             open (0.100s)       live  created  dropped      bytes  average  largest   share
              Book                  3     5003     5000    2.6 KiB    900 B    900 B  <0.1 %
              Customer           5000     5003        3  195.3 KiB     40 B     40 B   2.4 %
              total              5003    10006     5003  197.9 KiB     41 B    900 B   2.5 %
              process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 KiB
              not explained: 7.6 MiB (97.3 % of resident), besides 197.9 KiB tracked and the overhead

             close (36000.000s)  live  created  dropped      bytes  average  largest   share
              Book                  2     5003     5001    1.8 KiB    900 B    900 B  <0.1 %
              Customer              1     5003     5002       40 B     40 B     40 B  <0.1 %
              total                 3    10006    10003    1.8 KiB    613 B    900 B  <0.1 %
              process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB
              not explained: 8.8 MiB (99.8 % of resident), besides 1.8 KiB tracked and the overhead
        "#]],
    );
}

#[test]
fn objects_prints_them_as_it_is_told() {
    check(
        &["objects", "--class", "Book", "--sort", "size,serial", "--reverse", "--limit", "1"],
        expect![[r#"
            OBJECTS  3 objects, 3 of classes with "Book", 1 shown, by size, serial, reversed

            Book #1
                                               flat        deep    share
                  0.100s  open                 72 B       300 B
                          title                24 B        40 B   13.3 %
                          pages                48 B       260 B   86.7 %
                            elements ×3        72 B       212 B   70.7 %
              36000.000s  close                72 B       300 B
                          title                24 B        40 B   13.3 %
                          pages                48 B       260 B   86.7 %
                            elements ×3        72 B       212 B   70.7 %
        "#]],
    );
}

#[test]
fn object_prints_one_with_its_parts() {
    check(
        &["object", "2"],
        expect![[r#"
            Book #2  free
              class shop::stock::Book
                                               flat        deep    share
                  0.100s  open                 72 B       600 B
                          title                24 B        40 B    6.7 %
                          pages                48 B       560 B   93.3 %
                            elements ×3        72 B       512 B   85.3 %
              36000.000s  close                      dead by then
        "#]],
    );
}

#[test]
fn annotate_prints_the_parts_of_each_class() {
    check(
        &["annotate"],
        expect![[r#"
            ANNOTATED  2 snapshots, 2 classes                share of: resident memory
             open (0.100s)       live       flat        sum  average   share  of class
              Book                  3      216 B    2.6 KiB    900 B  <0.1 %
                title ×3                    72 B      120 B     40 B             4.4 %
                pages ×3                   144 B    2.5 KiB    860 B            95.6 %
                  elements ×9              216 B    2.4 KiB    812 B            90.2 %
              Customer           5000  195.3 KiB  195.3 KiB     40 B   2.4 %
              total              5003  195.5 KiB  197.9 KiB     41 B   2.5 %
              process: resident 7.8 MiB, virtual 31.2 MiB; tracker's overhead 19.5 KiB
              not explained: 7.6 MiB (97.3 % of resident), besides 197.9 KiB tracked and the overhead

             close (36000.000s)  live       flat        sum  average   share  of class
              Book                  2      144 B    1.8 KiB    900 B  <0.1 %
                title ×2                    48 B       80 B     40 B             4.4 %
                pages ×2                    96 B    1.7 KiB    860 B            95.6 %
                  elements ×6              144 B    1.6 KiB    812 B            90.2 %
              Customer              1       40 B       40 B     40 B  <0.1 %
              total                 3      184 B    1.8 KiB    613 B  <0.1 %
              process: resident 8.8 MiB, virtual 35.2 MiB; tracker's overhead 19.5 KiB
              not explained: 8.8 MiB (99.8 % of resident), besides 1.8 KiB tracked and the overhead
        "#]],
    );
}

#[test]
fn the_output_is_what_the_program_itself_prints_byte_for_byte() {
    let (_dir, path) = dump();
    assert_eq!(run(&["summary"], &path).stdout, printed(|stats, out| stats.write_summary(out).unwrap()));
    assert_eq!(
        run(&["summary", "--full-names"], &path).stdout,
        printed(|stats, out| stats.names(Names::Full).write_summary(out).unwrap())
    );
    assert_eq!(
        run(&["object", "3", "--full-names"], &path).stdout,
        printed(|stats, out| stats.names(Names::Full).write_object(out, 3).unwrap())
    );
    assert_eq!(run(&["annotate"], &path).stdout, printed(|stats, out| stats.write_annotated(out).unwrap()));
    assert_eq!(run(&["objects"], &path).stdout, printed(|stats, out| stats.write_stats(out).unwrap()));
    assert_eq!(
        run(&["objects", "--sort", "name,tsize", "--limit", "0.5", "--class", "shop"], &path).stdout,
        printed(|stats, out| {
            stats.filter("shop").sort_by(&[SortKey::Name, SortKey::TSize]).limit(Limit::try_from(0.5).unwrap());
            stats.write_stats(out).unwrap();
        })
    );
}

#[test]
fn sizes_are_exact_where_that_is_asked_for() {
    check(
        &["summary", "--bytes"],
        expect![[r#"
        SUMMARY  2 snapshots, 2 classes                       share of: resident memory
         open (0.100s)       live  created  dropped     bytes  average  largest   share
          Book                  3     5003     5000    2700 B    900 B    900 B  <0.1 %
          Customer           5000     5003        3  200000 B     40 B     40 B   2.4 %
          total              5003    10006     5003  202700 B     41 B    900 B   2.5 %
          process: resident 8192000 B, virtual 32768000 B; tracker's overhead 20000 B
          not explained: 7969300 B (97.3 % of resident), besides 202700 B tracked and the overhead

         close (36000.000s)  live  created  dropped     bytes  average  largest   share
          Book                  2     5003     5001    1800 B    900 B    900 B  <0.1 %
          Customer              1     5003     5002      40 B     40 B     40 B  <0.1 %
          total                 3    10006    10003    1840 B    613 B    900 B  <0.1 %
          process: resident 9216000 B, virtual 36864000 B; tracker's overhead 20000 B
          not explained: 9194160 B (99.8 % of resident), besides 1840 B tracked and the overhead
    "#]],
    );
    check(
        &["diff", "--bytes", "--objects", "0"],
        expect![[r#"
        DIFF  open (0.100s) .. close (36000.000s), 35999.900s apart
                    live  change  new  dead  survived   bytes     change  of new  of dead  growth
          Customer     1   -4999    0  4999         1    40 B  -199960 B     0 B        -       -
          Book         2      -1    0     1         2  1800 B     -900 B     0 B    600 B     0 B
          total        3   -5000    0  5000         3  1840 B  -200860 B     0 B        -       -
          tracked bytes: -99.1 % of the 202700 B before
          process: resident 8192000 B .. 9216000 B (+1024000 B)

         new, dead: since the first; growth: of the objects that survived
    "#]],
    );
}
