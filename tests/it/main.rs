//! The integration tests: one binary, one PostgreSQL.

mod postgres_prive;
