//! Builds the program anew when the pages of staff or customers are; never runs npm itself.

fn main() {
    println!("cargo::rerun-if-changed=../../web/console/dist");
    println!("cargo::rerun-if-changed=../../web/fan/dist");
}
