use std::time::Duration;

use crate::App;
use crate::db::Temps;
use crate::web::Erreur;

/// « Réessayez à 14:32 (dans 4 minutes). » The minute shown is never before the end.
pub(super) async fn phrase(app: &App, delai: Duration) -> Result<String, Erreur> {
    let fin = sqlx::query!(
        r#"select temps(fin) as "quand!: Temps", (fin at time zone 'Europe/Paris')::date > aujourdhui() as "demain!"
           from (select date_trunc('minute', maintenant() + make_interval(secs => $1) + interval '59 seconds') as fin) f"#,
        delai.as_secs_f64()
    )
    .fetch_one(&app.db)
    .await?;
    let quand = if fin.demain {
        format!("le {}", fin.quand.jour_heure())
    } else {
        format!("à {}", fin.quand.heure())
    };
    Ok(format!(
        "Par sécurité, les essais sont suspendus. Réessayez {quand} (dans {}).",
        duree(delai.as_secs())
    ))
}

fn duree(secondes: u64) -> String {
    let accord = |n: u64, mot: &str| format!("{n} {mot}{}", if n > 1 { "s" } else { "" });
    match secondes {
        0..60 => accord(secondes.max(1), "seconde"),
        60..7_200 => accord(secondes.div_ceil(60), "minute"),
        _ => accord(secondes.div_ceil(3_600), "heure"),
    }
}
