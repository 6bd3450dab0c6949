pub mod postgres_prive;
