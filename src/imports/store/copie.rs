//! The text format of COPY.

use serde::Serialize;
use sqlx::PgConnection;

/// Rows on their way to a temporary table.
#[derive(Default)]
pub struct Copie {
    tampon: Vec<u8>,
    commencee: bool,
}

impl Copie {
    pub fn texte(&mut self, valeur: &str) -> &mut Self {
        self.debuter();
        echapper(&mut self.tampon, valeur.as_bytes());
        self
    }

    pub fn nul(&mut self) -> &mut Self {
        self.debuter();
        self.tampon.extend_from_slice(b"\\N");
        self
    }

    pub fn json(&mut self, valeur: &impl Serialize) -> sqlx::Result<&mut Self> {
        let json = serde_json::to_vec(valeur).map_err(|e| sqlx::Error::Encode(e.into()))?;
        self.debuter();
        echapper(&mut self.tampon, &json);
        Ok(self)
    }

    pub fn fin_de_ligne(&mut self) {
        self.tampon.push(b'\n');
        self.commencee = false;
    }

    fn debuter(&mut self) {
        if self.commencee {
            self.tampon.push(b'\t');
        }
        self.commencee = true;
    }

    /// Runs `copy … from stdin` with these rows.
    pub async fn envoyer(
        self,
        connexion: &mut PgConnection,
        commande: &'static str,
    ) -> sqlx::Result<u64> {
        let mut copie = connexion.copy_in_raw(commande).await?;
        copie.send(self.tampon).await?;
        copie.finish().await
    }
}

fn echapper(sortie: &mut Vec<u8>, valeur: &[u8]) {
    for octet in valeur {
        match octet {
            b'\\' => sortie.extend_from_slice(b"\\\\"),
            b'\n' => sortie.extend_from_slice(b"\\n"),
            b'\r' => sortie.extend_from_slice(b"\\r"),
            b'\t' => sortie.extend_from_slice(b"\\t"),
            autre => sortie.push(*autre),
        }
    }
}
