//! The doctor finds what is wrong, on a server's folder that runs and on one that does not.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};

use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Brand, command, private_fact};

/// Whether all is well, and what it found.
fn examine(folder: &Path) -> (bool, Value) {
    let words = ["doctor", "--json", "--set", "server.listen=127.0.0.1:0", "--data-dir"];
    let output = command(&words).arg(folder).output().expect("the program starts");
    (output.status.success(), serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn verdict(told: &Value, check: &str) -> String {
    let findings = told["findings"].as_array().expect("as it should be");
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("{check} in {told}"))["verdict"].as_str().expect("as it should be").to_owned()
}

#[tokio::test]
async fn a_sound_installation_is_called_sound_and_a_damaged_one_is_not() {
    let brand = Brand::found();
    let folder = brand.folder.as_path();
    let mut server = brand.serve(&[]);
    for _ in 0..3 {
        server.hand_in(brand.text("write_key"), &private_fact()).await;
    }
    let (well, told) = examine(folder);
    assert!(well, "{told}");
    for check in ["config", "folder", "lock", "address", "records", "log", "lake"] {
        assert_eq!(verdict(&told, check), "good", "{check}: {told}");
    }
    let lock = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "lock").unwrap();
    assert_eq!(lock["found"]["en"], "a server is running on it");
    server.signal(Signal::TERM);
    assert!(server.end().success());
    assert!(examine(folder).0, "stopped, it is as sound");

    let segment = folder.join("log").join(brand.told["workspace"].to_string());
    let segment = fs::read_dir(segment).unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
    let file = OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, 120).unwrap();
    file.write_all_at(&[byte[0] ^ 1], 120).unwrap();
    let (well, told) = examine(folder);
    assert_eq!((well, verdict(&told, "log").as_str()), (false, "bad"), "{told}");

    let table = command(&["doctor", "--data-dir"]).arg(folder).output().unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("✗ log") && table.contains("restore a backup"), "{table}");
    let chinese = command(&["doctor", "--data-dir"]).arg(folder).env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    assert!(String::from_utf8(chinese.stdout).unwrap().contains("从备份恢复"));
}

#[test]
fn an_empty_place_is_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let (well, told) = examine(&folder.path().join("data"));
    assert!(well, "{told}");
    assert_eq!(verdict(&told, "folder"), "warn");
    assert!(!folder.path().join("data").exists(), "it makes nothing");
}
