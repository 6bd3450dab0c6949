mod identifiants;
