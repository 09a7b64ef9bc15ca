//! Builds the program anew when the console's pages are; never runs npm itself.

fn main() {
    println!("cargo::rerun-if-changed=../../web/console/dist");
}
