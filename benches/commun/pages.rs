//! The pages that are read, by whom. `{…}` is an object of the world (`Monde::adresse`).

/// A user of the demo world.
pub const QUI: &str = "pauline.dufour@terneuil.example";
/// The gestionnaire principal of the loaded structure.
pub const CHARGE: &str = "gp@charge.example";
/// An agent of the support.
const AGENT: &str = "support.un@vantail.example";
const REFERENT: &str = "referent@ac-lyon.example";
const ADMINISTRATRICE: &str = "admin@vantail.example";

/// Every reader, with what he reads.
pub const LECTEURS: [(&str, &[&str]); 5] = [
    (QUI, PAGES),
    (CHARGE, CHARGEES),
    (AGENT, BUREAU),
    (REFERENT, GUICHET),
    (ADMINISTRATRICE, ADMINISTRATION),
];

const PAGES: &[&str] = &[
    "/",
    "/activites",
    "/mon-compte",
    "/mon-compte/rattachements",
    "/mon-compte/rattachements/demande?q=commune+beaulieu",
    "/mon-compte/abonnements",
    "/mon-compte/acces?structure=14700985600138&espace=factures_recues",
    "/mon-compte/courriels",
    "/mon-compte/desactivation",
    "/sollicitations",
    "/annuaire",
    "/annuaire?q=saint+martin",
    "/annuaire?q=commune",
    "/annuaire?q=commune+beaulieu",
    "/annuaire?cp=69001",
    "/aide/question?q=rattachement",
    "/mentions-legales",
];

/// `{s}` is the loaded structure, the others are objects of it.
const CHARGEES: &[&str] = &[
    // Blocks A to D are one page; each sorts or searches apart.
    "/activites",
    "/activites?dr.par=100&dr.tri=demandeur",
    "/activites?dr.q=martin",
    "/activites?da.par=100&da.tri=demandeur",
    "/activites?da.q=martin",
    "/activites?ms.par=100&ms.q=mairie",
    "/activites?h.par=100",
    "/activites?h.page=2000",
    "/activites?h.q=martin",
    "/activites/historique/{ligne}",
    // Block E.
    "/activites/utilisateurs?nom=martin",
    "/structures/{s}",
    "/structures/{s}/demandes/{demande}",
    "/structures/{s}/demandes-abonnement/{abonnement}",
    "/structures/{s}/services",
    "/structures/{s}/utilisateurs",
    "/structures/{s}/utilisateurs?u.par=100",
    "/structures/{s}/utilisateurs?u.q=martin",
    "/structures/{s}/utilisateurs/{rattachement}",
    "/structures/{s}/transfert/recherche?nom=martin-roux&prenom=camille",
    "/structures/{s}/transfert/recherche?nom=martin",
    "/structures/{s}/espaces",
    "/structures/{s}/espaces/utilisateurs",
    "/structures/{s}/coordonnees-bancaires",
    "/structures/{s}/mandats",
    "/structures/{s}/techniques",
];

/// What the support reads, with as many sollicitations as structures.
const BUREAU: &[&str] = &[
    "/support",
    // From the middle of the queue of the large worlds.
    "/support?s.apres=1.1646092800000000~00000000-0000-0000-0000-000000000000",
    "/support?s.tri=date-desc",
    "/support?s.etat=nouvelle",
    "/support?s.etat=miennes",
    "/support?s.etat=resolue",
    "/support?s.categorie=anomalie",
    "/support?s.q=martin",
    "/support?s.q=fiche",
    "/support?s.q=SOL-2019-000123",
    "/support/sollicitations/{sollicitation}",
];

const GUICHET: &[&str] = &["/referent", "/referent/comptes"];

const ADMINISTRATION: &[&str] = &["/administration/journal", "/administration/equipe"];

/// Lists as files, from the loaded structure, and the whole directory.
pub const FICHIERS: &[&str] = &[
    "/structures/{s}/utilisateurs.csv",
    "/structures/{s}/espaces/utilisateurs.csv",
    "/structures/{s}/services.csv",
    "/activites/historique.csv",
    "/annuaire.csv",
];
