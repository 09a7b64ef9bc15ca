//! When it cannot start it says in one sentence what to do.

use std::{fs, net::TcpListener, os::unix::process::CommandExt, path::Path};

use db::sea_orm::{ConnectionTrait, Database};

use crate::program::{Brand, command, refused, run, serve};

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn a_wrong_setting_is_named_with_its_line_and_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    fs::write(&file, "[server]\nlissten = \"127.0.0.1:1\"\n").unwrap();
    let told = refused(&["serve", "--config", text(&file), "--data-dir", text(folder.path())]);
    assert!(told.contains("my.toml:2: there is no setting server.lissten; did you mean server.listen?"), "{told}");

    let told = refused(&["serve", "--listen", "0.0.0.0:0", "--data-dir", text(folder.path())]);
    assert!(told.contains("open to a network") && told.contains("tls.certificate"), "{told}");
}

#[test]
fn what_config_prints_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("searchlight.toml");
    fs::write(&file, run(&["config", "default"]).stdout).unwrap();
    let shown = run(&["config", "show", "--config", text(&file), "--set", "metrics.token=hunter2"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("token = \"***\"") && shown.contains("# --set metrics.token"), "{shown}");
    assert!(shown.contains("searchlight.toml:") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_port_in_use_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = refused(&["serve", "--listen", &address, "--data-dir", text(folder.path())]);
    assert!(told.contains(&address) && told.contains("another program listens there"), "{told}");
}

#[test]
fn a_folder_that_is_in_use_or_not_ours_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _running = serve(&data, &[]);
    let told = refused(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)]);
    assert!(told.contains("is in use by another Searchlight"), "{told}");

    fs::write(folder.path().join("photo.jpg"), "").unwrap();
    let told = refused(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(folder.path())]);
    assert!(told.contains("holds other files"), "{told}");
    let photo = folder.path().join("photo.jpg");
    let told = refused(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&photo)]);
    assert!(told.contains("is a file, not a folder"), "{told}");
}

/// Only somebody with all rights can become somebody else.
#[test]
fn a_folder_of_another_user_is_said() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(folder.path())]);
    let output = command.uid(65534).gid(65534).output();
    // The build may lie in a folder that nobody else may enter.
    let Ok(output) = output else { return };
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("belongs to user 0") && told.contains("user 65534"), "{told}");
}

#[tokio::test]
async fn data_of_a_newer_version_is_said_and_left_alone() {
    let brand = Brand::found();
    let path = brand.folder.join("records.sqlite");
    let records = Database::connect(format!("sqlite:{}", path.display())).await.unwrap();
    let newer = "insert into schema_migration (name, applied_at) values ('access_9999_tomorrow', 0)";
    records.execute_unprepared(newer).await.unwrap();
    records.close().await.unwrap();
    let told = refused(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&brand.folder)]);
    assert!(told.contains("newer version") && told.contains("access_9999_tomorrow"), "{told}");
}

#[test]
fn a_database_out_of_reach_is_said_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://lighthouse:hunter2@127.0.0.1:1/books";
    let words = ["serve", "--listen", "127.0.0.1:0", "--records", url, "--data-dir", text(folder.path())];
    let told = refused(&words);
    assert!(told.contains("127.0.0.1:1/books") && told.contains("cannot be reached"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn files_that_are_no_certificate_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let settings = [format!("tls.certificate={}", certificate.display()), format!("tls.key={}", key.display())];
    let words = ["serve", "--listen", "127.0.0.1:0", "--set", &settings[0], "--set", &settings[1], "--data-dir"];
    let told = |data: &str| refused(&[&words[..], &[data]].concat());
    let data = folder.path().join("data");
    assert!(told(text(&data)).contains("tls.certificate"), "not there");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, "not a key").unwrap();
    assert!(told(text(&data)).contains("holds no private key"));
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    assert!(told(text(&data)).contains("cannot be used together"));
    assert!(!data.exists(), "nothing is made before all settings are good");
}
