import Configuration
import Foundation
import TestSupport
import Testing

@testable import BotHost

@Suite("A pack on disk")
struct PackFolderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a folder with main.lua, named after the folder")
    func mainChunk() throws {
        try folder.write("dice/main.lua", "return 1")
        let pack = try PackFolder(path: folder.path("dice"))
        #expect(pack.name == "dice")
        #expect(try pack.mainChunk().name == "dice/main.lua")
        #expect(try pack.mainChunk().source == Array("return 1".utf8))
    }

    @Test("a single file, named without .lua")
    func singleFile() throws {
        try folder.write("dice.lua", "return 1")
        let pack = try PackFolder(path: folder.path("dice.lua"))
        #expect(pack.name == "dice")
        #expect(try pack.mainChunk().name == "dice/dice.lua")
    }

    @Test("a pack is called what it was given as: the link's name, or the folder's when only dots were given")
    func linked() throws {
        try folder.write("release-42/main.lua", "")
        try folder.write("one.lua", "")
        try FileManager.default.createSymbolicLink(atPath: folder.path("dice"), withDestinationPath: folder.path("release-42"))
        try FileManager.default.createSymbolicLink(atPath: folder.path("two.lua"), withDestinationPath: folder.path("one.lua"))
        #expect(try PackFolder(path: folder.path("dice")).name == "dice")
        #expect(try PackFolder(path: folder.path("two.lua")).name == "two")
        #expect(try PackFolder(path: folder.path("dice") + "/../dice/").name == "dice")
        #expect(try PackFolder(path: folder.path("dice") + "/.").name == "release-42")
    }

    @Test("what is no pack is refused by name", arguments: [("missing", "no such file or folder"), ("empty", "no main.lua"), ("folder", "is no file"), ("note.txt", "ends in .lua")])
    func noPack(path: String, reason: String) throws {
        try folder.write("empty/other.lua", "")
        try folder.write("folder/main.lua/other.lua", "")
        try folder.write("note.txt", "")
        let error = #expect(throws: ConfigurationError.self) { try PackFolder(path: folder.path(path)) }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.description.contains(path) == true)
    }

    @Test("a folder that may not be read is no missing one", .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() throws {
        try folder.write("dice/main.lua", "")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.path("dice"))
        let error = #expect(throws: ConfigurationError.self) { try PackFolder(path: folder.path("dice")) }
        #expect(error?.description.contains("is not readable; check its owner and permissions") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path("dice"))
    }

    @Test("require finds lib/util.lua and lib/init.lua")
    func modules() throws {
        try folder.write("dice/main.lua", "")
        try folder.write("dice/lib/util.lua", "return 'util'")
        try folder.write("dice/lib/init.lua", "return 'lib'")
        let pack = try PackFolder(path: folder.path("dice"))
        #expect(try pack.chunk(requiring: "lib.util")?.name == "dice/lib/util.lua")
        #expect(try pack.chunk(requiring: "lib")?.name == "dice/lib/init.lua")
        #expect(try pack.chunk(requiring: "lib.other") == nil)
    }

    @Test("no module name reaches outside the pack", arguments: ["..secret", "../secret", "/etc/passwd", "lib..secret", "", ".", "link"])
    func escapes(name: String) throws {
        try folder.write("dice/main.lua", "")
        try folder.write("secret.lua", "return 'secret'")
        try FileManager.default.createSymbolicLink(atPath: folder.path("dice/link.lua"), withDestinationPath: folder.path("secret.lua"))
        #expect(try PackFolder(path: folder.path("dice")).chunk(requiring: name) == nil)
    }
}
