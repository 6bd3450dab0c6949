//! Imports: what a file may hold, and what becomes of it in the database.

mod chargement;
mod guillemets;
mod lecture;
mod services;
mod sirene;
mod statuts;

/// A SIRET with right keys, different for each `n` below a million.
pub fn siret(n: u32) -> String {
    avec_cle(&format!("{}0001", avec_cle(&format!("21{n:06}"))))
}

fn avec_cle(debut: &str) -> String {
    const DOUBLE: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let somme: u32 = debut
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, o)| {
            let n = u32::from(o - b'0');
            if i % 2 == 0 { DOUBLE[n as usize] } else { n }
        })
        .sum();
    format!("{debut}{}", (10 - somme % 10) % 10)
}

pub const ENTETE: &str = "TypeIdentifiant;Identifiant;RaisonSociale;EmetteurEdi;RecepteurEdi;GestionStatutMiseEnPaiement;GestionEngagement;\
GestionService;GestionServiceEngagement;EstMOA;EstMOAUniquement;StructureActive;Adresse;ComplementAdresse1;ComplementAdresse2;\
CodePostal;Ville;NumTelephone;Courriel;CodePays;LibellePays";

/// A whole line of the directory.
pub fn ligne(n: u32, raison_sociale: &str) -> String {
    format!(
        "SIRET;{};{raison_sociale};false;false;true;true;false;false;false;false;true;1 rue du Port;;;69001;Lyon;;;FR;FRANCE",
        siret(n)
    )
}
