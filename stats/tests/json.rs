//! How models and answers serialize.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use classtracker_stats::{Limit, Query, SortKey};
use expect_test::expect;
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
    assert_eq!(json[2]["census"], serde_json::Value::Null);
    assert_eq!(json[1]["objects"][0]["object"]["birth"], serde_json::Value::Null);
}
