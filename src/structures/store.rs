use crate::App;
use crate::acces::Membre;
use crate::db::{StructureId, Temps};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// What an invoice sent to a public structure must carry.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Obligations {
    pub engagement: bool,
    pub service: bool,
    pub l_un_ou_l_autre: bool,
}

impl Obligations {
    /// In two or three words, for a list.
    pub fn resume(self) -> &'static str {
        match (self.engagement, self.service, self.l_un_ou_l_autre) {
            (true, true, _) => "Engagement et service",
            (true, false, _) => "Engagement",
            (false, true, _) => "Service",
            (false, false, true) => "Engagement ou service",
            (false, false, false) => "Aucune",
        }
    }
}

/// The fiche (R-STR-FICHE), beyond what the proof already holds.
pub struct Fiche {
    pub adresse: Option<String>,
    pub complement_1: Option<String>,
    pub complement_2: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub pays: String,
    pub telephone: Option<String>,
    pub courriel: Option<String>,
    pub categorie: Option<String>,
    pub creee_le: Temps,
    pub gestion_engagement: bool,
    pub gestion_service: bool,
    pub gestion_service_engagement: bool,
    pub gestion_statut_mise_en_paiement: bool,
    pub est_moa: bool,
    pub est_moa_uniquement: bool,
    /// « Prénom Nom » of the gestionnaire principal.
    pub gestionnaire_principal: Option<String>,
    /// « Rémi Chauvet, le 12/03/2027 »: the handover programmed.
    pub passation: Option<String>,
    pub depuis: Temps,
    pub jusqu_au: Option<Temps>,
    /// The identifier it goes on under (R-STR-SIRET).
    pub remplacee_par: Option<String>,
    /// The structure of that identifier, for whoever has a right there.
    pub suite: Option<StructureId>,
    /// Services of my rattachement, where it is « maille service ».
    pub mes_services: Vec<String>,
}

impl Fiche {
    pub fn categorie(&self) -> &'static str {
        match self.categorie.as_deref() {
            Some("collectivite_locale") => "Collectivité locale",
            Some("autre_entite_publique") => "Autre entité publique",
            _ => "",
        }
    }

    pub fn lignes_d_adresse(&self) -> Vec<String> {
        lignes_d_adresse(
            [&self.adresse, &self.complement_1, &self.complement_2],
            [&self.code_postal, &self.ville],
        )
    }
}

/// Lines of a postal address, the empty ones left out.
pub fn lignes_d_adresse(rue: [&Option<String>; 3], lieu: [&Option<String>; 2]) -> Vec<String> {
    let lieu = lieu
        .into_iter()
        .filter_map(|t| t.as_deref())
        .collect::<Vec<_>>()
        .join(" ");
    rue.into_iter()
        .filter_map(Clone::clone)
        .chain([lieu])
        .filter(|t| !t.trim().is_empty())
        .collect()
}

pub async fn fiche(app: &App, membre: &Membre) -> Result<Fiche, Erreur> {
    sqlx::query_as!(
        Fiche,
        r#"select s.adresse, s.complement_adresse_1 as complement_1, s.complement_adresse_2 as complement_2, s.code_postal,
                  s.ville, s.libelle_pays as pays, s.telephone, s.courriel, s.categorie,
                  temps(s.creee_le) as "creee_le!: Temps", s.gestion_engagement, s.gestion_service,
                  s.gestion_service_engagement, s.gestion_statut_mise_en_paiement, s.est_moa, s.est_moa_uniquement,
                  (select u.prenom || ' ' || u.nom from rattachements g join utilisateurs u on u.id = g.utilisateur_id
                   where g.id = s.gp_id) as gestionnaire_principal,
                  (select u.prenom || ' ' || u.nom || ', le ' || to_char(p.le, 'DD/MM/YYYY')
                   from passations p join utilisateurs u on u.id = p.successeur_id
                   where p.structure_id = s.id and p.statut = 'programmee') as passation,
                  n.identifiant as "remplacee_par?",
                  (select e.structure_id from rattachements_effectifs e
                   where e.structure_id = n.id and e.utilisateur_id = r.utilisateur_id) as "suite: StructureId",
                  temps(r.date_debut) as "depuis!: Temps", temps(r.date_fin - interval '1 microsecond') as "jusqu_au: Temps",
                  array(select v.libelle from services_effectifs e join services v on v.id = e.service_id
                        where e.rattachement_id = r.id order by v.cle_tri, v.id) as "mes_services!"
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           left join changements_identifiant c on c.ancienne_id = s.id
           left join structures n on n.id = c.nouvelle_id
           where r.id = $1 and s.id = $2"#,
        membre.rattachement().0,
        membre.structure().id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// A service as its structure, or the public directory, shows it.
pub struct Service {
    pub numero: i64,
    pub code: String,
    pub libelle: String,
    pub description: Option<String>,
    pub engagement_obligatoire: bool,
    pub debut: Temps,
    pub fin: Option<Temps>,
    pub actif: bool,
}

const COLONNES: [&str; 3] = ["code", "nom", "debut"];

/// The list of services in the URL: `s.tri`, `s.page`, `s.par`, `s.q`.
pub fn fenetre_des_services(requete: &Requete) -> Fenetre {
    Fenetre::lire(requete, "s", &COLONNES, ("code", Sens::Croissant), 25)
}

/// « Services actifs, triés par code (croissant) ».
pub fn legende_des_services<L>(quoi: &str, services: &Liste<L>) -> String {
    let colonne = match services.fenetre.colonne {
        "nom" => "nom",
        "debut" => "date de début",
        _ => "code",
    };
    format!(
        "{quoi}, triés par {colonne} ({})",
        services.fenetre.sens.libelle()
    )
}
