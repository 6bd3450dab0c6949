mod identifiants;
mod postgres_prive;
mod serveur;
