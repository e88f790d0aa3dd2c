import COpenSSL

/// The certificate authorities that a client trusts: the system's, and those of one extra file.
///
/// The system's are looked up one by one in OpenSSL's hashed directory (`SSL_CERT_DIR`), and its bundle file (`SSL_CERT_FILE`)
/// is read only when an authority is not found there. On Debian, where both exist, the bundle would cost 1.4 MB and 35 ms at start.
struct TrustStore {
    /// One reference to an `X509_STORE`.
    let pointer: OpaquePointer
    /// The lookup method of the bundle file. It must outlive the store.
    private let bundleMethod: OpaquePointer

    init(caFile: String?) throws(TLSFailure) {
        guard let store = X509_STORE_new(), let method = Self.makeBundleMethod() else { throw .outOfMemory }
        pointer = store
        bundleMethod = method
        do throws(TLSFailure) {
            // Lookups run in the order in which they are added.
            guard let directory = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()),
                moonwire_x509_lookup_add_directory(directory) == 1,
                X509_STORE_add_lookup(store, method) != nil
            else { throw .outOfMemory }
            ERR_clear_error()
            if let caFile { try add(caFile) }
        } catch {
            deallocate()
            throw error
        }
    }

    func deallocate() {
        X509_STORE_free(pointer)
        X509_LOOKUP_meth_free(bundleMethod)
    }

    /// Whether nothing at all has been found so far, neither in the CA file nor by a lookup.
    static func isEmpty(_ store: OpaquePointer) -> Bool { moonwire_x509_object_count(store) == 0 }

    private func add(_ caFile: String) throws(TLSFailure) {
        ERR_clear_error()
        func unusable(_ reason: String) -> TLSFailure {
            ERR_clear_error()
            return TLSFailure(host: nil, cause: .trustFile(path: caFile, reason: reason))
        }
        guard let file = BIO_new_file(caFile, "r") else { throw unusable(OpenSSLError.first.reason) }
        defer { BIO_free(file) }
        var count = 0
        while let certificate = PEM_read_bio_X509_AUX(file, nil, nil, nil) {
            defer { X509_free(certificate) }
            guard X509_STORE_add_cert(pointer, certificate) == 1 else { throw unusable(OpenSSLError.first.reason) }
            count += 1
        }
        let error = OpenSSLError.last
        guard error.library == ERR_LIB_PEM, error.code == PEM_R_NO_START_LINE else {
            throw unusable("certificate \(count + 1) in it is damaged (\(error.reason))")
        }
        guard count > 0 else { throw unusable("it holds no certificate") }
        ERR_clear_error()
    }

    /// A lookup that reads the system's bundle file when it is first asked, then answers from the store.
    private static func makeBundleMethod() -> OpaquePointer? {
        guard let method = X509_LOOKUP_meth_new("moonwire deferred bundle") else { return nil }
        X509_LOOKUP_meth_set_get_by_subject(method) { lookup, type, name, found in
            guard let store = X509_LOOKUP_get_store(lookup) else { return 0 }
            if X509_LOOKUP_get_method_data(lookup) == nil {
                // Any pointer that is not nil marks that the file was read, or tried.
                X509_LOOKUP_set_method_data(lookup, UnsafeMutableRawPointer(store))
                guard let file = X509_STORE_add_lookup(store, X509_LOOKUP_file()) else { return 0 }
                // A bundle that is absent is no error: the directory, or the CA file, may hold all there is.
                ERR_set_mark()
                _ = moonwire_x509_lookup_load_default_file(file)
                ERR_pop_to_mark()
            }
            guard let object = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name),
                let certificate = X509_OBJECT_get0_X509(object)
            else { return 0 }
            guard X509_OBJECT_set1_X509(found, certificate) == 1 else { return 0 }
            // OpenSSL takes its own reference to what a lookup hands back; the one just made would leak.
            X509_free(certificate)
            return 1
        }
        return method
    }
}
