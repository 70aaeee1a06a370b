/** The messages of responses in French: `import { french } from 'fastify-api-errors/languages/fr'`. */
import type { Language } from './language.js'
import { createCount, createTypes } from './format-values.js'

const count = createCount('fr')
const types = createTypes({
  string: 'une chaîne de caractères',
  number: 'un nombre',
  integer: 'un nombre entier',
  boolean: 'true ou false',
  object: 'un objet',
  array: 'une liste',
  date: 'une date'
}, ' ou ')
const comparisons: Readonly<Record<string, string>> = {
  '>=': 'supérieur ou égal à',
  '<=': 'inférieur ou égal à',
  '>': 'strictement supérieur à',
  '<': 'strictement inférieur à'
}
const places = {
  body: 'Le corps',
  query: 'L’ensemble des paramètres de requête',
  path: 'Le chemin',
  header: 'L’en-tête'
}

/** The texts of responses in French, with formal address. */
export const french: Language = {
  errors: {
    invalid_request: 'La requête est mal formée.',
    invalid_parameter: 'Un paramètre de chemin ou de requête est invalide.',
    idempotency_key_missing: 'La requête ne contient pas de clé d’idempotence.',
    missing_api_key: 'Aucune clé d’API n’a été envoyée.',
    invalid_api_key: 'La clé d’API est invalide.',
    api_key_revoked: 'La clé d’API a été révoquée.',
    api_key_expired: 'La clé d’API a expiré.',
    unauthorized: 'Une authentification est requise.',
    invalid_token: 'Le jeton d’accès est invalide.',
    token_expired: 'Le jeton d’accès a expiré.',
    invalid_credentials: 'Le nom d’utilisateur ou le mot de passe est incorrect.',
    payment_required: 'Un paiement est requis.',
    forbidden: 'Vous n’avez pas l’autorisation d’effectuer cette action.',
    insufficient_scope: 'Une portée requise manque à vos identifiants.',
    ip_not_allowed: 'Votre adresse IP ne fait pas partie des adresses autorisées pour cette clé d’API.',
    device_mismatch: 'La session appartient à un autre appareil.',
    resource_not_found: 'La ressource n’existe pas.',
    route_not_found: 'Ce point de terminaison n’existe pas.',
    method_not_allowed: 'Ce point de terminaison ne prend pas en charge cette méthode.',
    not_acceptable: 'La réponse n’est disponible dans aucun format que vous acceptez.',
    proxy_authentication_required: 'Le proxy exige une authentification.',
    request_timeout: 'La requête a mis trop de temps à arriver.',
    resource_already_exists: 'Une ressource avec cet identifiant existe déjà.',
    resource_conflict: 'La requête est en conflit avec l’état de la ressource.',
    concurrent_modification: 'Une autre requête a modifié la ressource au même moment.',
    idempotency_in_progress: 'Une requête avec cette clé d’idempotence est encore en cours de traitement.',
    resource_gone: 'La ressource a été définitivement supprimée.',
    length_required: 'La requête doit comporter un en-tête Content-Length.',
    precondition_failed: 'Une condition préalable de la requête n’est pas remplie.',
    payload_too_large: 'Le corps de la requête est trop volumineux.',
    uri_too_long: 'L’URL de la requête est trop longue.',
    unsupported_media_type: 'Le type de média du corps n’est pas pris en charge.',
    range_not_satisfiable: 'La plage demandée n’est pas disponible.',
    expectation_failed: 'L’en-tête Expect n’est pas pris en charge.',
    im_a_teapot: 'Le serveur est une théière et refuse la requête.',
    misdirected_request: 'Ce serveur ne gère pas l’hôte demandé.',
    validation_error: 'Au moins un champ est invalide.',
    missing_required_field: 'Un champ obligatoire est manquant.',
    idempotency_key_reused: 'La clé d’idempotence a déjà été utilisée pour une autre requête.',
    resource_locked: 'La ressource est verrouillée.',
    failed_dependency: 'La requête a échoué parce qu’une opération précédente a échoué.',
    too_early: 'La requête est arrivée trop tôt pour être traitée en toute sécurité.',
    upgrade_required: 'La requête nécessite un autre protocole.',
    precondition_required: 'La requête nécessite une condition préalable.',
    rate_limit_exceeded: 'Trop de requêtes. Patientez avant d’en envoyer une autre.',
    request_header_fields_too_large: 'Les en-têtes de la requête sont trop volumineux.',
    unavailable_for_legal_reasons: 'La ressource est indisponible pour des raisons juridiques.',
    internal_error: 'Une erreur s’est produite de notre côté.',
    not_implemented: 'Cette opération n’est pas implémentée.',
    bad_gateway: 'Un service en amont a renvoyé une réponse invalide.',
    service_unavailable: 'Le service est temporairement indisponible.',
    gateway_timeout: 'Un service en amont a mis trop de temps à répondre.',
    http_version_not_supported: 'Cette version de HTTP n’est pas prise en charge.',
    variant_also_negotiates: 'Le serveur est mal configuré et ne peut pas choisir de format de réponse.',
    insufficient_storage: 'L’espace de stockage est insuffisant.',
    loop_detected: 'Le serveur a détecté une boucle infinie.',
    not_extended: 'La requête nécessite une extension HTTP.',
    network_authentication_required: 'Le réseau exige une authentification.'
  },
  issues: {
    required: 'est obligatoire',
    type: ({ type }) => `doit être ${types(type)}`,
    min_length: ({ limit }) =>
      limit === undefined ? 'est trop court' : `doit comporter au moins ${count(limit, 'caractère', 'caractères')}`,
    max_length: ({ limit }) =>
      limit === undefined ? 'est trop long' : `doit comporter au maximum ${count(limit, 'caractère', 'caractères')}`,
    pattern: 'n’a pas le format attendu',
    minimum: ({ limit, comparison }) =>
      limit === undefined
        ? 'est trop petit'
        : `doit être ${comparisons[String(comparison)] ?? 'supérieur ou égal à'} ${String(limit)}`,
    maximum: ({ limit, comparison }) =>
      limit === undefined
        ? 'est trop grand'
        : `doit être ${comparisons[String(comparison)] ?? 'inférieur ou égal à'} ${String(limit)}`,
    multiple_of: ({ multipleOf }) =>
      multipleOf === undefined ? 'n’est pas un multiple valide' : `doit être un multiple de ${String(multipleOf)}`,
    enum: ({ allowedValues }) =>
      `doit être l’une des valeurs ${allowedValues === undefined ? 'autorisées' : `suivantes\u00a0: ${String(allowedValues)}`}`,
    const: ({ allowedValue }) =>
      allowedValue === undefined ? 'n’a pas la valeur autorisée' : `doit être ${String(allowedValue)}`,
    min_items: ({ limit }) =>
      limit === undefined
        ? 'comporte trop peu d’éléments'
        : `doit comporter au moins ${count(limit, 'élément', 'éléments')}`,
    max_items: ({ limit }) =>
      limit === undefined
        ? 'comporte trop d’éléments'
        : `doit comporter au maximum ${count(limit, 'élément', 'éléments')}`,
    unique_items: 'ne doit pas contenir d’éléments en double',
    contains: ({ minContains = 1, maxContains }) =>
      maxContains === undefined
        ? `doit contenir au moins ${count(minContains, 'élément conforme', 'éléments conformes')}`
        : `doit contenir de ${String(minContains)} à ${count(maxContains, 'élément conforme', 'éléments conformes')}`,
    min_properties: ({ limit }) =>
      limit === undefined
        ? 'comporte trop peu de champs'
        : `doit comporter au moins ${count(limit, 'champ', 'champs')}`,
    max_properties: ({ limit }) =>
      limit === undefined ? 'comporte trop de champs' : `doit comporter au maximum ${count(limit, 'champ', 'champs')}`,
    unknown_field: 'n’est pas autorisé',
    property_name: 'a un nom non autorisé',
    any_of: ({ passingSchemas }) =>
      `doit correspondre à ${Array.isArray(passingSchemas) && passingSchemas.length > 1 ? 'un seul' : 'l’un'} des schémas autorisés`,
    unique: 'est déjà utilisé',
    invalid: 'est invalide',
    format: ({ format }) =>
      format === undefined ? 'n’a pas le format attendu' : `doit respecter le format ${String(format)}`,
    date: 'doit être une date, par exemple 2030-01-31',
    time: 'doit être une heure avec un décalage horaire, par exemple 12:30:00Z',
    date_time: 'doit être une date et une heure avec un décalage horaire, par exemple 2030-01-31T12:30:00Z',
    iso_time: 'doit être une heure, par exemple 12:30:00',
    iso_date_time: 'doit être une date et une heure, par exemple 2030-01-31T12:30:00',
    duration: 'doit être une durée, par exemple P1DT12H',
    uri: 'doit être un URI',
    uri_reference: 'doit être un URI ou une référence relative',
    uri_template: 'doit être un modèle d’URI',
    url: 'doit être une URL',
    email: 'doit être une adresse e-mail',
    hostname: 'doit être un nom d’hôte',
    ip: 'doit être une adresse IP',
    ipv4: 'doit être une adresse IPv4',
    ipv6: 'doit être une adresse IPv6',
    regex: 'doit être une expression régulière',
    uuid: 'doit être un UUID',
    json_pointer: 'doit être un pointeur JSON',
    json_pointer_uri_fragment: 'doit être un pointeur JSON dans un fragment d’URI',
    relative_json_pointer: 'doit être un pointeur JSON relatif',
    byte: 'doit être encodé en base64',
    base64url: 'doit être encodé en base64url',
    cidrv4: 'doit être une plage d’adresses IPv4, par exemple 192.0.2.0/24',
    cidrv6: 'doit être une plage d’adresses IPv6, par exemple 2001:db8::/32',
    mac: 'doit être une adresse MAC',
    e164: 'doit être un numéro de téléphone, par exemple +493012345678',
    jwt: 'doit être un JSON Web Token',
    int32: 'doit être un nombre entier sur 32 bits',
    int64: 'doit être un nombre entier sur 64 bits'
  },
  messages: {
    invalid_url: 'L’URL de la requête est invalide.',
    parameter_too_long: 'Un paramètre de chemin est trop long.',
    wrong_body_length: 'La longueur du corps ne correspond pas à Content-Length.',
    empty_json: 'Le corps est vide, mais son Content-Type est application/json.',
    invalid_json: 'Le corps n’est pas un JSON valide.',
    no_content_type: 'La requête n’a pas de Content-Type.',
    no_body: 'La requête n’a pas de corps.',
    no_host: 'La requête n’a pas d’en-tête Host.',
    shutting_down: 'Le serveur est en cours d’arrêt.',
    invalid_header: 'Un en-tête de la requête est invalide.',
    invalid_idempotency_key: 'La clé d’idempotence est invalide. Une chaîne de 255 caractères au maximum est attendue.',
    banned: 'Votre accès est temporairement bloqué, car vous avez dépassé la limite de requêtes à plusieurs reprises.',
    record_overlap: 'La requête est en conflit avec un enregistrement existant.',
    still_referenced: 'D’autres enregistrements font encore référence à celui-ci.',
    unsupported_encoding: 'Le Content-Encoding du corps n’est pas pris en charge.',
    invalid_compression: 'Le corps ne peut pas être décompressé.',
    csrf_cookie_missing: 'Le cookie CSRF est manquant.',
    csrf_token_invalid: 'Le jeton CSRF est manquant ou invalide.',
    malformed_authorization: 'La requête ne contient pas le jeton d’accès sous la forme attendue.',
    form_incomplete: 'Les données du formulaire sont incomplètes.',
    form_file_too_large: 'Un fichier du formulaire est trop volumineux.',
    form_too_many_parts: 'Le formulaire comporte trop de parties.',
    form_too_many_files: 'Le formulaire comporte trop de fichiers.',
    form_too_many_fields: 'Le formulaire comporte trop de champs.',
    form_invalid_name: 'Un champ du formulaire a un nom invalide.',
    form_invalid_json: 'Un champ JSON du formulaire n’est pas un JSON valide.',
    form_no_boundary: 'Le Content-Type du formulaire n’a pas de délimiteur (boundary).',
    form_long_boundary: 'Le délimiteur (boundary) du Content-Type du formulaire est trop long.',
    body_in_use: 'contient une valeur déjà utilisée',
    unknown_reference: 'fait référence à un enregistrement qui n’existe pas',
    body_required: 'ne contient pas tous les champs obligatoires',
    body_invalid: 'contient une valeur invalide',
    too_long: 'est trop long',
    body_too_long: 'contient une valeur trop longue',
    out_of_range: 'est hors limites',
    body_out_of_range: 'contient une valeur hors limites'
  },
  titles: {
    invalid_request: 'Requête invalide',
    invalid_parameter: 'Paramètre invalide',
    idempotency_key_missing: 'Clé d’idempotence manquante',
    missing_api_key: 'Clé d’API manquante',
    invalid_api_key: 'Clé d’API invalide',
    api_key_revoked: 'Clé d’API révoquée',
    api_key_expired: 'Clé d’API expirée',
    unauthorized: 'Non authentifié',
    invalid_token: 'Jeton invalide',
    token_expired: 'Jeton expiré',
    invalid_credentials: 'Identifiants incorrects',
    payment_required: 'Paiement requis',
    forbidden: 'Accès interdit',
    insufficient_scope: 'Portée insuffisante',
    ip_not_allowed: 'Adresse IP non autorisée',
    device_mismatch: 'Appareil différent',
    resource_not_found: 'Ressource introuvable',
    route_not_found: 'Point de terminaison introuvable',
    method_not_allowed: 'Méthode non autorisée',
    not_acceptable: 'Non acceptable',
    proxy_authentication_required: 'Authentification auprès du proxy requise',
    request_timeout: 'Délai de la requête dépassé',
    resource_already_exists: 'Ressource déjà existante',
    resource_conflict: 'Conflit',
    concurrent_modification: 'Modification simultanée',
    idempotency_in_progress: 'Requête en cours de traitement',
    resource_gone: 'Ressource supprimée',
    length_required: 'Longueur requise',
    precondition_failed: 'Condition préalable non remplie',
    payload_too_large: 'Contenu trop volumineux',
    uri_too_long: 'URL trop longue',
    unsupported_media_type: 'Type de média non pris en charge',
    range_not_satisfiable: 'Plage non disponible',
    expectation_failed: 'Attente non satisfaite',
    im_a_teapot: 'Je suis une théière',
    misdirected_request: 'Requête mal dirigée',
    validation_error: 'Contenu invalide',
    missing_required_field: 'Champ obligatoire manquant',
    idempotency_key_reused: 'Clé d’idempotence déjà utilisée',
    resource_locked: 'Ressource verrouillée',
    failed_dependency: 'Échec d’une dépendance',
    too_early: 'Trop tôt',
    upgrade_required: 'Changement de protocole requis',
    precondition_required: 'Condition préalable requise',
    rate_limit_exceeded: 'Trop de requêtes',
    request_header_fields_too_large: 'En-têtes trop volumineux',
    unavailable_for_legal_reasons: 'Indisponible pour des raisons juridiques',
    internal_error: 'Erreur interne du serveur',
    not_implemented: 'Non implémenté',
    bad_gateway: 'Mauvaise passerelle',
    service_unavailable: 'Service indisponible',
    gateway_timeout: 'Délai de la passerelle dépassé',
    http_version_not_supported: 'Version de HTTP non prise en charge',
    variant_also_negotiates: 'Négociation mal configurée',
    insufficient_storage: 'Espace de stockage insuffisant',
    loop_detected: 'Boucle détectée',
    not_extended: 'Extension requise',
    network_authentication_required: 'Authentification réseau requise'
  },
  formats: {
    message: ({ in: place, field, message }) => `${field === '' ? places[place] : `Le champ ${field}`} ${message}.`
  }
}
