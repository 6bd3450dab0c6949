//! « Utilisateurs rattachés à la structure »: one statement, whatever the number of users.

use uuid::Uuid;

use crate::App;
use crate::acces::{Gestion, Role};
use crate::db::{Temps, UtilisateurId};
use crate::rattachements::Statut;
use crate::utilisateurs;
use crate::web::{EnCsv, Erreur, Fenetre, Liste, Requete};

/// A line of « Utilisateurs rattachés à la structure » (seed 001 §7).
pub struct LigneMembre {
    /// Of the rattachement, or of what waits for the activation.
    pub id: Uuid,
    pub promesse: bool,
    /// The account of an information system: no person, no role, not for the acts on users (spec §13).
    pub technique: bool,
    pub personne: UtilisateurId,
    pub nom: String,
    pub prenom: String,
    pub adresse_contact: String,
    pub role: Role,
    pub maille_structure: bool,
    /// Names of the services within reach.
    pub services: Vec<String>,
    pub compte: utilisateurs::Statut,
    pub reactive_le: Option<Temps>,
    pub derniere_connexion: Option<Temps>,
    pub statut: Statut,
    /// Last day of validity.
    pub fin: Option<Temps>,
    /// It ends within 30 days (R-GEST-ECHEANCES).
    pub bientot: bool,
    pub moi: bool,
}

impl LigneMembre {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom).trim().to_owned()
    }

    /// Its account, where it is no person.
    pub fn role_en_mots(&self) -> &'static str {
        if self.technique {
            ROLE_TECHNIQUE.1
        } else {
            self.role.libelle()
        }
    }

    /// « Toute la structure », or the services.
    pub fn perimetre(&self) -> String {
        if self.maille_structure {
            "Toute la structure".to_owned()
        } else if self.services.is_empty() {
            "Aucun service".to_owned()
        } else {
            self.services.join(", ")
        }
    }
}

impl EnCsv for LigneMembre {
    const ENTETES: &'static [&'static str] = &[
        "Nom",
        "Prénom",
        "Adresse de contact",
        "Rôle",
        "Statut utilisateur",
        "Date de réactivation",
        "Date dernière connexion",
        "Statut du rattachement",
        "Services",
        "Dernier jour",
    ];

    fn cellules(&self) -> Vec<String> {
        let jour = |t: &Option<Temps>| t.as_ref().map(Temps::jour).unwrap_or_default();
        vec![
            self.nom.clone(),
            self.prenom.clone(),
            self.adresse_contact.clone(),
            self.role_en_mots().to_owned(),
            self.compte.libelle().to_owned(),
            jour(&self.reactive_le),
            jour(&self.derniere_connexion),
            self.statut.libelle().to_owned(),
            self.perimetre(),
            jour(&self.fin),
        ]
    }
}

/// Code and words of the role of a technical account.
pub const ROLE_TECHNIQUE: (&str, &str) = ("technique", "Utilisateur technique");

/// Columns the list sorts by.
pub const TRIS: [&str; 8] = [
    "nom",
    "prenom",
    "adresse",
    "role",
    "compte",
    "reactivation",
    "connexion",
    "statut",
];

/// Filters besides the search; what makes no sense filters nothing.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filtre {
    pub recherche: String,
    pub role: Option<Role>,
    /// « Utilisateur technique » only.
    pub technique: bool,
    pub statut: Option<Statut>,
    /// « Se termine bientôt ».
    pub bientot: bool,
}

impl Filtre {
    /// From the keys of the list: `u.q`, `u.role`, `u.statut` (a state, or « bientot »).
    pub fn lire(requete: &Requete, recherche: &str) -> Self {
        let statut = requete.valeur("u.statut");
        Self {
            technique: requete.valeur("u.role") == ROLE_TECHNIQUE.0,
            recherche: recherche.to_owned(),
            role: [Role::Gp, Role::Gs, Role::Us]
                .into_iter()
                .find(|r| r.code() == requete.valeur("u.role")),
            statut: Statut::connu(statut),
            bientot: statut == "bientot",
        }
    }

    /// As the form spells it.
    pub fn code_du_role(&self) -> &'static str {
        match self.role {
            Some(role) => role.code(),
            None if self.technique => ROLE_TECHNIQUE.0,
            None => "",
        }
    }

    pub fn est_vide(&self) -> bool {
        *self == Self::default()
    }
}

/// The users of the structure whom this gestionnaire sees, counted up to `plafond`.
///
/// # Errors
/// Those of the database.
pub async fn membres<C>(
    app: &App,
    gestion: &Gestion<C>,
    filtre: &Filtre,
    fenetre: Fenetre,
    plafond: i64,
) -> Result<Liste<LigneMembre>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select p.id, p.genre, u.id as utilisateur_id, u.nom, u.prenom, u.cle_tri, u.adresse_contact, p.role, p.maille_structure,
                    p.services, u.statut as compte, p.reactive_le, u.derniere_connexion, p.statut, p.date_fin,
                    p.gestionnaire_rattachement_id as par,
                    coalesce(p.statut = 'valide' and jours_avant(p.date_fin, 30) <= (select maintenant()), false) as bientot
             -- Apart, for who reads to be found once: the plan that is kept looked for him again beside each user.
             from (select m.id, m.genre, m.utilisateur_id, m.role, m.maille_structure, m.services, m.reactive_le, m.statut, m.date_fin,
                          m.gestionnaire_rattachement_id
                   from portees_membres m
                   where m.gestionnaire_id = $1 and m.structure_id = $2 and m.genre <> 'demande' offset 0) p
             join utilisateurs u on u.id = p.utilisateur_id
             where ($3 = '' or u.adresse_connexion = lower($3) or u.adresse_contact = lower($3)
                    or repond_au_nom(u.cle_recherche, (select cle_recherche($3))))
               and ($4 = '' or p.role = $4) and ($5 = '' or p.statut = $5)
               and (not $6 or (p.statut = 'valide' and jours_avant(p.date_fin, 30) <= (select maintenant())))
             union all
             select t.id, 'technique', t.id, t.identifiant, '', cle_tri(t.identifiant), t.adresse_contact, 'technique', true,
                    '{}', t.statut, null, t.derniere_utilisation, case t.statut when 'actif' then 'valide' else 'desactive' end,
                    null, g.id, false
             from utilisateurs_techniques t
             join rattachements_effectifs g on g.structure_id = t.structure_id and g.utilisateur_id = $1
                  and g.maille_structure and g.capacites <> '{}'
             where t.structure_id = $2 and not $6 and ($4 = '' or $4 = 'technique')
               and ($3 = '' or position(lower($3) in lower(t.identifiant || ' ' || t.adresse_contact)) > 0)
               and ($5 = '' or $5 = case t.statut when 'actif' then 'valide' else 'desactive' end)
             limit $10)
           select (select count(*) from base) as "total!", b.id as "id!", b.genre = 'inscription' as "promesse!",
                  b.genre = 'technique' as "technique!",
                  b.utilisateur_id as "personne!: UtilisateurId", b.nom as "nom!", b.prenom as "prenom!",
                  b.adresse_contact as "adresse_contact!", case b.genre when 'technique' then 'us' else b.role end as "role!: Role", b.maille_structure as "maille_structure!",
                  array(select v.libelle from services v
                        where v.structure_id = $2 and v.id = any (b.services)
                          and exists (select from rattachements g where g.id = b.par
                                      and (g.maille_structure or exists (select from services_effectifs se
                                           where se.rattachement_id = g.id and se.service_id = v.id)))
                        order by v.cle_tri, v.id) as "services!",
                  b.compte as "compte!: utilisateurs::Statut", temps(b.reactive_le) as "reactive_le: Temps",
                  temps(b.derniere_connexion) as "derniere_connexion: Temps", b.statut as "statut!",
                  temps(b.date_fin - interval '1 microsecond') as "fin: Temps", b.bientot as "bientot!"
           from base b
           order by
             case $7 when 'nom-asc' then b.cle_tri when 'prenom-asc' then cle_tri(b.prenom) when 'adresse-asc' then b.adresse_contact
                     when 'role-asc' then b.role when 'compte-asc' then b.compte when 'statut-asc' then b.statut end asc,
             case $7 when 'nom-desc' then b.cle_tri when 'prenom-desc' then cle_tri(b.prenom) when 'adresse-desc' then b.adresse_contact
                     when 'role-desc' then b.role when 'compte-desc' then b.compte when 'statut-desc' then b.statut end desc,
             case $7 when 'reactivation-asc' then b.reactive_le when 'connexion-asc' then b.derniere_connexion end asc nulls last,
             case $7 when 'reactivation-desc' then b.reactive_le when 'connexion-desc' then b.derniere_connexion end desc nulls last,
             b.cle_tri, b.id
           limit $8::bigint offset least($9::bigint - 1, greatest((select count(*) from base) - 1, 0) / $8) * $8"#,
        gestion.id().0,
        gestion.structure().id.0,
        filtre.recherche,
        filtre.code_du_role(),
        filtre.statut.map_or("", Statut::code),
        filtre.bientot,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        plafond
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneMembre {
            id: l.id,
            promesse: l.promesse,
            technique: l.technique,
            moi: l.personne == gestion.id(),
            personne: l.personne,
            nom: l.nom,
            prenom: l.prenom,
            adresse_contact: l.adresse_contact,
            role: l.role,
            maille_structure: l.maille_structure,
            services: l.services,
            compte: l.compte,
            reactive_le: l.reactive_le,
            derniere_connexion: l.derniere_connexion,
            statut: Statut::lire(&l.statut),
            fin: l.fin,
            bientot: l.bientot,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "utilisateurs"))
}
