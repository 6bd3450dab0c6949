//! Outgoing mail: an outbox (`courriers`) and the worker that empties it. Knows no feature: a feature implements
//! [`Courrier`] and calls [`deposer`] inside the transaction that decides; a rollback leaves no mail.
//!
//! ```text
//! a_envoyer ──claimed (lease 60 s), sent──▶ envoye ──30 days──▶ bodies blanked
//!     │  ▲ 4xx, connection lost: again after 30 s·2ⁿ ≤ 5 min, for 72 h
//!     └──5xx, panic, 10 unsendable tries, 72 h, dead link──▶ abandonne (dead letter, shown to the support)
//! ```
//!
//! Delivery is at least once with a Message-ID made of the row's id. What is stored is the rendered mail with
//! [`LIEN`] in place of the link; the link is computed when the mail leaves (decision 21). Sources: security.md
//! §3.5 and ML1–ML6.

mod categorie;
mod envoi;
mod expedition;
pub mod jeton;
mod joignable;
mod oubli;
mod suivi;
mod texte;
mod worker;

use sqlx::PgConnection;
use uuid::Uuid;

pub use categorie::Categorie;
pub use expedition::{ErreurExpedition, Expedition};
pub use jeton::{Jeton, Usage};
pub use joignable::{Joignable, envoyer, noms, prevenir, prevenir_chacun};
pub use oubli::oublier;
pub use suivi::{CourrierLisible, EtatFile, age, etat, lisible, purger, recents, remettre_en_file};
pub(crate) use texte::gabarit;
pub use texte::{LIEN, filters, inerte, rendre, une_ligne};
pub use worker::{Bilan, lancer, passer};

/// A mail, ready to be rendered; usually implemented by the macro `gabarit!`.
pub trait Courrier {
    /// Name of the template; with the event and the address it makes a deposit unique.
    const GABARIT: &'static str;
    /// Subject. Control characters are removed at the deposit.
    fn sujet(&self) -> String;
    /// Plain text body, with [`LIEN`] where the link goes.
    fn texte(&self) -> String;
    /// HTML body, with [`LIEN`] where the link goes.
    fn html(&self) -> String;
    /// Where [`LIEN`] leads when the mail carries no token: a path of the site, `/` first, without host.
    fn chemin(&self) -> String {
        String::from("/")
    }
    /// The event a person may refuse to be told of; `None`: the mail cannot be switched off (spec §13).
    const CATEGORIE: Option<Categorie> = None;
    /// The structure the mail is about: optional mails are refused per structure.
    fn structure(&self) -> Option<Uuid> {
        None
    }
}

/// The one person a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinataire {
    /// Account, when there is one.
    pub utilisateur: Option<Uuid>,
    /// The stored, canonical address (IN4).
    pub adresse: String,
}

/// Puts one mail in the outbox, in the caller's transaction. The same event never mails the same address twice
/// with one template: a second deposit does nothing.
pub async fn deposer<C: Courrier>(
    tx: &mut PgConnection,
    evenement: Uuid,
    destinataire: &Destinataire,
    c: &C,
) -> sqlx::Result<()> {
    inserer::<C>(tx, std::iter::once((evenement, destinataire, None, c))).await
}

/// Puts the mails of many events in the outbox, one each, in one statement: a bulk decision. Their template is one that
/// nobody can refuse, since a refusal is weighed among the mails of one event.
pub async fn deposer_en_masse<C: Courrier>(
    tx: &mut PgConnection,
    courriers: &[(Uuid, Destinataire, C)],
) -> sqlx::Result<()> {
    debug_assert!(C::CATEGORIE.is_none(), "obligatory mails only");
    if courriers.is_empty() {
        return Ok(());
    }
    inserer::<C>(tx, courriers.iter().map(|(e, d, c)| (*e, d, None, c))).await
}

/// Puts many mails of one event in the outbox, in one statement.
pub async fn deposer_plusieurs<C: Courrier>(
    tx: &mut PgConnection,
    evenement: Uuid,
    courriers: &[(Destinataire, C)],
) -> sqlx::Result<()> {
    let courriers = courriers.iter().map(|(d, c)| (evenement, d, None, c));
    inserer::<C>(tx, courriers).await
}

/// Puts a mail carrying a single-use link in the outbox.
///
/// Refused when the recipient is not the address the token was issued for: a link goes nowhere else.
pub async fn deposer_avec_jeton<C: Courrier>(
    tx: &mut PgConnection,
    evenement: Uuid,
    destinataire: &Destinataire,
    jeton: &Jeton,
    c: &C,
) -> sqlx::Result<()> {
    meme_adresse(destinataire, jeton)?;
    let courrier = std::iter::once((evenement, destinataire, Some(jeton), c));
    inserer::<C>(tx, courrier).await
}

/// The same for many, each about an event of his own, in one statement.
pub async fn deposer_avec_jetons<C: Courrier>(
    tx: &mut PgConnection,
    courriers: &[(Destinataire, Jeton, C)],
) -> sqlx::Result<()> {
    for (destinataire, jeton, _) in courriers {
        meme_adresse(destinataire, jeton)?;
    }
    let courriers = courriers
        .iter()
        .map(|(d, jeton, c)| (Uuid::now_v7(), d, Some(jeton), c));
    inserer::<C>(tx, courriers).await
}

fn meme_adresse(destinataire: &Destinataire, jeton: &Jeton) -> sqlx::Result<()> {
    if destinataire.adresse == jeton.adresse {
        return Ok(());
    }
    Err(sqlx::Error::InvalidArgument(
        "the recipient is not the address of the token".into(),
    ))
}

/// The only insert: columns as arrays, so that one mail or five hundred cost one round trip; wakes the workers at
/// commit. The only place, too, where a refusal of an optional mail counts ([`Categorie`]).
async fn inserer<'a, C: Courrier + 'a>(
    tx: &mut PgConnection,
    courriers: impl Iterator<Item = (Uuid, &'a Destinataire, Option<&'a Jeton>, &'a C)>,
) -> sqlx::Result<()> {
    let mut evenements = Vec::new();
    let (mut ids, mut adresses, mut personnes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sujets, mut textes, mut htmls, mut chemins) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut structures, mut jetons, mut usages) = (Vec::new(), Vec::new(), Vec::new());
    for (evenement, destinataire, jeton, c) in courriers {
        jetons.push(jeton.map(|j| j.id));
        usages.push(jeton.map(|j| j.usage.code().to_owned()));
        evenements.push(evenement);
        ids.push(Uuid::now_v7());
        adresses.push(destinataire.adresse.clone());
        personnes.push(destinataire.utilisateur);
        sujets.push(texte::sujet(&c.sujet()));
        textes.push(c.texte().replace('\0', ""));
        htmls.push(c.html().replace('\0', ""));
        chemins.push(c.chemin());
        structures.push(c.structure());
    }
    sqlx::query!(
        r#"with liste as (
             select l.*, $13::text is not null and exists (
                      select from courriers_refuses r
                      where r.utilisateur_id = l.personne and r.structure_id = l.structure and r.categorie = $13) as refuse,
                    exists (select from structures s join rattachements g on g.id = s.gp_id
                            where s.id = l.structure and g.utilisateur_id = l.personne) as principal
               from unnest($1::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[],
                           $12::uuid[], $3::uuid[], $4::text[])
                    as l (evenement, id, adresse, personne, sujet, texte, html, chemin, structure, jeton, usage)),
           depot as (
             insert into courriers (id, evenement, gabarit, destinataire, destinataire_id, sujet, texte, html,
                                    lien_chemin, jeton_id, jeton_usage)
             select l.id, l.evenement, $2, l.adresse, l.personne, l.sujet, l.texte, l.html, l.chemin, l.jeton, l.usage
               from liste l
              where not l.refuse
                 or ($14 and not exists (select from liste a where not a.refuse)
                     and (l.principal or not exists (select from liste a where a.principal)))
             on conflict on constraint courriers_une_fois do nothing
             returning id)
           select count(pg_notify('courriers', '')) as reveils from (select from depot limit 1) as un"#,
        &evenements,
        C::GABARIT,
        &jetons as &[Option<Uuid>],
        &usages as &[Option<String>],
        &ids,
        &adresses,
        &personnes as &[Option<Uuid>],
        &sujets,
        &textes,
        &htmls,
        &chemins,
        &structures as &[Option<Uuid>],
        C::CATEGORIE.map(Categorie::code),
        C::CATEGORIE.is_some_and(Categorie::jamais_muette),
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}
