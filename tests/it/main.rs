mod serveur;

fn main() {}
