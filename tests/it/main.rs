mod identifiants;
mod imports;
