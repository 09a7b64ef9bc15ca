//! Data folders of other releases: an older one is opened and goes on, a newer one is left alone.
//!
//! `fixtures/first-format.tar.gz` is a data folder as the release before log trimming and backups left it (the program built
//! from commit 2548657). It was told a campaign, two spread tokens and some two hundred facts with repeats, for which the
//! lake's five minutes were waited once; it was stopped, started again, told some more, and killed. `told.json` beside it has
//! the keys and what it then answered.

use std::{fs, path::Path, process::Stdio};

use serde_json::{Value, json};

use crate::server::{Installation, each};

fn unpacked() -> (Installation, Value) {
    let house = Installation::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/fixtures/first-format.tar.gz");
    let folder = house.folder.path();
    let tar = std::process::Command::new("tar").arg("-xzf").arg(fixture).arg("-C").arg(folder).status();
    assert!(tar.expect("tar").success());
    let told = fs::read(folder.join("told.json")).expect("what it told");
    fs::remove_file(folder.join("told.json")).expect("it is there");
    (house, serde_json::from_slice(&told).expect("JSON"))
}

#[tokio::test]
async fn a_data_folder_of_the_first_format_is_opened_and_answers_the_same_and_goes_on() {
    let (house, told) = unpacked();
    let key = told["brand"]["secret_key"].as_str().expect("a key");
    for life in 1..=2 {
        let server = house.serve().await;
        let reader = server.key(key);
        for (path, before) in told["answers"].as_object().expect("answers") {
            let mut answer = reader.read(path).await;
            if path.contains("cascade") {
                answer.as_object_mut().expect("an object").remove("as_of");
            }
            // An answer may say more than it did; what it said stays.
            assert!(has_all_of(&answer, before), "life {life}, {path}: {answer:#} instead of {before:#}");
        }
        server.stop().await;
        fs::remove_dir_all(house.folder.path().join("live")).expect("the snapshots are there to delete");
    }

    let server = house.serve().await;
    let before = told["answers"]["/api/v1/facts?limit=1000"]["items"].as_array().expect("facts").len();
    let facts: Vec<Value> = (0..50).map(|fact| json!({"event": "Page Seen", "user_id": format!("u{fact}")})).collect();
    let last = server.key(key).hand_in(&facts).await;
    let now = server.key(key).read(&format!("/api/v1/facts?limit=1000&wait_offset={last}")).await;
    assert_eq!(each(&now, "message_id").len(), before + 50);
    let (email, password) = (told["brand"]["email"].as_str(), told["brand"]["password"].as_str());
    server.sign_in(email.expect("an address"), password.expect("a password")).await;
    server.stop().await;
}

/// Whether everything that was told is told still.
fn has_all_of(now: &Value, before: &Value) -> bool {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => {
            before.iter().all(|(name, before)| now.get(name).is_some_and(|now| has_all_of(now, before)))
        }
        (Value::Array(now), Value::Array(before)) => {
            now.len() == before.len() && now.iter().zip(before).all(|(now, before)| has_all_of(now, before))
        }
        _ => now == before,
    }
}

#[tokio::test]
async fn a_data_folder_of_a_later_release_is_left_alone() {
    let (house, _) = unpacked();
    let manifest = house.folder.path().join("lake/1/manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text.replacen("\"format\": 1", "\"format\": 2", 1)).expect("written");
    assert!(refusal(&house).await.contains("has format 2, this release reads up to 1: start the later release"));
    fs::write(&manifest, text).expect("written");

    let segment = house.folder.path().join("log/1/00000000000000000001.seg");
    let sound = fs::read(&segment).expect("a segment");
    let mut later = sound.clone();
    later[8] = 2;
    let check = crc32fast::hash(&later[..20]);
    later[20..24].copy_from_slice(&check.to_le_bytes());
    fs::write(&segment, later).expect("written");
    assert!(refusal(&house).await.contains("has format 2, this release reads up to 1: start the later release"));
    fs::write(&segment, sound).expect("written");
    house.serve().await.stop().await;
}

/// Why the program does not serve.
async fn refusal(house: &Installation) -> String {
    let folder = house.folder.path().to_str().expect("a path");
    let words = ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder];
    let mut program = tokio::process::Command::new(testkit::binary("searchlight"));
    let ended = program.args(words).stdout(Stdio::null()).output().await.expect("the program starts");
    assert!(!ended.status.success());
    String::from_utf8_lossy(&ended.stderr).into_owned()
}
