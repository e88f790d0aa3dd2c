import COpenSSL

/// Fills in and signs X.509 version 3 certificates (RFC 5280).
enum CertificateBuilder {
    /// Which extensions a certificate gets.
    enum Role {
        case authority, server
    }

    /// Who signs.
    struct Issuer {
        let certificate: Certificate
        let key: PrivateKey
    }

    /// A signed certificate; without an `issuer` it is signed by `subjectKey` itself.
    static func certificate(
        for request: CertificateRequest, subjectKey: PrivateKey, role: Role, issuer: Issuer?
    ) throws(CertificateError) -> Certificate {
        let certificate = try Certificate()
        let x509 = certificate.pointer
        guard X509_set_version(x509, 2) == 1,  // 2 means version 3
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), UInt64.random(in: 1...UInt64(Int64.max))) == 1,
            X509_gmtime_adj(X509_getm_notBefore(x509), request.validity.notBefore) != nil,
            X509_gmtime_adj(X509_getm_notAfter(x509), request.validity.notAfter) != nil,
            X509_set_pubkey(x509, subjectKey.pointer) == 1
        else { throw CertificateError("fill in the certificate") }
        try setName(request.commonName, of: certificate)
        let issuerCertificate = issuer?.certificate ?? certificate
        guard X509_set_issuer_name(x509, X509_get_subject_name(issuerCertificate.pointer)) == 1 else {
            throw CertificateError("set the issuer")
        }
        for (identifier, value) in extensions(request, role, selfSigned: issuer == nil) {
            try add(identifier, value, to: certificate, issuer: issuerCertificate)
        }
        guard X509_sign(x509, (issuer?.key ?? subjectKey).pointer, EVP_sha256()) > 0 else {
            throw CertificateError("sign the certificate")
        }
        return certificate
    }

    private static func setName(_ commonName: String, of certificate: Certificate) throws(CertificateError) {
        let added = X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate.pointer), "CN", MBSTRING_UTF8, commonName, -1, -1, 0)
        guard added == 1 else { throw CertificateError("set the common name '\(commonName)'") }
    }

    private static func extensions(_ request: CertificateRequest, _ role: Role, selfSigned: Bool) -> [(CInt, String)] {
        var list: [(CInt, String)] = [(NID_subject_key_identifier, "hash")]
        if !selfSigned { list.append((NID_authority_key_identifier, "keyid:always")) }
        switch role {
        case .authority:
            list.append((NID_basic_constraints, "critical,CA:TRUE"))
            list.append((NID_key_usage, "critical,keyCertSign,cRLSign"))
        case .server:
            list.append((NID_basic_constraints, "critical,CA:FALSE"))
            list.append((NID_key_usage, "critical,digitalSignature"))
            list.append((NID_ext_key_usage, "serverAuth"))
        }
        let names = request.dnsNames.map { "DNS:" + $0 } + request.ipAddresses.map { "IP:" + $0 }
        if !names.isEmpty { list.append((NID_subject_alt_name, names.joined(separator: ","))) }
        return list
    }

    private static func add(
        _ identifier: CInt, _ value: String, to certificate: Certificate, issuer: Certificate
    ) throws(CertificateError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer.pointer, certificate.pointer, nil, nil, 0)
        guard let made = X509V3_EXT_nconf_nid(nil, &context, identifier, value) else {
            throw CertificateError("make the certificate extension '\(value)'")
        }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate.pointer, made, -1) == 1 else {
            throw CertificateError("add the certificate extension '\(value)'")
        }
    }
}
