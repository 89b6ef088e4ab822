use expect_test::expect;

use crate::support::classtracker;

#[test]
fn the_help_shows_examples_and_exit_codes() {
    let help = classtracker().arg("--help").output().unwrap();
    assert!(help.status.success());
    expect![[r#"
        Show what dumps of classtracker hold: which types take the memory, and which objects

        Usage: classtracker [OPTIONS] <COMMAND>

        Commands:
          summary      Print what each class holds in each snapshot
          annotate     Print what each class holds in each snapshot, and which parts of its objects hold it
          classes      Print the classes of a whole run, a line each: what they hold at its ends and at
                       their peaks
          sites        Print where the live objects of a snapshot were made
          oldest       Print the oldest live objects of a snapshot
          ages         Print how old live objects are, or how long dead ones lived, as histograms
          history      Print how the number of live objects of classes changed, one object at a time
          objects      Print objects one by one, with their sizes over time
          object       Print one object, with its sizes over time and the parts that make them up
          diff         Print what changed between two snapshots: objects made, dropped and surviving, and
                       their bytes
          survivors    Print the objects that were made between two snapshots and are still alive in a third
          growth       Print which classes grow, and how fast
          merge        Print what the classes of several runs or processes hold, side by side
          follow       Show a dump while a program is writing it: a table that is drawn anew with each
                       snapshot
          html         Write a report that a browser shows: one file, with everything in it
          export       Write all that a dump holds as JSON or CSV, for other programs
          check        Read a dump from end to end, and say what of it is lost
          completions  Print what makes a shell complete this command
          man          Print the manual of this command, as a page for man
          help         Print this message or the help of the given subcommand(s)

        Options:
              --color <WHEN>  When to use colour: always, never, or auto: on a terminal, unless NO_COLOR is
                              set [default: auto]
          -h, --help          Print help
          -V, --version       Print version

        Examples:
          classtracker summary factory.ctdump
          classtracker objects factory.ctdump --class Employee --sort size --limit 10
          classtracker object factory.ctdump 17
          ssh server cat /var/tmp/factory.ctdump | classtracker summary -

        Exit codes:
          0  all is printed (or the reader of a pipe has left)
          1  a dump can't be read, or does not have what was asked for, or the output can't be written
          2  the command was used wrongly
          3  the answer is one that was to be a failure (--fail-on-growth, --fail)
          4  a dump is cut or damaged: the answer is that of its whole snapshots, and what is lost is said
    "#]]
    .assert_eq(&String::from_utf8(help.stdout).unwrap());
    let help = classtracker().args(["objects", "--help"]).output().unwrap();
    expect![[r#"
        Print objects one by one, with their sizes over time

        Usage: classtracker objects [OPTIONS] <FILE>

        Arguments:
          <FILE>  The dump; - for the standard input

        Options:
              --allow-cut          End with 0 even if the dump is cut or damaged: what is lost is said all
                                   the same
              --color <WHEN>       When to use colour: always, never, or auto: on a terminal, unless
                                   NO_COLOR is set [default: auto]
              --snapshots <RANGE>  Only these snapshots: 3, -1 for the last, a label, or a range like 2..5,
                                   start..-2, ..3, with both of its ends; =7 is the label 7
              --class <CLASS>      Only classes with this in their full names; the one with exactly this
                                   name after a =; those that match a regular expression between slashes
              --sort <KEY,…>       Sort by these, the first first: class, name, birth, death, size (the
                                   largest measured), tsize (the size in the largest snapshot), repr,
                                   serial. Sizes sort the largest first, all else ascending [default:
                                   serial]
              --reverse            Turn the order round
              --limit <NUMBER>     No more objects than this; below 1, this share of them [default: all]
              --full-names         Name classes by their full paths, not only as much of them as tells them
                                   apart
              --bytes              Write sizes in bytes, exactly, instead of in KiB, MiB and so on
              --json               Write the answer as JSON: sizes in bytes, times in seconds, shares as
                                   parts of 1, what is absent as null
          -h, --help               Print help

        Examples:
          classtracker objects factory.ctdump --sort size --limit 10      the ten largest
          classtracker objects factory.ctdump --sort death,birth          by end, then by beginning
          classtracker objects factory.ctdump --class Employee --limit 0.1
          classtracker objects factory.ctdump --class '/^factory::staff::/'
    "#]]
    .assert_eq(&String::from_utf8(help.stdout).unwrap());
}
