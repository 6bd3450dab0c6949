//! One binary: real PostgreSQL, the router in process, people who click.

mod fondations;
mod support;
