//! The program `slipway`: the server, and the commands for whoever runs it.
//!
//! The way of a request: [`doors`] → a page or server function of `app` → a use case of `platform` → its store → the database.

mod assets;
mod body;
mod cli;
mod config;
mod connections;
mod doors;
#[cfg(test)]
mod doors_test;
mod downloads;
mod http;
mod listen;
mod live;
mod logging;
mod probes;
mod routes;
mod serve;
mod state;
mod streams;

use std::process::ExitCode;

/// A page is made of thousands of small pieces of text: see `docs/adr/0007-allocator.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
