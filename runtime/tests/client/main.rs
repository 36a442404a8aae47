//! The client against servers on loopback.

mod methods;
mod server;

mod calls;
