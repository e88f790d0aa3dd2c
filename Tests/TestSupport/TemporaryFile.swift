import Foundation

/// A file in a folder of its own; both go with this object.
package final class TemporaryFile: Sendable {
    package let directory: String
    package let path: String

    /// - Parameter contents: `nil` for a folder without the file.
    package init(_ contents: String? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("moonwire-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        directory = folder.path
        path = directory + "/file"
        try contents?.write(toFile: path, atomically: false, encoding: .utf8)
    }

    deinit {
        // A folder that cannot be removed is the system's temporary one's to clean.
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The text of a file in the folder; `nil` when there is none.
    package func text(of name: String) -> String? { try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) }

    /// The permission bits of a file in the folder.
    package func mode(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[.posixPermissions] as? Int
    }
}
