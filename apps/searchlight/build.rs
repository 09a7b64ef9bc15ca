//! Embeds the console that `make console` built. Never runs npm: without a build the binary says so on its pages.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let built = Path::new(&manifest).join("../../web/console/dist");
    let embedded = Path::new(&out).join("console");
    println!("cargo::rerun-if-changed={}", built.display());

    if embedded.exists() {
        fs::remove_dir_all(&embedded)?;
    }
    fs::create_dir_all(&embedded)?;
    if built.join("index.html").exists() {
        return copy(&built, &embedded);
    }
    fs::write(
        embedded.join("index.html"),
        "<!doctype html><meta charset=utf-8><title>Searchlight</title>\
         <p>The console is not built into this binary. Run <code>make console</code>, then build again.\
         <p lang=zh>此程序未包含控制台。请先运行 <code>make console</code>，再重新构建。",
    )
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
