//! « Pourquoi ai-je / n'ai-je pas accès ? »: the words, and the property that they agree with the doors.

mod accord;
mod mots;
mod tirage;
