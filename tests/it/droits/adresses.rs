//! The concrete addresses of the routes, by what their parameters name.

use vantail::routes::Route;

use super::monde::Objets;

impl Objets {
    /// A concrete address; a parameter nobody knows here fails the test, so that it is thought of.
    pub fn adresse(&self, route: &Route) -> String {
        route
            .chemin
            .split('/')
            .map(|morceau| match morceau {
                "{structure}" => self.structure.to_string(),
                "{service}" => self.service.to_string(),
                "{demande}"
                    if ["/support/", "/referent/"]
                        .iter()
                        .any(|d| route.chemin.starts_with(d)) =>
                {
                    self.sans_gp.to_string()
                }
                "{demande}" => self.demande.to_string(),
                "{demande_abonnement}" => self.demande_abonnement.to_string(),
                "{abonnement}" => self.abonnement.to_string(),
                "{utilisateur}" => self.utilisateur.to_string(),
                "{rattachement}" => self.rattachement.to_string(),
                "{coordonnee}" => self.coordonnee.to_string(),
                "{mandat}" => self.mandat.to_string(),
                "{technique}" => self.technique.to_string(),
                "{fichier}" => self.fichier.to_string(),
                "{ligne}" => self.ligne.to_string(),
                "{sollicitation}" if route.chemin.contains("/certificat") => {
                    self.changement.to_string()
                }
                "{sollicitation}" if route.chemin.starts_with("/referent") => {
                    self.demandee.to_string()
                }
                "{sollicitation}" => self.sollicitation.to_string(),
                "{recue}" => self.recue.to_string(),
                "{brouillon}" => self.brouillon.to_string(),
                "{certificat}" => self.certificat.to_string(),
                "{reponse}" => self.reponse.to_string(),
                "{piece}" if route.chemin.contains("{recue}") => self.piece_recue.to_string(),
                "{piece}" if route.chemin.starts_with("/referent") => {
                    self.piece_demandee.to_string()
                }
                "{piece}" if route.chemin.contains("{sollicitation}") => self.piece.to_string(),
                "{piece}" => self.piece_brouillon.to_string(),
                "{perimetre}" => self.perimetre.to_string(),
                "{compte}" => self.compte.to_string(),
                "{referent}" => self.referent.to_string(),
                "{demande_de_compte}" if route.chemin.starts_with("/support") => {
                    self.demande_au_support.to_string()
                }
                "{demande_de_compte}" => self.demande_de_compte.to_string(),
                "{arrivee}" => self.arrivee.to_string(),
                "{actualite}" => self.actualite.to_string(),
                "{agent}" => self.agent.to_string(),
                "{espace}" => "factures_de_travaux".to_owned(),
                "{geste}" => "desactivation".to_owned(),
                "{slug}" => "creer-un-compte".to_owned(),
                "{application}" => "gerer-un-service".to_owned(),
                // What belongs to the person alone: one that does not exist.
                "{session}" | "{secret}" | "{courrier}" | "{acte}" | "{assistance}" => {
                    uuid::Uuid::nil().to_string()
                }
                morceau if morceau.starts_with('{') => {
                    panic!("{}: what is {morceau}?", route.chemin)
                }
                morceau => morceau.to_owned(),
            })
            .collect::<Vec<_>>()
            .join("/")
    }
}
