//! « Télécharger mes données » (R-COMPTE-DONNEES, security.md RG2): everything the portal holds about the reader, nothing of others
//! beyond the names his own screens show.

use std::fmt::Write as _;

use crate::App;
use crate::acces::compteurs::{self, DONNEES};
use crate::acces::{Connecte, EnPersonne};
use crate::historique::Action;
use crate::web::Erreur;

/// Lines of one part at most; a longer part says that it is cut.
const MAXIMUM: usize = 10_000;

/// The file: its day (AAAA-MM-JJ, in Paris) and its text, one record per line.
pub struct Fichier {
    pub jour: String,
    pub json: String,
}

/// Counted, then read part by part, each bounded.
///
/// # Errors
/// `TropDeRequetes`.
pub async fn fichier(app: &App, connecte: &EnPersonne) -> Result<Fichier, Erreur> {
    compteurs::compter(&app.db, &format!("donnees:{}", connecte.id()), DONNEES).await?;
    let tete = sqlx::query!(
        r#"select to_char(aujourdhui(), 'YYYY-MM-DD') as "jour!", temps(maintenant()) as "instant!",
                  json_build_object(
                    'prenom', prenom, 'nom', nom, 'adresse_de_connexion', adresse_connexion, 'adresse_de_contact', adresse_contact,
                    'telephone', telephone, 'adresse', adresse, 'complement_d_adresse', complement_adresse,
                    'code_postal', code_postal, 'ville', ville, 'pays', pays, 'statut', statut, 'compte_pigp', pigp, 'equipe', equipe,
                    'cree_le', temps(cree_le), 'active_le', temps(active_le),
                    'mot_de_passe_modifie_le', temps(mot_de_passe_change_le), 'double_authentification_depuis', temps(facteur_le), 'derniere_connexion', temps(derniere_connexion),
                    'connexion_precedente', temps(connexion_precedente))::text as "compte!",
                  json_build_object('theme', theme, 'densite', densite, 'raccourcis_clavier', raccourcis)::text as "preferences!"
           from utilisateurs where id = $1"#,
        connecte.id().0
    )
    .fetch_one(&app.db)
    .await?;
    let mut json = String::from("{\n");
    let marque = serde_json::to_string(&*app.config.marque)?;
    let instant = serde_json::to_string(&tete.instant)?;
    let _ = write!(
        json,
        "\"service\": {marque},\n\"etabli_le\": {instant},\n\"compte\": {},\n\"preferences_d_affichage\": {}",
        tete.compte, tete.preferences
    );
    let mut coupees = Vec::new();
    let parties: [(&str, Vec<String>); 17] = [
        ("rattachements", rattachements(app, connecte).await?),
        ("demandes_de_rattachement", demandes(app, connecte).await?),
        (
            "demandes_d_abonnement",
            demandes_abonnement(app, connecte).await?,
        ),
        ("abonnements", abonnements(app, connecte).await?),
        ("sessions", sessions(app, connecte).await?),
        ("navigateurs_reconnus", navigateurs(app, connecte).await?),
        ("passations", passations(app, connecte).await?),
        ("sollicitations", sollicitations(app, connecte).await?),
        (
            "brouillons_de_sollicitations",
            brouillons(app, connecte).await?,
        ),
        ("pieces_jointes", pieces(app, connecte).await?),
        ("courriels_recus", courriels(app, connecte).await?),
        ("courriels_refuses", refus(app, connecte).await?),
        ("recherches_de_comptes", recherches(app, connecte).await?),
        ("perimetres", perimetres(app, connecte).await?),
        (
            "demandes_de_compte",
            demandes_de_compte(app, connecte).await?,
        ),
        ("sessions_d_assistance", assistances(app, connecte).await?),
        ("historique", historique(app, connecte).await?),
    ];
    for (nom, mut lignes) in parties {
        if lignes.len() > MAXIMUM {
            lignes.truncate(MAXIMUM);
            coupees.push(nom);
        }
        let _ = write!(json, ",\n\"{nom}\": [");
        for (rang, ligne) in lignes.iter().enumerate() {
            json.push_str(if rang == 0 { "\n  " } else { ",\n  " });
            json.push_str(ligne);
        }
        json.push_str(if lignes.is_empty() { "]" } else { "\n]" });
    }
    let coupees = serde_json::to_string(&coupees)?;
    let _ = write!(
        json,
        ",\n\"parties_limitees_aux_{MAXIMUM}_lignes_les_plus_recentes\": {coupees}\n}}\n"
    );
    tracing::info!(evenement = "donnees_telechargees", utilisateur = %connecte.id(), octets = json.len(), "compte");
    Ok(Fichier {
        jour: tete.jour,
        json,
    })
}

async fn rattachements(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object(
                    'structure', s.raison_sociale, 'type_d_identifiant', s.type_identifiant, 'identifiant', s.identifiant,
                    'role', r.role, 'statut', r.statut, 'cause', r.cause, 'toute_la_structure', r.maille_structure,
                    'services', (select coalesce(json_agg(json_build_object('code', v.code, 'libelle', v.libelle, 'statut', rs.statut,
                                    'debut', temps(rs.date_debut), 'fin', temps(rs.date_fin), 'commentaire', rs.commentaire)
                                  order by v.cle_tri, v.id), '[]')
                                 from rattachement_services rs join services v on v.id = rs.service_id
                                 where rs.rattachement_id = r.id),
                    'droits', r.capacites, 'debut', temps(r.date_debut), 'fin', temps(r.date_fin), 'commentaire', r.commentaire,
                    'reactive_le', temps(r.reactive_le), 'cree_le', temps(r.cree_le), 'modifie_le', temps(r.modifie_le))::text as "ligne!"
           from rattachements r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 order by r.cree_le desc, r.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn demandes(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object(
                    'structure', s.raison_sociale, 'identifiant', s.identifiant, 'role', d.role,
                    'toute_la_structure', d.maille_structure,
                    'services', (select coalesce(json_agg(json_build_object('code', v.code, 'libelle', v.libelle, 'decision', ds.statut)
                                  order by v.cle_tri, v.id), '[]')
                                 from demande_services ds join services v on v.id = ds.service_id where ds.demande_id = d.id),
                    'commentaire', d.commentaire, 'statut', d.statut, 'deposee_le', temps(d.creee_le), 'relancee_le', temps(d.relancee_le),
                    'traitee_le', temps(d.traitee_le), 'traitee_par', t.prenom || ' ' || t.nom, 'motif', d.motif, 'acte', d.acte)::text
                    as "ligne!"
           from demandes_rattachement d
           join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.utilisateur_id = $1 order by d.creee_le desc, d.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn demandes_abonnement(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('structure', s.raison_sociale, 'identifiant', s.identifiant,
                    'lignes', (select coalesce(json_agg(json_build_object('espace', e.nom, 'service', v.libelle, 'droit', l.droit,
                                  'commentaire', l.commentaire, 'decision', l.statut, 'droit_accorde', l.droit_accorde) order by e.ordre, l.id), '[]')
                               from demande_abonnement_lignes l join espaces e on e.code = l.espace
                               left join services v on v.id = l.service_id where l.demande_id = d.id),
                    'statut', d.statut, 'deposee_le', temps(d.creee_le), 'traitee_le', temps(d.traitee_le),
                    'traitee_par', t.prenom || ' ' || t.nom, 'commentaire', d.commentaire, 'motif', d.motif)::text as "ligne!"
           from demandes_abonnement d
           join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.utilisateur_id = $1 order by d.creee_le desc, d.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn abonnements(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('structure', s.raison_sociale, 'identifiant', s.identifiant, 'service', v.libelle, 'espace', e.nom,
                    'droit', a.droit, 'origine', a.origine, 'cree_le', temps(a.cree_le))::text as "ligne!"
           from rattachements r
           join abonnements a on a.rattachement_id = r.id
           join espaces e on e.code = a.espace
           join structures s on s.id = a.structure_id
           left join services v on v.id = a.service_id
           where r.utilisateur_id = $1 order by s.cle_tri, s.id, e.ordre, a.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn sessions(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('ouverte_le', temps(creee_le), 'vue_le', temps(vue_le), 'fermee_le', temps(revoquee_le),
                    'navigateur', agent, 'adresse_ip', adresse_ip)::text as "ligne!"
           from sessions where utilisateur_id = $1 order by creee_le desc limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn navigateurs(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('navigateur', agent, 'reconnu_le', temps(cree_le), 'vu_le', temps(vu_le), 'revoque_le', temps(revoque_le))::text
                    as "ligne!"
           from appareils where utilisateur_id = $1 order by cree_le desc limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// Handovers he gives or receives; the other person is on the screens of the handover.
async fn passations(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('structure', s.raison_sociale, 'identifiant', s.identifiant,
                    'role', case when p.cedant_id = $1 then 'cédant' else 'successeur' end, 'date', p.le, 'statut', p.statut,
                    'creee_le', temps(p.creee_le), 'close_le', temps(p.close_le))::text as "ligne!"
           from passations p join structures s on s.id = p.structure_id
           where p.cedant_id = $1 or p.successeur_id = $1 order by p.creee_le desc, p.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// What he asked, and what he wrote in the thread; the answers are on the screen of the sollicitation.
async fn sollicitations(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('reference', s.reference, 'destinataire', s.destinataire, 'categorie', s.categorie, 'objet', s.objet,
                    'texte', s.texte, 'statut', s.statut, 'creee_le', temps(s.creee_le),
                    'mes_messages', (select coalesce(json_agg(json_build_object('date', temps(m.cree_le), 'texte', m.texte)
                                       order by m.cree_le, m.id), '[]')
                                     from sollicitation_messages m where m.sollicitation_id = s.id and m.auteur_id = $1))::text as "ligne!"
           from sollicitations s where s.emetteur_id = $1 order by s.creee_le desc, s.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn brouillons(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('destinataire', coalesce(s.raison_sociale, 'Support'), 'categorie', b.categorie,
                    'sous_categorie', b.sous_categorie, 'siret', b.siret, 'objet', b.objet, 'texte', b.texte,
                    'cree_le', temps(b.cree_le), 'modifie_le', temps(b.modifie_le))::text as "ligne!"
           from sollicitation_brouillons b left join structures s on s.id = b.destinataire_structure_id
           where b.auteur_id = $1 order by b.modifie_le desc, b.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// What he deposited: the files themselves are downloaded from the screen of the sollicitation or of the draft.
async fn pieces(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('sollicitation', s.reference, 'brouillon', p.brouillon_id is not null, 'nom', p.nom,
                    'genre', p.genre, 'octets', p.octets, 'sha256', encode(p.empreinte, 'hex'), 'analyse', p.antivirus,
                    'deposee_le', temps(p.deposee_le), 'effacee_le', temps(p.effacee_le))::text as "ligne!"
           from pieces_jointes p left join sollicitations s on s.id = p.sollicitation_id
           where p.deposant_id = $1 order by p.deposee_le desc, p.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn courriels(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('sujet', sujet, 'adresse', destinataire, 'depose_le', temps(cree_le), 'envoye_le', temps(envoye_le))::text
                    as "ligne!"
           from courriers where destinataire_id = $1 order by cree_le desc, id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

async fn refus(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('structure', s.raison_sociale, 'identifiant', s.identifiant, 'evenement', c.categorie)::text as "ligne!"
           from courriers_refuses c join structures s on s.id = c.structure_id
           where c.utilisateur_id = $1 order by s.cle_tri, s.id, c.categorie limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// When and how many; the criteria may name others.
async fn recherches(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('faite_le', temps(r.faite_le), 'structure', s.raison_sociale, 'resultats', r.resultats)::text as "ligne!"
           from recherches_de_comptes r left join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 order by r.faite_le desc, r.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// The périmètre that keeps his identity, and those he answers for as a référent.
async fn perimetres(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('perimetre', l.nom, 'a_titre_de', l.titre, 'depuis', temps(l.depuis))::text as "ligne!"
           from (select p.nom, p.cle_tri, p.id, 'compte' as titre, null::timestamptz as depuis
                 from utilisateurs u join perimetres p on p.id = u.perimetre_id where u.id = $1
                 union all
                 select p.nom, p.cle_tri, p.id, 'référent', r.depuis
                 from perimetre_referents r join perimetres p on p.id = r.perimetre_id where r.utilisateur_id = $1) l
           order by l.titre, l.cle_tri, l.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// What was asked of a référent before he had an account. One that his address never confirmed may be anybody's words: left out.
async fn demandes_de_compte(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('prenom', d.prenom, 'nom', d.nom, 'adresse', d.adresse, 'structure', s.raison_sociale,
                    'identifiant', s.identifiant, 'message', d.message, 'perimetre', p.nom, 'statut', d.statut,
                    'deposee_le', temps(d.deposee_le), 'confirmee_le', temps(d.confirmee_le), 'traitee_le', temps(d.traitee_le),
                    'traitee_par', t.prenom || ' ' || t.nom, 'motif', d.motif)::text as "ligne!"
           from demandes_de_compte d
           join structures s on s.id = d.structure_id
           left join perimetres p on p.id = d.perimetre_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.compte_id = $1
              or (d.compte_id is null and d.confirmee_le is not null
                  and d.adresse = (select adresse_connexion from utilisateurs where id = $1))
           order by d.deposee_le desc, d.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// The support sessions he consented to, with their transcript; a code nobody used is one without an agent.
async fn assistances(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select json_build_object('code_donne_le', temps(a.donnee_le), 'agent', g.prenom || ' ' || g.nom, 'motif', a.motif,
                    'ouverte_le', temps(a.ouverte_le), 'close_le', temps(a.close_le), 'cloture', a.cloture,
                    'pages', (select coalesce(json_agg(json_build_object('vue_le', temps(v.vue_le), 'page', v.chemin, 'refusee', v.refusee)
                                order by v.vue_le, v.requete), '[]')
                              from (select * from assistances_pages where assistance_id = a.id
                                    order by vue_le desc, requete desc limit 10000) v))::text as "ligne!"
           from assistances a left join utilisateurs g on g.id = a.agent_id
           where a.utilisateur_id = $1 order by a.donnee_le desc, a.id limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// Lines he signed or that are about him. What was said of somebody else stays with that person: motif, comment and changes are given
/// only where the reader is the person concerned.
async fn historique(app: &App, connecte: &Connecte) -> Result<Vec<String>, Erreur> {
    let lues = sqlx::query!(
        r#"with siennes as (
             (select id from historique where acteur_id = $1 order by survenu_le desc limit 10001)
             union
             (select id from historique where concerne_id = $1 order by survenu_le desc limit 10001))
           select h.action,
                  json_build_object('date', temps(h.survenu_le), 'structure', s.raison_sociale, 'identifiant', s.identifiant,
                    'auteur', case when h.acteur_genre = 'systeme' then 'Système' else a.prenom || ' ' || a.nom end,
                    'personne_concernee', c.prenom || ' ' || c.nom,
                    'motif', case when h.concerne_id = $1 then d.donnees::json ->> 'motif' end,
                    'commentaire', case when h.concerne_id = $1 then d.donnees::json ->> 'commentaire' end,
                    'changements', case when h.concerne_id = $1 then d.donnees::json -> 'changements' end)::text as "ligne!"
           from siennes n
           join historique h on h.id = n.id
           left join historique_donnees d on d.historique_id = h.id
           left join structures s on s.id = h.structure_id
           left join utilisateurs a on a.id = h.acteur_id
           left join utilisateurs c on c.id = h.concerne_id
           order by h.survenu_le desc, h.id desc limit 10001"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    let mut lignes = Vec::with_capacity(lues.len());
    for l in lues {
        let action = Action::lire(&l.action).map_or("", Action::libelle);
        let reste = l.ligne.strip_prefix('{').unwrap_or(&l.ligne);
        lignes.push(format!(
            "{{\"action\" : {}, {reste}",
            serde_json::to_string(action)?
        ));
    }
    Ok(lignes)
}
