#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many descriptors this process may have open (getrlimit(2), `RLIMIT_NOFILE`).
package enum DescriptorLimit {
    /// Raises the limit to the highest that needs no privilege. The usual 1024 is kept low for programs that use select(2), which
    /// nothing here does; a thousand shards need more.
    package static func raise() throws(IOFailure) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { throw IOFailure(call: "getrlimit", code: errno) }
        guard limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        #if canImport(Darwin)
        // The kernel's own limit is lower than what the hard one says.
        limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #endif
        guard setrlimit(resource, &limit) == 0 else { throw IOFailure(call: "setrlimit", code: errno) }
    }

    #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let resource = RLIMIT_NOFILE
    #endif
}
