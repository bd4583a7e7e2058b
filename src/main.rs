//! The entry of the browser application.

fn main() {
    perennial::start();
}
