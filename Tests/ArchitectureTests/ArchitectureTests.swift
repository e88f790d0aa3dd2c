import Foundation
import Testing

@Suite("docs/architecture.md: who may import whom")
struct ArchitectureTests {
    static let rules: [String: ImportRules.Rule] = {
        let file = ImportRules.root.appendingPathComponent("docs/architecture.md")
        return ImportRules.table((try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }()

    /// Modules that no row needs to name: the standard library's, and the platform's C library.
    static let standard: Set<String> = ["Swift", "Synchronization"]
    static let platform: Set<String> = ["Glibc", "Darwin", "Musl", "Dispatch"]

    @Test("every target has a row", arguments: ImportRules.targets)
    func everyTargetIsListed(target: String) {
        #expect(Self.rules[target] != nil, "add a row for \(target) to docs/architecture.md")
    }

    @Test("a target imports only what its row names", arguments: ImportRules.targets)
    func importsAreAllowed(target: String) throws {
        let rule = try #require(Self.rules[target])
        let free = rule.isPure ? Self.standard : Self.standard.union(Self.platform)
        for file in ImportRules.sources(of: target) {
            let imported = ImportRules.imports(of: try String(contentsOf: file, encoding: .utf8))
            let forbidden = imported.subtracting(rule.imports).subtracting(free)
            #expect(forbidden.isEmpty, "\(target)/\(file.lastPathComponent) imports \(forbidden.sorted())")
        }
    }

    @Test("nothing that the moonwire executable links imports Foundation")
    func noFoundation() throws {
        var linked: Set<String> = []
        var left = ["moonwire"]
        while let target = left.popLast() {
            guard linked.insert(target).inserted else { continue }
            left += Self.rules[target]?.imports.filter { Self.rules[$0] != nil } ?? []
        }
        #expect(linked.contains("BotHost") && linked.contains("Reactor"))
        for target in linked {
            for file in ImportRules.sources(of: target) {
                let imported = ImportRules.imports(of: try String(contentsOf: file, encoding: .utf8))
                #expect(imported.isDisjoint(with: ["Foundation", "FoundationEssentials"]), "\(target)/\(file.lastPathComponent)")
            }
        }
    }

    @Test("the reader of imports sees every form", arguments: [
        ("import A", "A"), ("package import B", "B"), ("@testable import C", "C"), ("import F.G", "F"), ("import struct H.I", "H"),
        ("\timport\tJ", "J"), ("let a = 1; import K", "K"), ("@_documentation(visibility: internal) import L", "L"),
    ])
    func importForms(line: String, module: String) {
        #expect(ImportRules.imports(of: "// import Z\n\(line)\n") == [module])
    }
}
