#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What lies in one directory, hidden names left out.
enum DirectoryListing {
    /// What kind of entry a path names, symbolic links not followed.
    struct Entry: Equatable {
        let inode: UInt64
        let isDirectory: Bool
        let isSymbolicLink: Bool
        let linkCount: Int
    }

    /// The names in `directory`; none if it cannot be read, which for a directory that has just gone is the truth.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { String(cString: $0) }
            }
            if !WatchedRoot.isHidden(name) { names.append(name) }
        }
        return names
    }

    /// `nil` if nothing is there.
    static func entry(_ path: String, followingLink: Bool = false) -> Entry? {
        var status = stat()
        guard (followingLink ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        return Entry(
            inode: UInt64(status.st_ino), isDirectory: kind == S_IFDIR, isSymbolicLink: kind == S_IFLNK, linkCount: Int(status.st_nlink))
    }
}
