use serde::Deserialize;
use sqlx::types::Json;

use crate::App;
use crate::acces::{Referent, Role};
use crate::db::{PerimetreId, Temps, UtilisateurId};
use crate::sollicitations::mots;
use crate::utilisateurs::Statut;
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A line of « Comptes ».
pub struct LigneCompte {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub adresse: String,
    pub statut: Statut,
    pub perimetre: String,
    pub structures: i64,
    pub derniere_connexion: Option<Temps>,
}

/// The list in the URL, under `c.`: by name.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["nom", "statut"];
    Fenetre::lire(requete, "c", &tris, ("nom", Sens::Croissant), 25)
}

/// One statement. A search looks in the names and the login; `statut`: that state only.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    referent: &Referent,
    statut: Option<Statut>,
    fenetre: Fenetre,
) -> Result<Liste<LigneCompte>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select u.id, u.cle_tri, u.statut, u.perimetre_id from utilisateurs u
             where u.perimetre_id in (select perimetre_id from referents_effectifs where utilisateur_id = $1)
               and u.pigp and u.equipe is null and u.statut <> 'clos' and ($5::text is null or u.statut = $5)
               and ($6::text is null or u.adresse_connexion like '%' || lower($6) || '%'
                    or u.cle_recherche like '%' || nullif(cle_recherche($6), '') || '%')
             order by u.cle_tri, u.id limit 10001),
           fenetre as materialized (
             select b.* from base b
             order by
               case when $2 = 'statut-asc' then b.statut end asc, case when $2 = 'statut-desc' then b.statut end desc,
               case when $2 = 'nom-desc' then b.cle_tri end desc, b.cle_tri, b.id
             limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3)
           select (select count(*) from base) as "total!", u.id as "id!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!",
                  u.adresse_connexion as "adresse!", u.statut as "statut!: Statut", p.nom as "perimetre!",
                  (select count(*) from rattachements r where r.utilisateur_id = u.id and r.statut = 'validee') as "structures!",
                  temps(u.derniere_connexion) as "derniere_connexion?: Temps"
           from fenetre f join utilisateurs u on u.id = f.id join perimetres p on p.id = f.perimetre_id
           order by
             case when $2 = 'statut-asc' then f.statut end asc, case when $2 = 'statut-desc' then f.statut end desc,
             case when $2 = 'nom-desc' then f.cle_tri end desc, f.cle_tri, f.id"#,
        referent.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        statut.map(code),
        mots(&fenetre)
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneCompte {
            id: l.id,
            nom_complet: l.nom,
            adresse: l.adresse,
            statut: l.statut,
            perimetre: l.perimetre,
            structures: l.structures,
            derniere_connexion: l.derniere_connexion,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "comptes"))
}

/// As the table spells it.
fn code(statut: Statut) -> &'static str {
    match statut {
        Statut::EnCoursActivation => "en_cours_activation",
        Statut::Actif => "actif",
        Statut::Inactif => "inactif",
        Statut::Clos => "clos",
    }
}

/// A structure of the account.
#[derive(Deserialize, Debug)]
pub struct Attache {
    pub raison_sociale: String,
    pub identifiant: String,
    role: String,
    pub valide: bool,
}

impl Attache {
    pub fn role(&self) -> &'static str {
        [Role::Gp, Role::Gs, Role::Us]
            .into_iter()
            .find(|r| r.code() == self.role)
            .map_or("", Role::libelle)
    }
}

/// An account of his périmètres.
pub struct Fiche {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub adresse_contact: String,
    pub statut: Statut,
    pub perimetre: PerimetreId,
    pub perimetre_nom: String,
    pub domaines: Vec<String>,
    pub cree_le: Temps,
    pub derniere_connexion: Option<Temps>,
    pub desactive_le: Option<Temps>,
    /// Last day he may be reactivated.
    pub fin: Option<Temps>,
    /// Still inside the 60 days.
    pub revient: bool,
    pub attaches: Json<Vec<Attache>>,
}

impl Fiche {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    /// Structures where the role must be transferred first.
    pub fn principal(&self) -> Vec<&str> {
        self.attaches
            .iter()
            .filter(|a| a.valide && a.role == Role::Gp.code())
            .map(|a| a.raison_sociale.as_str())
            .collect()
    }
}

/// One account, in one statement; 404 outside his périmètres.
///
/// # Errors
/// `Introuvable`.
pub async fn fiche(app: &App, referent: &Referent, id: UtilisateurId) -> Result<Fiche, Erreur> {
    sqlx::query_as!(
        Fiche,
        r#"select u.id as "id: UtilisateurId", u.prenom, u.nom, u.adresse_connexion, u.adresse_contact,
                  u.statut as "statut: Statut", p.id as "perimetre: PerimetreId", p.nom as perimetre_nom, p.domaines,
                  temps(u.cree_le) as "cree_le!: Temps", temps(u.derniere_connexion) as "derniere_connexion: Temps",
                  temps(u.desactive_le) as "desactive_le: Temps",
                  temps(fin_de_reactivation(u.desactive_le)) as "fin: Temps",
                  coalesce(u.statut = 'inactif' and fin_de_reactivation(u.desactive_le) > maintenant(), false) as "revient!",
                  (select coalesce(json_agg(json_build_object('raison_sociale', s.raison_sociale, 'identifiant', s.identifiant,
                            'role', r.role, 'valide', r.statut = 'validee') order by s.cle_tri, s.id), '[]')
                   from (select * from rattachements r where r.utilisateur_id = u.id and r.statut <> 'supprimee' limit 200) r
                   join structures s on s.id = r.structure_id) as "attaches!: Json<Vec<Attache>>"
           from utilisateurs u join perimetres p on p.id = u.perimetre_id
           where u.id = $1 and u.pigp and u.equipe is null and u.statut <> 'clos'
             and exists (select from referents_effectifs r where r.perimetre_id = p.id and r.utilisateur_id = $2)"#,
        id.0,
        referent.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}
