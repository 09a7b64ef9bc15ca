use std::fs;

use super::*;

fn choice(words: &[&str]) -> Choice {
    Choice { set: words.iter().map(|word| (*word).to_owned()).collect(), ..Choice::default() }
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What is wrong with a file, line by line.
fn told(text: &str) -> Vec<String> {
    let mut layers = Layers::of_defaults(DEFAULT);
    layers.file("here.toml", text);
    match read(&layers) {
        Ok(_) => Vec::new(),
        Err(ConfigError(complaints)) => complaints,
    }
}

#[test]
fn the_manual_is_a_configuration_and_names_every_key() {
    let layers = Layers::of_defaults(DEFAULT);
    // Both ways: a setting without a line in the manual, and a line without a setting, are refused here.
    let config = read(&layers).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:7700");
    assert!(config.records.url.is_none());
    for (key, ..) in layers.iter() {
        let at = DEFAULT.lines().position(|line| line.starts_with(&format!("{} =", key.split_once('.').unwrap().1)));
        let at = at.unwrap_or_else(|| panic!("{key} has a line of its own"));
        let above: Vec<&str> = DEFAULT
            .lines()
            .take(at)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .take_while(|line| line.starts_with('#'))
            .collect();
        let with_neighbour = key == "tls.key";
        assert!(with_neighbour || above.iter().any(|line| !line.is_ascii()), "{key} is explained in both languages");
    }
}

#[test]
fn each_layer_stands_above_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    fs::write(&file, "[server]\nlisten = \"127.0.0.1:1\"\ndrain = \"1s\"\n[logging]\nlevel = \"warn\"\n").unwrap();
    let choice = Choice { config: Some(file.clone()), ..choice(&["server.listen=127.0.0.1:3"]) };
    let environment = variables(&[
        ("SEARCHLIGHT_SERVER__LISTEN", "127.0.0.1:2"),
        ("SEARCHLIGHT_LOGGING__LEVEL", "debug"),
        ("SEARCHLIGHT_TRACES__SAMPLE", "0.5"),
        ("SEARCHLIGHT_SERVER__BEHIND_PROXY", "true"),
        // What a container engine sets for a service of this name.
        ("SEARCHLIGHT_PORT", "tcp://10.0.0.1:7700"),
    ]);
    let layers = choice.layers_with(&environment).unwrap();
    let config = read(&layers).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3");
    assert_eq!((config.logging.level, config.traces.sample, config.server.behind_proxy), (Level::Debug, 0.5, true));
    assert_eq!(config.server.drain, Span(std::time::Duration::from_secs(1)));
    let origin = |key| layers.origin(key).unwrap().to_string();
    assert_eq!(origin("server.listen"), "--set server.listen");
    assert_eq!(origin("logging.level"), "SEARCHLIGHT_LOGGING__LEVEL");
    assert_eq!(origin("server.drain"), format!("{}:3", file.display()));
    assert_eq!(origin("tls.watch"), "default");
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_was_meant() {
    assert_eq!(
        told("[server]\nlissten = \"127.0.0.1:1\"\n\n[loging]\nlevel = 3\n"),
        [
            "here.toml:2: there is no setting server.lissten; did you mean server.listen?",
            "here.toml:5: there is no setting loging.level; did you mean logging.level?",
        ]
    );
    assert_eq!(
        told("nonsense = 1"),
        ["here.toml:1: there is no setting nonsense; `searchlight config default` prints them all"]
    );
    assert_eq!(
        told("[server]\nlisten = 7700\nbehind_proxy = \"yes\""),
        [
            "here.toml:2: server.listen is a text in quotes, not a whole number",
            "here.toml:3: server.behind_proxy is true or false, not a text in quotes",
        ]
    );
    assert_eq!(
        told("[server]\n\ndrain = \"soon\""),
        ["here.toml:3: server.drain: \"soon\" is no length of time; write 30s, 5m, 2h"]
    );
    assert!(told("[logging]\nlevel = \"loud\"")[0].starts_with("here.toml:2: logging.level: unknown variant `loud`"));
    assert!(
        told("[server]\nlisten = \"localhost\"")[0].starts_with("here.toml:2: server.listen: invalid socket address")
    );
    let broken = told("[server\n");
    assert!(broken[0].starts_with("here.toml:1: "), "{broken:?}");
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    assert!(told("[server]\nlisten = \"0.0.0.0:7700\"")[0].contains("open to a network"));
    assert_eq!(told("[server]\nlisten = \"0.0.0.0:7700\"\nbehind_proxy = true"), [""; 0]);
    assert_eq!(told("[server]\nlisten = \"[::]:443\"\n[tls]\ncertificate = \"a\"\nkey = \"b\""), [""; 0]);
    assert!(told("[tls]\ncertificate = \"a.pem\"")[0].contains("belong together"));
    assert!(told("[traces]\nsample = 2")[0].contains("from 0.0 to 1.0"));
}

#[test]
fn a_file_is_found_in_the_data_folder_but_cannot_move_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    fs::write(&path, "[logging]\nformat = \"json\"\n").unwrap();
    let choice = Choice { data_dir: Some(folder.path().to_owned()), ..Choice::default() };
    let layers = choice.layers_with(&[]).unwrap();
    assert_eq!(read(&layers).unwrap().logging.format, Format::Json);

    let by_variable = variables(&[("SEARCHLIGHT_DATA__FOLDER", folder.path().to_str().unwrap())]);
    let layers = Choice::default().layers_with(&by_variable).unwrap();
    assert_eq!(read(&layers).unwrap().logging.format, Format::Json);

    fs::write(&path, "[data]\nfolder = \"elsewhere\"\n").unwrap();
    assert_eq!(read(&choice.layers_with(&[]).unwrap()).unwrap().data.folder, folder.path(), "an option stands above");
    let at = Choice { config: Some(folder.path().join("absent.toml")), ..Choice::default() };
    assert!(at.layers_with(&[]).unwrap_err().to_string().contains("absent.toml cannot be read"));
}

#[test]
fn what_is_shown_can_be_read_again_and_tells_no_secret() {
    let mut layers = Layers::of_defaults(DEFAULT);
    layers.file(
        "here.toml",
        "[records]\nurl = \"postgres://lighthouse:hunter2@db.example/books\"\n[metrics]\ntoken = \"hunter2\"\n\
         [traces]\nheaders = \"authorization=hunter2\"",
    );
    let shown = show(&layers);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("db.example/books") && shown.contains("# here.toml:2"), "{shown}");
    assert!(!format!("{:?}", read(&layers).unwrap()).contains("hunter2"));
    assert_eq!(told(&shown.replace("***", "x")), [""; 0]);
}
