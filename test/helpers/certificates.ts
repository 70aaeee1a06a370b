/**
 * Certificates of servers that fail on purpose. The key protects nothing. They were created with `openssl ca -selfsign`, so that
 * their dates are fixed.
 */
export const privateKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIwU493h/RqUjuavQyBEWJsKJZ/qJrk+LQZoJE3LoVs5oAoGCCqGSM49
AwEHoUQDQgAEAyWMENJwR6HmJSyFkkS3kXJWM7a+n7PLbyUECzimJfPawRB5cCAb
hknz3Fd4RCBdmYsI5favAMRpe1dpZKX5AQ==
-----END EC PRIVATE KEY-----
`

/** Self-signed, only for `other.test`, valid until 2120. */
export const certificateOfAnotherHost = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApvdGhlci50
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApvdGhlci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAyWMENJwR6Hm
JSyFkkS3kXJWM7a+n7PLbyUECzimJfPawRB5cCAbhknz3Fd4RCBdmYsI5favAMRp
e1dpZKX5AaNJMEcwFQYDVR0RBA4wDIIKb3RoZXIudGVzdDAPBgNVHRMBAf8EBTAD
AQH/MB0GA1UdDgQWBBSZuPfJJY/fpfL3urcQ9Jrr0/W6VDAKBggqhkjOPQQDAgNI
ADBFAiB5bTsRVhvQaDKddBvMM+8f5IrVAom8pooCGurhD1/z7wIhAMldKZmqZpeQ
23lWTUZ2wJerI9mJu6Lkw6DfHPC8xiVw
-----END CERTIFICATE-----
`

/** Self-signed, for `localhost` and 127.0.0.1, expired in 2021. */
export const expiredCertificate = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAls
b2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQDJYwQ0nBHoeYlLIWS
RLeRclYztr6fs8tvJQQLOKYl89rBEHlwIBuGSfPcV3hEIF2Ziwjl9q8AxGl7V2lk
pfkBo04wTDAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwDwYDVR0TAQH/BAUw
AwEB/zAdBgNVHQ4EFgQUmbj3ySWP36Xy97q3EPSa69P1ulQwCgYIKoZIzj0EAwID
RwAwRAIgRlI9FDS157su30B7yGaQd36oS75ADhp7lDpg+eNE6zUCIDo8lNE93G5v
4G2ydJCJdmR7ZE+YxXwi+XKizzWH/xIj
-----END CERTIFICATE-----
`
