//! The sollicitations of the demo world: how a scene tells them, and how they reach the tables.

use sqlx::types::Json;
use uuid::Uuid;

use super::monde::{IlYA, Monde, P, S};
use crate::db::{SollicitationId, Tx, UtilisateurId};
use crate::sollicitations::{Categorie, ChangementGestionnaire, Identite};
use crate::web::Erreur;

/// A line of a thread.
pub struct Message {
    par: P,
    cote: &'static str,
    interne: bool,
    acte: Option<&'static str>,
    texte: String,
    quand: IlYA,
}

/// What somebody asks of the support.
pub struct Sollicitation {
    pub id: SollicitationId,
    pub(super) emetteur: P,
    categorie: Categorie,
    /// The public structure it is sent to; `None`: the support.
    destinataire: Option<S>,
    pub(super) structure: Option<S>,
    /// A document that came with it, by its name.
    piece: Option<(&'static str, Vec<u8>)>,
    objet: String,
    texte: String,
    donnees: serde_json::Value,
    statut: &'static str,
    agent: Option<(P, IlYA)>,
    creee: IlYA,
    resolue: Option<IlYA>,
    close: Option<IlYA>,
    messages: Vec<Message>,
    pub(super) certificat: Option<super::certificats::Envoye>,
}

impl Monde {
    /// The person of this login; the scenes before have put her in the world.
    pub fn qui(&self, login: &str) -> P {
        P(self
            .personnes
            .iter()
            .position(|p| p.login == login)
            .expect("a login of the scenes"))
    }

    /// The structure of this SIRET.
    pub fn ou(&self, siret: &str) -> S {
        S(self
            .structures
            .iter()
            .position(|s| s.siret == siret)
            .expect("a SIRET of the scenes"))
    }

    pub(super) fn dire(&self, p: P, texte: &str) -> String {
        format!("{texte} {}", self.personnes[p.0].marque())
    }

    fn poser(&mut self, sollicitation: Sollicitation) -> usize {
        self.sollicitations.push(sollicitation);
        self.sollicitations.len() - 1
    }

    /// The free category. Answers its rank, for what follows.
    pub fn sollicite(&mut self, p: P, objet: &str, texte: &str, quand: IlYA) -> usize {
        let (objet, texte) = (self.dire(p, objet), self.dire(p, texte));
        self.poser(Sollicitation {
            id: SollicitationId::nouveau(),
            emetteur: p,
            categorie: Categorie::Autre,
            destinataire: None,
            structure: None,
            piece: None,
            objet,
            texte,
            donnees: serde_json::json!({}),
            statut: "nouvelle",
            agent: None,
            creee: quand,
            resolue: None,
            close: None,
            messages: Vec::new(),
            certificat: None,
        })
    }

    /// « Changement de gestionnaire principal » of a structure, for oneself.
    pub fn demande_un_gestionnaire(&mut self, p: P, s: S, parti: P, quand: IlYA) -> usize {
        let identite = |p: P| Identite {
            login: self.personnes[p.0].login.to_owned(),
            nom: self.personnes[p.0].nom.to_owned(),
            prenom: self.personnes[p.0].prenom.to_owned(),
        };
        let structure = &self.structures[s.0];
        let changement = ChangementGestionnaire {
            siret: structure.siret.to_owned(),
            raison_sociale: structure.raison_sociale.to_owned(),
            gp_inconnu: false,
            gp: identite(parti),
            cible: identite(p),
        };
        let objet = format!(
            "Changement de gestionnaire principal de {}",
            structure.raison_sociale
        );
        self.poser(Sollicitation {
            id: SollicitationId::nouveau(),
            emetteur: p,
            categorie: Categorie::ChangementGestionnaire,
            destinataire: None,
            structure: Some(s),
            piece: None,
            texte: self.dire(p, &objet),
            objet,
            donnees: serde_json::to_value(&changement).unwrap_or_default(),
            statut: "nouvelle",
            agent: None,
            creee: quand,
            resolue: None,
            close: None,
            messages: Vec::new(),
            certificat: None,
        })
    }

    /// The same, to a public structure, with a document of these lines.
    pub fn sollicite_une_structure(
        &mut self,
        (p, s): (P, S),
        (objet, texte): (&str, &str),
        (nom, lignes): (&'static str, &[&str]),
        quand: IlYA,
    ) {
        let rang = self.sollicite(p, objet, texte, quand);
        let sollicitation = &mut self.sollicitations[rang];
        sollicitation.categorie = Categorie::AutreStructure;
        sollicitation.destinataire = Some(s);
        sollicitation.piece = Some((nom, super::document::document(lignes)));
    }

    fn ajouter_au_fil(&mut self, rang: usize, message: Message) {
        self.sollicitations[rang].messages.push(message);
    }

    pub fn prend_en_charge(&mut self, rang: usize, agent: P, quand: IlYA) {
        let s = &mut self.sollicitations[rang];
        s.statut = "en_cours";
        s.agent = Some((agent, quand));
        self.ajouter_au_fil(
            rang,
            Message {
                par: agent,
                cote: "support",
                interne: false,
                acte: Some("prise_en_charge"),
                texte: String::new(),
                quand,
            },
        );
    }

    /// `attend`: the author is expected to answer.
    pub fn support_repond(&mut self, rang: usize, texte: &str, attend: bool, quand: IlYA) {
        let s = &mut self.sollicitations[rang];
        let Some((agent, _)) = s.agent else { return };
        if attend {
            s.statut = "en_attente_du_demandeur";
        }
        let texte = self.dire(agent, texte);
        self.ajouter_au_fil(
            rang,
            Message {
                par: agent,
                cote: "support",
                interne: false,
                acte: None,
                texte,
                quand,
            },
        );
    }

    pub fn support_note(&mut self, rang: usize, agent: P, texte: &str, quand: IlYA) {
        let texte = self.dire(agent, texte);
        self.ajouter_au_fil(
            rang,
            Message {
                par: agent,
                cote: "support",
                interne: true,
                acte: None,
                texte,
                quand,
            },
        );
    }

    pub fn auteur_repond(&mut self, rang: usize, texte: &str, quand: IlYA) {
        let s = &mut self.sollicitations[rang];
        s.statut = "en_cours";
        let par = s.emetteur;
        let texte = self.dire(par, texte);
        self.ajouter_au_fil(
            rang,
            Message {
                par,
                cote: "demandeur",
                interne: false,
                acte: None,
                texte,
                quand,
            },
        );
    }

    pub fn support_resout(&mut self, rang: usize, texte: &str, quand: IlYA) {
        let s = &mut self.sollicitations[rang];
        let Some((agent, _)) = s.agent else { return };
        s.statut = "resolue";
        s.resolue = Some(quand);
        let texte = self.dire(agent, texte);
        self.ajouter_au_fil(
            rang,
            Message {
                par: agent,
                cote: "support",
                interne: false,
                acte: Some("resolution"),
                texte,
                quand,
            },
        );
    }

    pub fn auteur_clot(&mut self, rang: usize, quand: IlYA) {
        let s = &mut self.sollicitations[rang];
        s.statut = "close";
        s.close = Some(quand);
        let par = s.emetteur;
        self.ajouter_au_fil(
            rang,
            Message {
                par,
                cote: "demandeur",
                interne: false,
                acte: Some("cloture"),
                texte: String::new(),
                quand,
            },
        );
    }
}

/// The references follow the order of the deposits, year by year.
pub(super) async fn charger(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let s = &m.sollicitations;
    let dernier = |s: &Sollicitation| s.messages.last().map_or(s.creee, |d| d.quand);
    sqlx::query!(
        "insert into sollicitations (id, reference, emetteur_id, destinataire, destinataire_structure_id, categorie, structure_id, objet, texte, donnees,
                                     statut, prise_en_charge_par, prise_en_charge_le, creee_le, modifiee_le, resolue_le, close_le)
         select l.id,
                'SOL-' || l.annee || '-' || lpad((row_number() over (partition by l.annee order by l.creee desc))::text, 6, '0'),
                l.emetteur, case when l.destinataire is null then 'support' else 'structure' end, l.destinataire, l.categorie, l.structure, l.objet, l.texte, l.donnees, l.statut, l.agent,
                maintenant() - make_interval(mins => l.prise), maintenant() - make_interval(mins => l.creee),
                maintenant() - make_interval(mins => l.modifiee), maintenant() - make_interval(mins => l.resolue),
                maintenant() - make_interval(mins => l.close)
         from (select u.*, extract(year from (maintenant() - make_interval(mins => u.creee)) at time zone 'Europe/Paris') as annee
               from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::text[],
                           $9::uuid[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[], $15::uuid[])
                    as u (id, emetteur, categorie, structure, objet, texte, donnees, statut, agent, prise, creee, modifiee,
                          resolue, close, destinataire)) l",
        &s.iter().map(|s| s.id.0).collect::<Vec<_>>(),
        &s.iter().map(|s| m.personnes[s.emetteur.0].id.0).collect::<Vec<_>>(),
        &s.iter().map(|s| s.categorie.code().to_owned()).collect::<Vec<_>>(),
        &s.iter().map(|s| s.structure.map(|s| m.structures[s.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &s.iter().map(|s| s.objet.clone()).collect::<Vec<_>>(),
        &s.iter().map(|s| s.texte.clone()).collect::<Vec<_>>(),
        &s.iter().map(|s| Json(s.donnees.clone())).collect::<Vec<_>>() as _,
        &s.iter().map(|s| s.statut.to_owned()).collect::<Vec<_>>(),
        &s.iter().map(|s| s.agent.map(|(p, _)| m.personnes[p.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &s.iter().map(|s| s.agent.map(|(_, quand)| quand)).collect::<Vec<_>>() as &[Option<IlYA>],
        &s.iter().map(|s| s.creee).collect::<Vec<_>>(),
        &s.iter().map(dernier).collect::<Vec<_>>(),
        &s.iter().map(|s| s.resolue).collect::<Vec<_>>() as &[Option<IlYA>],
        &s.iter().map(|s| s.close).collect::<Vec<_>>() as &[Option<IlYA>],
        &s.iter().map(|s| s.destinataire.map(|s| m.structures[s.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>]
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into sollicitation_numeros (annee, dernier)
         select substr(reference, 5, 4)::integer, count(*) from sollicitations group by 1"
    )
    .execute(&mut **tx)
    .await?;
    let lignes: Vec<_> = s
        .iter()
        .flat_map(|s| s.messages.iter().map(move |d| (s, d)))
        .collect();
    sqlx::query!(
        "insert into sollicitation_messages (id, sollicitation_id, auteur_id, cote, interne, acte, texte, cree_le)
         select uuid_v7(), l.sollicitation, l.auteur, l.cote, l.interne, l.acte, l.texte, maintenant() - make_interval(mins => l.quand)
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::text[], $6::text[], $7::int[])
              as l (sollicitation, auteur, cote, interne, acte, texte, quand)",
        &lignes.iter().map(|(s, _)| s.id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, d)| m.personnes[d.par.0].id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, d)| d.cote.to_owned()).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, d)| d.interne).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, d)| d.acte.map(str::to_owned)).collect::<Vec<_>>() as &[Option<String>],
        &lignes.iter().map(|(_, d)| d.texte.clone()).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, d)| d.quand).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    pieces(tx, m).await?;
    super::certificats::charger(tx, m).await?;
    preparees(tx).await
}

/// A draft of somebody, and what the administrateur prepared for the desk.
async fn preparees(tx: &mut Tx) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into sollicitation_brouillons (id, auteur_id, categorie, sous_categorie, objet, texte, cree_le, modifie_le)
         select uuid_v7(), u.id, 'structure', 'fiche', 'Adresse du lycée', 'Le lycée a déménagé au 12',
                maintenant() - interval '4 days', maintenant() - interval '4 days'
         from utilisateurs u where u.adresse_connexion = 'nouvelle.proviseure@ac-lyon.example'"
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into reponses_preparees (id, titre, texte, modifiee_par)
         select uuid_v7(), r.titre, r.texte, u.id
         from utilisateurs u, (values
           ('Lien d’activation expiré', E'Bonjour {prénom},\n\nUn lien d’activation vaut 7 jours. Demandez-en un nouveau depuis la page de connexion.\n\n{agent}'),
           ('Votre gestionnaire peut le faire', E'Bonjour {prénom},\n\nLe gestionnaire principal de votre structure peut le faire lui-même, dans Activités du gestionnaire.\n\n{agent}')
         ) as r (titre, texte)
         where u.adresse_connexion = 'admin@vantail.example'"
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn pieces(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for s in &m.sollicitations {
        let Some((nom, octets)) = &s.piece else {
            continue;
        };
        let deposant = m.personnes[s.emetteur.0].id;
        piece(tx, deposant, (s.id, None), (nom, octets), s.creee).await?;
    }
    Ok(())
}

/// A document of a sollicitation, or of one of its messages.
pub(super) async fn piece(
    tx: &mut Tx,
    deposant: UtilisateurId,
    (sollicitation, message): (SollicitationId, Option<Uuid>),
    (nom, octets): (&str, &[u8]),
    quand: IlYA,
) -> Result<(), Erreur> {
    sqlx::query!(
        "with p as (
           insert into pieces_jointes (id, deposant_id, sollicitation_id, message_id, nom, genre, octets, empreinte, antivirus, deposee_le)
           values (uuid_v7(), $1, $2, $6, $3, 'pdf', length($4::bytea), sha256($4::bytea), 'aucune',
                   maintenant() - make_interval(mins => $5))
           returning id)
         insert into piece_morceaux (piece_id, rang, contenu) select id, 0, $4::bytea from p",
        deposant.0,
        sollicitation.0,
        nom,
        octets,
        quand,
        message
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
