use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Names a state that a page has shown, so that its form applies to this very state or to none: hidden in the form,
/// compared under the lock. Not a secret.
pub fn empreinte(valeurs: impl IntoIterator<Item = String>) -> String {
    let mut hachage = Sha256::new();
    for valeur in valeurs {
        hachage.update((valeur.len() as u64).to_be_bytes());
        hachage.update(valeur);
    }
    URL_SAFE_NO_PAD.encode(&hachage.finalize()[..16])
}
