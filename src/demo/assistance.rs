//! A support session of the demo world: over, with its transcript.

use crate::db::{AssistanceId, Tx};
use crate::web::Erreur;

/// Whose screens an agent saw, and what he saw.
const QUI: &str = "zahra.hamou@example.org";
const AGENT: &str = "support.un@vantail.example";
const PAGES: [&str; 4] = [
    "/",
    "/mon-compte/rattachements",
    "/mon-compte/abonnements",
    "/mon-compte/acces",
];

/// Writes it, six days ago.
pub(super) async fn charger(tx: &mut Tx) -> Result<(), Erreur> {
    let id = AssistanceId::nouveau();
    sqlx::query!(
        "insert into assistances (id, utilisateur_id, code_hache, donnee_le, code_jusqu_au, agent_id, session_hache, motif,
                                  ouverte_le, fin_le, close_le, cloture)
         select $1, u.id, sha256('demo'), t.quand - interval '2 minutes', t.quand + interval '13 minutes', g.id,
                sha256('demo'), 'Elle ne voit pas ses factures reçues.', t.quand, t.quand + interval '30 minutes',
                t.quand + interval '9 minutes', 'agent'
         from utilisateurs u, utilisateurs g, (select maintenant() - interval '6 days') t (quand)
         where u.adresse_connexion = $2 and g.adresse_connexion = $3",
        id.0,
        QUI,
        AGENT
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into assistances_pages (assistance_id, requete, vue_le, chemin, refusee)
         select a.id, p.rang::text, a.ouverte_le + p.rang * interval '90 seconds', p.chemin, false
         from assistances a, unnest($2::text[]) with ordinality p (chemin, rang) where a.id = $1",
        id.0,
        &PAGES.map(str::to_owned)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
