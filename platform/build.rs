//! Tells cargo that a new migration is a reason to build again (`sqlx::migrate!` reads the folders at compile time).
fn main() {
    println!("cargo:rerun-if-changed=../migrations/sqlite");
    println!("cargo:rerun-if-changed=../migrations/postgres");
}
