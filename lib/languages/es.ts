/** The messages of responses in Spanish: `import { spanish } from 'fastify-api-errors/languages/es'`. */
import type { Language } from './language.js'
import { createCount, createTypes } from './format-values.js'

const count = createCount('es')
const types = createTypes({
  string: 'una cadena de texto',
  number: 'un número',
  integer: 'un número entero',
  boolean: 'true o false',
  object: 'un objeto',
  array: 'una lista',
  date: 'una fecha'
}, ' o ')
const comparisons: Readonly<Record<string, string>> = {
  '>=': 'mayor o igual que',
  '<=': 'menor o igual que',
  '>': 'mayor que',
  '<': 'menor que'
}
const places = {
  body: 'El cuerpo',
  query: 'El conjunto de parámetros de consulta',
  path: 'El conjunto de parámetros de ruta',
  header: 'El encabezado'
}

/** The texts of responses in Spanish, with formal address. */
export const spanish: Language = {
  errors: {
    invalid_request: 'La solicitud tiene un formato incorrecto.',
    invalid_parameter: 'Un parámetro de ruta o de consulta no es válido.',
    idempotency_key_missing: 'La solicitud no contiene una clave de idempotencia.',
    missing_api_key: 'No se ha enviado ninguna clave de API.',
    invalid_api_key: 'La clave de API no es válida.',
    api_key_revoked: 'La clave de API ha sido revocada.',
    api_key_expired: 'La clave de API ha caducado.',
    unauthorized: 'Se requiere autenticación.',
    invalid_token: 'El token de acceso no es válido.',
    token_expired: 'El token de acceso ha caducado.',
    invalid_credentials: 'El nombre de usuario o la contraseña son incorrectos.',
    payment_required: 'Se requiere un pago.',
    forbidden: 'No tiene permiso para realizar esta acción.',
    insufficient_scope: 'A sus credenciales les falta un ámbito requerido.',
    ip_not_allowed: 'Su dirección IP no está en la lista de direcciones permitidas de la clave de API.',
    device_mismatch: 'La sesión pertenece a otro dispositivo.',
    resource_not_found: 'El recurso no existe.',
    route_not_found: 'Este punto de conexión no existe.',
    method_not_allowed: 'Este punto de conexión no admite este método.',
    not_acceptable: 'La respuesta no está disponible en ningún formato que usted acepte.',
    proxy_authentication_required: 'El proxy requiere autenticación.',
    request_timeout: 'La solicitud ha tardado demasiado en llegar.',
    resource_already_exists: 'Ya existe un recurso con este identificador.',
    resource_conflict: 'La solicitud entra en conflicto con el estado del recurso.',
    concurrent_modification: 'Otra solicitud ha modificado el recurso al mismo tiempo.',
    idempotency_in_progress: 'Todavía se está procesando una solicitud con esta clave de idempotencia.',
    resource_gone: 'El recurso se ha eliminado de forma permanente.',
    length_required: 'La solicitud necesita el encabezado Content-Length.',
    precondition_failed: 'No se cumple una condición previa de la solicitud.',
    payload_too_large: 'El cuerpo de la solicitud es demasiado grande.',
    uri_too_long: 'La URL de la solicitud es demasiado larga.',
    unsupported_media_type: 'No se admite el tipo de medio del cuerpo.',
    range_not_satisfiable: 'El rango solicitado no está disponible.',
    expectation_failed: 'No se admite el encabezado Expect.',
    im_a_teapot: 'El servidor es una tetera y rechaza la solicitud.',
    misdirected_request: 'Este servidor no atiende el host solicitado.',
    validation_error: 'Uno o más campos no son válidos.',
    missing_required_field: 'Falta un campo obligatorio.',
    idempotency_key_reused: 'La clave de idempotencia ya se ha utilizado para otra solicitud.',
    resource_locked: 'El recurso está bloqueado.',
    failed_dependency: 'La solicitud ha fallado porque falló una operación anterior.',
    too_early: 'La solicitud ha llegado demasiado pronto para procesarla de forma segura.',
    upgrade_required: 'La solicitud requiere otro protocolo.',
    precondition_required: 'La solicitud requiere una condición previa.',
    rate_limit_exceeded: 'Demasiadas solicitudes. Espere antes de enviar otra.',
    request_header_fields_too_large: 'Los encabezados de la solicitud son demasiado grandes.',
    unavailable_for_legal_reasons: 'El recurso no está disponible por motivos legales.',
    internal_error: 'Se ha producido un error en nuestro servicio.',
    not_implemented: 'Esta operación no está implementada.',
    bad_gateway: 'Un servicio del que depende la API ha devuelto una respuesta no válida.',
    service_unavailable: 'El servicio no está disponible temporalmente.',
    gateway_timeout: 'Un servicio del que depende la API ha tardado demasiado en responder.',
    http_version_not_supported: 'No se admite esta versión de HTTP.',
    variant_also_negotiates: 'El servidor está mal configurado y no puede elegir un formato de respuesta.',
    insufficient_storage: 'No hay suficiente espacio de almacenamiento.',
    loop_detected: 'El servidor ha detectado un bucle infinito.',
    not_extended: 'La solicitud requiere una extensión de HTTP.',
    network_authentication_required: 'La red requiere autenticación.'
  },
  issues: {
    required: 'es obligatorio',
    type: ({ type }) => `debe ser ${types(type)}`,
    min_length: ({ limit }) =>
      limit === undefined ? 'es demasiado corto' : `debe tener al menos ${count(limit, 'carácter', 'caracteres')}`,
    max_length: ({ limit }) =>
      limit === undefined ? 'es demasiado largo' : `debe tener como máximo ${count(limit, 'carácter', 'caracteres')}`,
    pattern: 'no tiene el formato esperado',
    minimum: ({ limit, comparison }) =>
      limit === undefined
        ? 'es demasiado pequeño'
        : `debe ser ${comparisons[String(comparison)] ?? 'mayor o igual que'} ${String(limit)}`,
    maximum: ({ limit, comparison }) =>
      limit === undefined
        ? 'es demasiado grande'
        : `debe ser ${comparisons[String(comparison)] ?? 'menor o igual que'} ${String(limit)}`,
    multiple_of: ({ multipleOf }) =>
      multipleOf === undefined ? 'no es un múltiplo válido' : `debe ser un múltiplo de ${String(multipleOf)}`,
    enum: ({ allowedValues }) =>
      `debe ser uno de los ${allowedValues === undefined ? 'valores permitidos' : `siguientes valores: ${String(allowedValues)}`}`,
    const: ({ allowedValue }) =>
      allowedValue === undefined ? 'no tiene el valor permitido' : `debe ser ${String(allowedValue)}`,
    min_items: ({ limit }) =>
      limit === undefined
        ? 'no tiene suficientes elementos'
        : `debe tener al menos ${count(limit, 'elemento', 'elementos')}`,
    max_items: ({ limit }) =>
      limit === undefined
        ? 'tiene demasiados elementos'
        : `debe tener como máximo ${count(limit, 'elemento', 'elementos')}`,
    unique_items: 'no debe contener elementos duplicados',
    contains: ({ minContains = 1, maxContains }) =>
      maxContains === undefined
        ? `debe contener al menos ${count(minContains, 'elemento que cumpla los criterios', 'elementos que cumplan los criterios')}`
        : `debe contener de ${String(minContains)} a ${count(maxContains, 'elemento que cumpla los criterios', 'elementos que cumplan los criterios')}`,
    min_properties: ({ limit }) =>
      limit === undefined ? 'no tiene suficientes campos' : `debe tener al menos ${count(limit, 'campo', 'campos')}`,
    max_properties: ({ limit }) =>
      limit === undefined ? 'tiene demasiados campos' : `debe tener como máximo ${count(limit, 'campo', 'campos')}`,
    unknown_field: 'no está permitido',
    property_name: 'tiene un nombre no permitido',
    any_of: ({ passingSchemas }) =>
      `debe coincidir con ${Array.isArray(passingSchemas) && passingSchemas.length > 1 ? 'exactamente uno' : 'uno'} de los esquemas permitidos`,
    unique: 'ya está en uso',
    invalid: 'no es válido',
    format: ({ format }) =>
      format === undefined ? 'no tiene el formato esperado' : `debe tener el formato ${String(format)}`,
    date: 'debe ser una fecha, por ejemplo, 2030-01-31',
    time: 'debe ser una hora con zona horaria, por ejemplo, 12:30:00Z',
    date_time: 'debe ser una fecha y hora con zona horaria, por ejemplo, 2030-01-31T12:30:00Z',
    iso_time: 'debe ser una hora, por ejemplo, 12:30:00',
    iso_date_time: 'debe ser una fecha y hora, por ejemplo, 2030-01-31T12:30:00',
    duration: 'debe ser una duración, por ejemplo, P1DT12H',
    uri: 'debe ser un URI',
    uri_reference: 'debe ser un URI o una referencia relativa',
    uri_template: 'debe ser una plantilla de URI',
    url: 'debe ser una URL',
    email: 'debe ser una dirección de correo electrónico',
    hostname: 'debe ser un nombre de host',
    ip: 'debe ser una dirección IP',
    ipv4: 'debe ser una dirección IPv4',
    ipv6: 'debe ser una dirección IPv6',
    regex: 'debe ser una expresión regular',
    uuid: 'debe ser un UUID',
    json_pointer: 'debe ser un puntero JSON',
    json_pointer_uri_fragment: 'debe ser un puntero JSON en un fragmento de URI',
    relative_json_pointer: 'debe ser un puntero JSON relativo',
    byte: 'debe estar codificado en base64',
    base64url: 'debe estar codificado en base64url',
    cidrv4: 'debe ser un rango de direcciones IPv4, por ejemplo, 192.0.2.0/24',
    cidrv6: 'debe ser un rango de direcciones IPv6, por ejemplo, 2001:db8::/32',
    mac: 'debe ser una dirección MAC',
    e164: 'debe ser un número de teléfono, por ejemplo, +493012345678',
    jwt: 'debe ser un JSON Web Token',
    int32: 'debe ser un número entero de 32 bits',
    int64: 'debe ser un número entero de 64 bits'
  },
  messages: {
    invalid_url: 'La URL de la solicitud no es válida.',
    parameter_too_long: 'Un parámetro de ruta es demasiado largo.',
    wrong_body_length: 'La longitud del cuerpo no coincide con Content-Length.',
    empty_json: 'El cuerpo está vacío, pero su Content-Type es application/json.',
    invalid_json: 'El cuerpo no es un JSON válido.',
    no_content_type: 'La solicitud no tiene Content-Type.',
    no_body: 'La solicitud no tiene cuerpo.',
    no_host: 'La solicitud no tiene el encabezado Host.',
    shutting_down: 'El servidor se está deteniendo.',
    invalid_header: 'Un encabezado de la solicitud no es válido.',
    invalid_idempotency_key:
      'La clave de idempotencia no es válida. Se espera una cadena de 255 caracteres como máximo.',
    banned: 'Su acceso está bloqueado temporalmente porque ha superado repetidamente el límite de solicitudes.',
    record_overlap: 'La solicitud entra en conflicto con un registro existente.',
    still_referenced: 'Otros registros todavía hacen referencia a este.',
    unsupported_encoding: 'No se admite el Content-Encoding del cuerpo.',
    invalid_compression: 'No se puede descomprimir el cuerpo.',
    csrf_cookie_missing: 'Falta la cookie CSRF.',
    csrf_token_invalid: 'El token CSRF falta o no es válido.',
    malformed_authorization: 'La solicitud no contiene el token de acceso en la forma esperada.',
    form_incomplete: 'Los datos del formulario están incompletos.',
    form_file_too_large: 'Un archivo del formulario es demasiado grande.',
    form_too_many_parts: 'El formulario tiene demasiadas partes.',
    form_too_many_files: 'El formulario tiene demasiados archivos.',
    form_too_many_fields: 'El formulario tiene demasiados campos.',
    form_invalid_name: 'Un campo del formulario tiene un nombre no válido.',
    form_invalid_json: 'Un campo JSON del formulario no es un JSON válido.',
    form_no_boundary: 'El Content-Type del formulario no tiene delimitador (boundary).',
    form_long_boundary: 'El delimitador (boundary) del Content-Type del formulario es demasiado largo.',
    body_in_use: 'tiene un valor que ya está en uso',
    unknown_reference: 'hace referencia a un registro que no existe',
    body_required: 'no contiene todos los campos obligatorios',
    body_invalid: 'tiene un valor no válido',
    too_long: 'es demasiado largo',
    body_too_long: 'tiene un valor demasiado largo',
    out_of_range: 'está fuera del rango permitido',
    body_out_of_range: 'tiene un valor fuera del rango permitido'
  },
  titles: {
    invalid_request: 'Solicitud incorrecta',
    invalid_parameter: 'Parámetro no válido',
    idempotency_key_missing: 'Falta la clave de idempotencia',
    missing_api_key: 'Falta la clave de API',
    invalid_api_key: 'Clave de API no válida',
    api_key_revoked: 'Clave de API revocada',
    api_key_expired: 'Clave de API caducada',
    unauthorized: 'No autenticado',
    invalid_token: 'Token no válido',
    token_expired: 'Token caducado',
    invalid_credentials: 'Credenciales incorrectas',
    payment_required: 'Pago requerido',
    forbidden: 'Acceso prohibido',
    insufficient_scope: 'Ámbito insuficiente',
    ip_not_allowed: 'Dirección IP no permitida',
    device_mismatch: 'Dispositivo incorrecto',
    resource_not_found: 'Recurso no encontrado',
    route_not_found: 'Punto de conexión no encontrado',
    method_not_allowed: 'Método no permitido',
    not_acceptable: 'No aceptable',
    proxy_authentication_required: 'Autenticación del proxy requerida',
    request_timeout: 'Tiempo de espera de la solicitud agotado',
    resource_already_exists: 'El recurso ya existe',
    resource_conflict: 'Conflicto',
    concurrent_modification: 'Modificación simultánea',
    idempotency_in_progress: 'Solicitud en curso',
    resource_gone: 'Recurso eliminado',
    length_required: 'Longitud requerida',
    precondition_failed: 'Condición previa no cumplida',
    payload_too_large: 'Contenido demasiado grande',
    uri_too_long: 'URL demasiado larga',
    unsupported_media_type: 'Tipo de medio no admitido',
    range_not_satisfiable: 'Rango no disponible',
    expectation_failed: 'Expectativa no cumplida',
    im_a_teapot: 'Soy una tetera',
    misdirected_request: 'Solicitud mal dirigida',
    validation_error: 'Contenido no válido',
    missing_required_field: 'Falta un campo obligatorio',
    idempotency_key_reused: 'Clave de idempotencia ya utilizada',
    resource_locked: 'Recurso bloqueado',
    failed_dependency: 'Dependencia fallida',
    too_early: 'Demasiado pronto',
    upgrade_required: 'Cambio de protocolo requerido',
    precondition_required: 'Condición previa requerida',
    rate_limit_exceeded: 'Demasiadas solicitudes',
    request_header_fields_too_large: 'Encabezados demasiado grandes',
    unavailable_for_legal_reasons: 'No disponible por motivos legales',
    internal_error: 'Error interno del servidor',
    not_implemented: 'No implementado',
    bad_gateway: 'Puerta de enlace incorrecta',
    service_unavailable: 'Servicio no disponible',
    gateway_timeout: 'Tiempo de espera de la puerta de enlace agotado',
    http_version_not_supported: 'Versión de HTTP no admitida',
    variant_also_negotiates: 'Negociación mal configurada',
    insufficient_storage: 'Almacenamiento insuficiente',
    loop_detected: 'Bucle detectado',
    not_extended: 'Extensión requerida',
    network_authentication_required: 'Autenticación de red requerida'
  },
  formats: {
    message: ({ in: place, field, message }) => `${field === '' ? places[place] : `El campo ${field}`} ${message}.`
  }
}
