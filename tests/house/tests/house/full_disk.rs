//! A disk that runs full under a serving program: what is told to be stored is stored, the rest is refused with a clear word,
//! and when there is space again it goes on by itself.
//!
//! The data folder is a small file system in memory that only the program sees. Where a test may not mount one, it says so and
//! tests nothing.

use std::{fs, path::PathBuf, process::Command};

use serde_json::json;

use crate::server::{Installation, Server, each};

const SIZE: &str = "size=16m";

fn may_mount() -> bool {
    let words = ["--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"];
    Command::new("unshare").args(words).output().is_ok_and(|ended| ended.status.success())
}

/// Serves the house's folder from a small file system, to which it was copied.
async fn serve_small(house: &Installation) -> (Server, PathBuf) {
    let folder = house.folder.path().to_str().expect("a path");
    let program = testkit::binary("searchlight");
    let script = format!(
        "cp -a {folder} {folder}.copy && mount -t tmpfs -o {SIZE} tmpfs {folder} && cp -a {folder}.copy/. {folder} && \
         rm -rf {folder}.copy && exec {} serve --listen 127.0.0.1:0 --data-dir {folder}",
        program.display()
    );
    let mut command = tokio::process::Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script]);
    let (server, _) = Server::start(command).await;
    server.ready().await;
    // What the program sees at its folder.
    let inside = PathBuf::from(format!("/proc/{}/root{folder}", server.pid()));
    (server, inside)
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_full_disk_and_it_goes_on_when_there_is_space() {
    if !may_mount() {
        println!("nothing was tested: no file system may be mounted here");
        return;
    }
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let (server, inside) = serve_small(&house).await;
    let caller = server.key(&founded.secret_key);
    let page = "字".repeat(3_000);
    let (mut facts, mut campaigns) = (Vec::new(), Vec::new());
    let mut refused = 0;
    for round in 0..60 {
        match round {
            10 => {
                // Whatever is left is taken by somebody else.
                let filler = fs::write(inside.join("filler"), vec![0; 32 << 20]);
                assert!(filler.is_err(), "the disk is full");
            }
            45 => fs::remove_file(inside.join("filler")).expect("there is space again"),
            _ => {}
        }
        let id = format!("m-{round}");
        let fact = json!([{"event": "Page Seen", "user_id": "u1", "message_id": id, "properties": {"page": page}}]);
        let answer = caller.post("/api/v1/facts", &fact).await;
        match answer.status {
            200 => facts.push(id),
            _ => {
                assert_eq!(
                    (answer.status, answer.json()["code"].as_str()),
                    (507, Some("storage_full")),
                    "{}",
                    answer.text()
                );
                refused += 1;
            }
        }
        let id = format!("c-{round}");
        let answer = caller.post("/api/v1/campaigns", &json!({"id": id, "name": "春"})).await;
        match answer.status {
            201 => campaigns.push(id),
            _ => {
                assert_eq!(
                    (answer.status, answer.json()["code"].as_str()),
                    (507, Some("storage_full")),
                    "{}",
                    answer.text()
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 20, "the disk was full for a while: {refused}");
    assert!(facts.contains(&"m-59".into()) && campaigns.contains(&"c-59".into()), "it goes on without a restart");
    server.ready().await;
    let told = caller.read("/api/v1/facts?limit=1000").await;
    let told: Vec<&str> = each(&told, "message_id");
    assert!(facts.iter().all(|id| told.iter().filter(|told| *told == id).count() == 1), "{facts:?} {told:?}");
    let kept = caller.read("/api/v1/campaigns?limit=1000").await;
    let kept = each(&kept, "id");
    assert!(campaigns.iter().all(|id| kept.contains(&id.as_str())), "{campaigns:?} {kept:?}");
    server.stop().await;
}
