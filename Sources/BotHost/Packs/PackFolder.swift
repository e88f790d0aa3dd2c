package import Configuration
internal import LuaEngine
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A pack on disk: a folder with `main.lua`, or a single Lua file.
package struct PackFolder: Equatable, Sendable {
    /// The folder's name, or the file's without `.lua`, as it was given: a link may lead elsewhere tomorrow. Names packs in logs and on the command
    /// line.
    package let name: String
    /// As it was given.
    package let path: String
    /// Absolute, without symbolic links: the folder, or the folder that holds the single file.
    package let root: String
    /// What is watched for changes: the folder, or the file.
    package let watched: String
    /// The main chunk's path below `root`.
    package let main: String
    /// Whether the pack is a single file, whose modules lie beside it in a folder that is not its own.
    package var isFile: Bool { watched != root }

    /// - Throws: `ConfigurationError` naming the path and what a pack looks like.
    package init(path: String) throws(ConfigurationError) {
        guard let resolved = realpath(path, nil) else {
            if errno == EACCES { throw Self.unreadable(path) }
            throw ConfigurationError("no pack at '\(path)': no such file or folder; give a folder with main.lua, or a Lua file")
        }
        defer { free(resolved) }
        let absolute = String(cString: resolved)
        var status = stat()
        guard stat(absolute, &status) == 0 else { throw Self.unreadable(path) }
        watched = absolute
        self.path = path
        let last = absolute.split(separator: "/").last.map(String.init) ?? "pack"
        let given = path.split(separator: "/").last.map(String.init) ?? last
        if status.st_mode & S_IFMT == S_IFDIR {
            guard stat(absolute + "/main.lua", &status) == 0 else {
                if errno == EACCES { throw Self.unreadable(path) }
                throw ConfigurationError("'\(path)' is not a pack: it has no main.lua, where a pack begins")
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw ConfigurationError("'\(path)' is not a pack: its main.lua, where a pack begins, is no file")
            }
            (name, root, main) = ([".", ".."].contains(given) ? last : given, absolute, "main.lua")
        } else {
            guard last.hasSuffix(".lua") else {
                throw ConfigurationError("'\(path)' is not a pack: give a folder with main.lua, or a file whose name ends in .lua")
            }
            name = given.hasSuffix(".lua") ? String(given.dropLast(4)) : given
            (root, main) = (String(absolute.dropLast(last.count + 1)), last)
        }
    }

    private static func unreadable(_ path: String) -> ConfigurationError {
        ConfigurationError("the pack '\(path)' is not readable; check its owner and permissions")
    }

    /// A file of the pack as Lua sees it: what tracebacks print, and its source.
    struct Chunk: Equatable {
        /// `pack/lib/util.lua`, the form in which tracebacks name it.
        let name: String
        let source: [UInt8]
        /// Where it was read.
        let path: String
    }

    /// The main chunk. `limit`: largest size in bytes.
    func mainChunk(limit: Int = LimitSettings().sourceKilobytes << 10) throws(ConfigurationError) -> Chunk {
        Chunk(name: "\(name)/\(main)", source: try TextFile.read("\(root)/\(main)", limit: limit), path: "\(root)/\(main)")
    }

    /// The chunk that `require "lib.util"` names: `lib/util.lua`, or `lib/util/init.lua`. `nil` when the pack has neither.
    ///
    /// Only letters, digits, `_` and `-` between single dots make a module name, and the file that is found must lie inside `root` after
    /// symbolic links are followed, so no name reaches another folder.
    func chunk(requiring module: String, limit: Int = LimitSettings().sourceKilobytes << 10) throws(ConfigurationError) -> Chunk? {
        let parts = module.split(separator: ".", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        }
        guard isName else { return nil }
        let base = parts.joined(separator: "/")
        for candidate in ["\(base).lua", "\(base)/init.lua"] {
            guard let resolved = realpath("\(root)/\(candidate)", nil) else { continue }
            defer { free(resolved) }
            let path = String(cString: resolved)
            guard path.hasPrefix(root + "/") else { continue }
            return Chunk(name: "\(name)/\(candidate)", source: try TextFile.read(path, limit: limit), path: path)
        }
        return nil
    }

    /// The source line that a failure names in one of the pack's files, as `12 | text`; `nil` when it cannot be read.
    func excerpt(_ failure: LuaFailure) -> String? {
        // The place in the message comes first: the compiler's fault lies in another file than the `require` that met it.
        let places = [Self.position(in: failure.message), failure.position].compactMap { $0 }
        guard let position = places.first(where: { $0.chunk.hasPrefix(name + "/") && $0.line > 0 }) else { return nil }
        // An excerpt is a courtesy: a file that has gone meanwhile has none.
        guard let source = try? TextFile.read("\(root)/\(position.chunk.dropFirst(name.count + 1))") else { return nil }
        let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard position.line <= lines.count else { return nil }
        return "\(position.line) | " + String(decoding: lines[position.line - 1].prefix(160), as: UTF8.self)
    }

    /// The place at the beginning of the compiler's messages, `pack/main.lua:2: …`.
    private static func position(in message: String) -> LuaPosition? {
        let parts = message.split(separator: ":", maxSplits: 2)
        guard parts.count == 3, let line = Int(parts[1]) else { return nil }
        return LuaPosition(chunk: String(parts[0]), line: line)
    }
}
