//! The OpenAPI 3.1 document and the page that documents the API come from this one table; a test holds it against the routes
//! and against what they answer. Four addresses did not earn `utoipa`, whose derive is among the slowest crates to build.

use serde_json::{Value, json};

use super::pages::{LIMITE, LIMITE_MAX};

/// A field of an answer: name, JSON type, may be null, what it says.
type Champ = (&'static str, &'static str, bool, &'static str);

const UTILISATEUR: Champ = ("utilisateur", "string", false, "Clé de l’utilisateur");
const FIN: Champ = (
    "fin",
    "string",
    true,
    "Premier instant après la fin (ISO 8601)",
);

/// One address of the API.
pub struct Description {
    pub chemin: &'static str,
    pub titre: &'static str,
    pub phrase: &'static str,
    /// Of a line where the answer is a list, of the answer otherwise.
    pub champs: &'static [Champ],
    pub liste: bool,
}

/// All of them, in the order of the page.
pub const DESCRIPTIONS: &[Description] = &[
    Description {
        chemin: "/api/v1/moi",
        titre: "Qui suis-je\u{202F}?",
        phrase: "L’utilisateur technique et sa structure\u{202F}: pour vérifier le raccordement et suivre l’expiration du mot de passe.",
        champs: &[
            ("id", "string", false, "Clé de l’utilisateur technique"),
            ("identifiant", "string", false, "Identifiant de connexion"),
            (
                "expire_le",
                "string",
                false,
                "Fin de validité du mot de passe donné (ISO 8601)",
            ),
            (
                "structure",
                "object",
                false,
                "Clé, type d’identifiant, identifiant, raison sociale, publique ou non",
            ),
        ],
        liste: false,
    },
    Description {
        chemin: "/api/v1/services",
        titre: "Services",
        phrase: "Les services de la structure, actifs ou non.",
        champs: &[
            ("id", "string", false, "Clé du service"),
            ("code", "string", false, "Code du service"),
            ("libelle", "string", false, "Libellé"),
            ("description", "string", true, "Description"),
            (
                "engagement_obligatoire",
                "boolean",
                false,
                "Le numéro d’engagement est obligatoire",
            ),
            ("actif", "boolean", false, "Actif aujourd’hui"),
            (
                "debut",
                "string",
                false,
                "Premier instant d’activation (ISO 8601)",
            ),
            FIN,
        ],
        liste: true,
    },
    Description {
        chemin: "/api/v1/utilisateurs",
        titre: "Utilisateurs",
        phrase: "Les utilisateurs rattachés à la structure, quel que soit le statut de leur rattachement.",
        champs: &[
            ("id", "string", false, "Clé du rattachement"),
            UTILISATEUR,
            ("prenom", "string", false, "Prénom"),
            ("nom", "string", false, "Nom"),
            ("adresse_connexion", "string", false, "Adresse de connexion"),
            ("role", "string", false, "gp, gs ou us"),
            (
                "statut_utilisateur",
                "string",
                false,
                "en_cours_activation, actif ou inactif",
            ),
            (
                "statut_rattachement",
                "string",
                false,
                "validee ou desactivee",
            ),
            (
                "toute_la_structure",
                "boolean",
                false,
                "Rattaché à toute la structure, sinon à ses services",
            ),
            (
                "services",
                "array",
                false,
                "Codes des services du rattachement",
            ),
            (
                "debut",
                "string",
                false,
                "Premier instant de validité (ISO 8601)",
            ),
            FIN,
        ],
        liste: true,
    },
    Description {
        chemin: "/api/v1/espaces",
        titre: "Espaces",
        phrase: "Les espaces ouverts aujourd’hui aux utilisateurs de la structure.",
        champs: &[
            ("id", "string", false, "Clé de l’abonnement"),
            UTILISATEUR,
            ("espace", "string", false, "Code de l’espace"),
            ("nom", "string", false, "Nom de l’espace"),
            ("droit", "string", false, "consultation ou modification"),
            (
                "service",
                "string",
                true,
                "Code du service\u{202F}; null pour toute la structure",
            ),
        ],
        liste: true,
    },
];

fn schema(champs: &[Champ]) -> Value {
    let proprietes: serde_json::Map<String, Value> = champs
        .iter()
        .map(|(nom, genre, nul, phrase)| {
            let genre = if *nul {
                json!([genre, "null"])
            } else {
                json!(genre)
            };
            let mut propriete = json!({ "type": genre, "description": phrase });
            if propriete["type"] == "array" {
                propriete["items"] = json!({ "type": "string" });
            }
            ((*nom).to_owned(), propriete)
        })
        .collect();
    let noms: Vec<&str> = champs.iter().map(|(nom, ..)| *nom).collect();
    json!({ "type": "object", "properties": proprietes, "required": noms, "additionalProperties": false })
}

fn probleme(phrase: &str) -> Value {
    json!({
        "description": phrase,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Probleme" } } }
    })
}

fn operation(d: &Description) -> Value {
    let reponse = if d.liste {
        json!({
            "type": "object",
            "properties": {
                "donnees": { "type": "array", "items": schema(d.champs) },
                "suivant": { "type": ["string", "null"], "description": "Adresse de la suite\u{202F}; null à la fin" }
            },
            "required": ["donnees", "suivant"],
            "additionalProperties": false
        })
    } else {
        schema(d.champs)
    };
    let mut operation = json!({
        "summary": d.titre,
        "description": d.phrase,
        "security": [{ "technique": [] }],
        "responses": {
            "200": { "description": "Réponse", "content": { "application/json": { "schema": reponse } } },
            "401": probleme("Identifiant ou mot de passe absents ou refusés"),
            "403": probleme("Structure désactivée"),
            "429": probleme("Trop de requêtes\u{202F}: attendez le délai de Retry-After"),
            "503": probleme("Service momentanément indisponible")
        }
    });
    if d.liste {
        operation["responses"]["422"] = probleme("Paramètre inconnu ou faux");
        operation["parameters"] = json!([
            { "name": "limite", "in": "query", "description": "Nombre de lignes",
              "schema": { "type": "integer", "minimum": 1, "maximum": LIMITE_MAX, "default": LIMITE } },
            { "name": "apres", "in": "query", "description": "Clé de la dernière ligne reçue\u{202F}: reprenez l’adresse «\u{202F}suivant\u{202F}»",
              "schema": { "type": "string", "format": "uuid" } }
        ]);
    }
    json!({ "get": operation })
}

/// The whole document.
pub fn document(marque: &str, adresse: &url::Url) -> Value {
    let chemins: serde_json::Map<String, Value> = DESCRIPTIONS
        .iter()
        .map(|d| (d.chemin.to_owned(), operation(d)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("API de {marque}"),
            "version": "1",
            "description": "Lecture des services, des utilisateurs et des espaces d’une structure par son système d’information."
        },
        "servers": [{ "url": adresse.as_str().trim_end_matches('/') }],
        "paths": chemins,
        "components": {
            "securitySchemes": {
                "technique": { "type": "http", "scheme": "basic", "description": "Identifiant et mot de passe de l’utilisateur technique" }
            },
            "schemas": {
                "Probleme": {
                    "type": "object",
                    "description": "Erreur (RFC 9457)",
                    "properties": {
                        "type": { "type": "string" },
                        "title": { "type": "string" },
                        "status": { "type": "integer" },
                        "detail": { "type": "string" },
                        "reference": { "type": "string", "description": "À donner au support" },
                        "erreurs": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": { "parametre": { "type": "string" }, "message": { "type": "string" } },
                                "required": ["parametre", "message"]
                            }
                        }
                    },
                    "required": ["type", "title", "status", "detail", "reference"]
                }
            }
        }
    })
}
