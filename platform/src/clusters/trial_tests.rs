//! Trial tests.
