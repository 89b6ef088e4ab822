//! How models and answers serialize.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use classtracker_stats::{Limit, Merged, Query, SnapshotKey, SortKey};
use expect_test::expect;
use serde_json::Value;
use support::factory;

#[test]
fn names_are_those_of_the_fields_durations_are_seconds_and_what_is_absent_is_null() {
    let stats = factory();
    let mut query = Query::default();
    query.sort = vec![SortKey::TSize];
    query.limit = Some(Limit::count(1));
    let mut list = stats.objects(&query);
    list.objects[0].sizes.truncate(1);
    expect![[r#"
        {
          "query": {
            "sort": [
              "tsize"
            ],
            "reversed": false,
            "class": "",
            "limit": 1,
            "names": "short"
          },
          "moments": [
            {
              "label": "before",
              "elapsed": 0.102
            },
            {
              "label": "after load",
              "elapsed": 0.412
            },
            {
              "label": "",
              "elapsed": 1.9
            }
          ],
          "total": 4,
          "matching": 4,
          "objects": [
            {
              "record": {
                "serial": 1002,
                "class": "factory::Order<factory::staff::Employee>",
                "repr": null,
                "birth": 0.612,
                "site": {
                  "file": "src/main.rs",
                  "line": 12,
                  "column": 9
                },
                "trace": null,
                "flat_bytes": 48
              },
              "name": "Order<Employee>",
              "sizes": [
                {
                  "snapshot": 2,
                  "bytes": 1300000,
                  "unread": false,
                  "referents": []
                }
              ],
              "fate": "live"
            }
          ],
          "folded": [
            {
              "snapshot": 1,
              "objects": 998
            },
            {
              "snapshot": 2,
              "objects": 498
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&list).unwrap());
}

#[test]
fn the_whole_model_serializes() {
    let json = serde_json::to_value(factory().snapshots()).unwrap();
    assert_eq!(json[1]["label"], "after load");
    assert_eq!(json[1]["elapsed"], 0.412);
    assert_eq!(json[1]["time"], "2027-01-15T08:00:00.662Z");
    assert_eq!(json[1]["tracking"], "on");
    assert_eq!(json[1]["classes"][1]["bytes"], 200_000);
    assert_eq!(json[2]["census"], Value::Null);
    assert_eq!(json[1]["objects"][0]["object"]["birth"], Value::Null);
}

#[test]
fn every_answer_serializes() {
    let stats = factory();
    let [first, second, last] = [1, 2, 3].map(SnapshotKey::Number);
    let json = |answer: &dyn Fn() -> serde_json::Result<Value>| answer().unwrap();
    let diff = json(&|| serde_json::to_value(stats.diff(&second, &last).unwrap()));
    expect![[r#"
        {
          "after": {
            "bytes": 99800,
            "listed": 1,
            "live": 499
          },
          "before": {
            "bytes": 200000,
            "listed": 2,
            "live": 1000
          },
          "by_value": false,
          "bytes_change": -100200,
          "class": "factory::staff::Employee",
          "created": 0,
          "dropped": 501,
          "fates": {
            "dead": {
              "at_least": 501,
              "at_most": 501
            },
            "dead_bytes": null,
            "growth_bytes": null,
            "listed": {
              "dead": 1,
              "dead_bytes": 200,
              "growth_bytes": -152,
              "new": 0,
              "new_bytes": 0,
              "survived": 1,
              "unclear": 0
            },
            "new": {
              "at_least": 0,
              "at_most": 0
            },
            "new_bytes": 0,
            "short_lived": {
              "at_least": 0,
              "at_most": 0
            },
            "survived": {
              "at_least": 499,
              "at_most": 499
            }
          },
          "live_change": -501,
          "name": "Employee"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&diff["classes"][1]).unwrap());
    assert_eq!((&diff["runs"], &diff["before"]["moment"]["elapsed"]), (&"same".into(), &0.412.into()));

    let growth = json(&|| serde_json::to_value(stats.growth()));
    assert_eq!(growth["classes"][0]["verdict"], "too_few_snapshots");
    assert_eq!(growth["elapsed"], 1.798);
    assert_eq!(growth["classes"][0]["objects"]["confidence"], Value::Null);

    let survivors = json(&|| serde_json::to_value(stats.survivors(&first, &second, &last).unwrap()));
    assert_eq!(survivors["classes"][0]["survived"]["at_least"], 499);
    let sites = json(&|| serde_json::to_value(stats.sites(&last).unwrap()));
    assert_eq!(sites["classes"][0]["sites"][0]["site"]["line"], 12);
    let oldest = json(&|| serde_json::to_value(stats.oldest(&last).unwrap()));
    assert_eq!(oldest["objects"][0]["age"], 1.796);
    let classes = json(&|| serde_json::to_value(stats.classes()));
    assert_eq!(classes["classes"][1]["live"]["peak"], 1000);
    let ages = json(&|| serde_json::to_value(stats.ages(&last).unwrap()));
    assert_eq!(ages["not_counted"], 3);
    assert_eq!(json(&|| serde_json::to_value(stats.histories())), Value::Array(Vec::new()));

    let merged = Merged::new(vec![stats.clone()]).unwrap();
    let summary = json(&|| serde_json::to_value(merged.summary(&last, &Query::default()).unwrap()));
    assert_eq!(summary["processes"][0]["process"]["started"], "2027-01-15T08:00:00.250Z");
    let summary = json(&|| serde_json::to_value(stats.summary()));
    assert_eq!(summary["share_of"], "resident_memory");
    assert_eq!(summary["snapshots"][1]["reconciliation"]["tracked_bytes"], 241_062);
    assert_eq!(summary["snapshots"][0]["rows"][2]["row"], Value::Null);
}
