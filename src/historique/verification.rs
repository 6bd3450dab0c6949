use futures_util::TryStreamExt;
use sqlx::PgPool;
use uuid::Uuid;

use super::ecriture::{BUT, Chainee, engagement};
use crate::secrets::Cles;

/// A line that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defaut {
    pub chaine: Uuid,
    pub numero: i64,
    pub raison: &'static str,
}

#[derive(Default)]
struct Maillon {
    chaine: Uuid,
    numero: i64,
    empreinte: Vec<u8>,
}

/// Recomputes every chain (`vantail journal verify`, spec §8.5). Answers the number of lines read and what does not hold.
/// Memory does not grow with the journal.
pub async fn verifier(db: &PgPool, cles: &Cles) -> anyhow::Result<(u64, Vec<Defaut>)> {
    let mut defauts = Vec::new();
    let mut lues = 0;
    let mut dernier = Maillon::default();
    {
        let mut lignes = sqlx::query!(
            r#"select h.id, h.chaine, h.numero, h.action, h.acteur_genre, h.acteur_id, h.concerne_id, h.demande_id,
                      (extract(epoch from h.survenu_le) * 1000000)::bigint as "survenu_us!", h.engagement, h.precedente,
                      h.cle_version, h.empreinte, d.sel, d.donnees, (d.historique_id is not null) as "a_donnees!",
                      t.numero as "tete_numero?", t.empreinte as "tete_empreinte?"
               from historique h
               left join historique_donnees d on d.historique_id = h.id
               left join historique_tetes t on t.chaine = h.chaine and t.numero = h.numero
               order by h.chaine, h.numero"#
        )
        .fetch(db);
        while let Some(l) = lignes.try_next().await? {
            lues += 1;
            let mut noter = |raison| {
                defauts.push(Defaut {
                    chaine: l.chaine,
                    numero: l.numero,
                    raison,
                })
            };
            let attendu = if l.chaine == dernier.chaine && dernier.numero > 0 {
                dernier.numero + 1
            } else {
                1
            };
            if l.numero != attendu {
                noter("a line before this one is missing");
            } else if attendu > 1 && l.precedente != dernier.empreinte {
                noter("does not follow the line before it");
            }
            if !l.a_donnees {
                noter("its data row is missing");
            }
            if let (Some(sel), Some(donnees)) = (&l.sel, &l.donnees)
                && engagement(sel, donnees) != l.engagement
            {
                noter("its data was altered");
            }
            let octets = Chainee {
                id: l.id,
                chaine: l.chaine,
                numero: l.numero,
                action: &l.action,
                acteur_genre: &l.acteur_genre,
                acteur: l.acteur_id,
                concerne: l.concerne_id,
                demande: l.demande_id,
                survenu_us: l.survenu_us,
                engagement: &l.engagement,
                precedente: &l.precedente,
            }
            .octets();
            let version = u32::try_from(l.cle_version).unwrap_or_default();
            if cles.mac(Some(version), BUT, &octets).1.as_slice() != l.empreinte {
                noter("was altered");
            }
            dernier = Maillon {
                chaine: l.chaine,
                numero: l.numero,
                empreinte: l.empreinte,
            };
        }
    }
    // A tail cut off leaves a true chain and a head that points nowhere.
    let orphelines = sqlx::query!(
        r#"select t.chaine, t.numero from historique_tetes t
           left join historique h on h.chaine = t.chaine and h.numero = t.numero and h.empreinte = t.empreinte
           where h.id is null and t.numero > 0
           union all
           select h.chaine, max(h.numero) as "numero!" from historique h left join historique_tetes t on t.chaine = h.chaine
           group by h.chaine having max(h.numero) > coalesce(max(t.numero), 0)"#
    )
    .fetch_all(db)
    .await?;
    defauts.extend(orphelines.into_iter().map(|o| Defaut {
        chaine: o.chaine.unwrap_or_default(),
        numero: o.numero.unwrap_or_default(),
        raison: "the head of the chain does not match its last line",
    }));
    Ok((lues, defauts))
}
