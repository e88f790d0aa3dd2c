import Foundation

/// The table of targets in docs/architecture.md, and what source files really import.
struct ImportRules {
    /// What a target may import, by the table.
    struct Rule {
        let imports: Set<String>
        let isPure: Bool
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Rows of the form: | `A` `B` | promise | C, D |
    static func table(_ text: String) -> [String: Rule] {
        var rules: [String: Rule] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: true).map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3 else { continue }
            let names = cells[0].split(separator: " ").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "`")) }
            let imports = cells[2] == "–" ? [] : cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            for name in names { rules[name] = Rule(imports: Set(imports), isPure: cells[1].hasPrefix("pure")) }
        }
        return rules
    }

    /// The modules that a source text imports, whatever attributes and access level stand in front, as a whole or a declaration of them.
    static func imports(of source: String) -> Set<String> {
        var modules: Set<String> = []
        for statement in source.split(whereSeparator: { $0.isNewline || $0 == ";" }) {
            let words = statement.split(whereSeparator: \.isWhitespace)
            guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(mayPrecedeImport),
                let name = words[(keyword + 1)...].first(where: { !declarations.contains(String($0)) }) else { continue }
            modules.insert(String(name.prefix { $0 != "." }))
        }
        return modules
    }

    private static let declarations: Set<String> = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"]

    /// Attributes, which may have arguments after a blank, and access levels.
    private static func mayPrecedeImport(_ word: Substring) -> Bool {
        word.hasPrefix("@") || word.hasSuffix(")") || ["package", "public", "internal", "private", "fileprivate"].contains(word)
    }

    /// The Swift files of a target.
    static func sources(of target: String) -> [URL] {
        let folder = root.appendingPathComponent("Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        return files.filter { $0.pathExtension == "swift" }
    }

    static var targets: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }
}
