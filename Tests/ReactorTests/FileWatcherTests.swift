import Testing
@testable import Reactor
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("File watcher", .timeLimit(.minutes(2))) struct FileWatcherTests {
    /// A tree with a file at the top, one in a directory and one further below.
    private func makeTree() -> TemporaryDirectory {
        let tree = TemporaryDirectory()
        tree.makeDirectory("pack")
        tree.makeDirectory("pack/lib")
        tree.makeDirectory("pack/lib/deep")
        tree.makeDirectory("outside")
        tree.write("pack/main.lua")
        tree.write("pack/lib/util.lua")
        tree.write("pack/lib/deep/far.lua")
        return tree
    }

    /// Watches `root` and returns the sets told for each step, in which the paths are relative to the temporary directory.
    ///
    /// Each step is taken when the set for the one before has come; the loop ends after the last.
    private func changes(
        in tree: TemporaryDirectory, watching root: String = "pack", on kind: PollerKind = .platformDefault, _ steps: [() -> Void]
    ) throws -> [Set<String>] {
        let told = Box<[Set<String>]>([])
        try runReactor(kind) { reactor in
            let watcher = Box<FileWatcher?>(nil)
            watcher.value = try FileWatcher(tree.at(root), on: reactor, quiet: .milliseconds(15)) { paths in
                told.value.append(Set(paths.map { String($0.dropFirst(tree.path.utf8.count + 1)) }))
                if told.value.count < steps.count {
                    steps[told.value.count]()
                } else {
                    watcher.value?.cancel()
                    reactor.handle.stop()
                }
            }
            steps[0]()
        }
        return told.value
    }

    // MARK: Files

    @Test("a written file is told by its path, at any depth", arguments: PollerKind.allCases)
    func writes(_ kind: PollerKind) throws {
        let tree = makeTree()
        #expect(try changes(in: tree, on: kind, [
            { tree.write("pack/main.lua", "new") },
            { tree.write("pack/lib/deep/far.lua", "new") },
        ]) == [["pack/main.lua"], ["pack/lib/deep/far.lua"]])
    }

    @Test("several files saved at once are one set") func burst() throws {
        let tree = makeTree()
        #expect(try changes(in: tree, [{
            tree.write("pack/main.lua", "new")
            tree.write("pack/lib/util.lua", "new")
            tree.write("pack/lib/more.lua", "new")
        }]) == [["pack/main.lua", "pack/lib/util.lua", "pack/lib/more.lua"]])
    }

    @Test("an editor that saves by rename", arguments: ["pack/main.lua", "pack/lib/util.lua"])
    func saveByRename(_ file: String) throws {
        let tree = makeTree()
        let told = try changes(in: tree, [{
            // As vim does with backupcopy=no: the old one aside, the new one written, the backup removed.
            tree.move(file, to: file + "~")
            tree.write(file, "new")
            tree.remove(file + "~")
        }, {
            // As most others do: written beside it and moved over it.
            tree.write(file + ".tmp", "newer")
            tree.move(file + ".tmp", to: file)
        }])
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.contains(file) })
    }

    @Test("a removed file, a renamed one and one moved out are told") func removals() throws {
        let tree = makeTree()
        #expect(try changes(in: tree, [
            { tree.remove("pack/lib/util.lua") },
            { tree.move("pack/main.lua", to: "pack/init.lua") },
            { tree.move("pack/init.lua", to: "outside/init.lua") },
        ]) == [["pack/lib/util.lua"], ["pack/main.lua", "pack/init.lua"], ["pack/init.lua"]])
    }

    @Test("a link is told when it is made: nothing is written through it later") func links() throws {
        let tree = makeTree()
        tree.write("outside/shared.lua")
        #expect(try changes(in: tree, [
            { _ = symlink(tree.at("outside/shared.lua"), tree.at("pack/soft.lua")) },
            { _ = link(tree.at("outside/shared.lua"), tree.at("pack/hard.lua")) },
        ]) == [["pack/soft.lua"], ["pack/hard.lua"]])
    }

    #if os(Linux)
    @Test("a file that is still being written is told when it is closed, not before") func openFile() throws {
        let tree = makeTree()
        let file = Box<CInt>(-1)
        #expect(try changes(in: tree, [{
            file.value = open(tree.at("pack/slow.lua"), O_WRONLY | O_CREAT, 0o644)
            tree.write("pack/main.lua", "new")
        }, {
            close(file.value)
        }]) == [["pack/main.lua"], ["pack/slow.lua"]])
    }
    #endif

    @Test("hidden files and directories are passed over") func hidden() throws {
        let tree = makeTree()
        tree.makeDirectory("pack/.git")
        #expect(try changes(in: tree, [{
            tree.write("pack/.main.lua.swp")
            tree.write("pack/.git/index")
            tree.makeDirectory("pack/.cache")
            tree.write("pack/.cache/x")
            tree.write("pack/main.lua")
        }]) == [["pack/main.lua"]])
    }

    // MARK: Directories

    @Test("a new directory is watched, with what was put into it before its watch", arguments: PollerKind.allCases)
    func newDirectories(_ kind: PollerKind) throws {
        let tree = makeTree()
        #expect(try changes(in: tree, on: kind, [
            {
                tree.makeDirectory("pack/new")
                tree.makeDirectory("pack/new/inner")
                tree.write("pack/new/inner/a.lua")
            },
            { tree.write("pack/new/b.lua") },
            { tree.write("pack/new/inner/a.lua", "changed") },
        ]) == [["pack/new/inner/a.lua"], ["pack/new/b.lua"], ["pack/new/inner/a.lua"]])
    }

    @Test("a directory moved in is told file by file and watched from then on") func movedIn() throws {
        let tree = makeTree()
        tree.makeDirectory("outside/part")
        tree.write("outside/part/one.lua")
        tree.write("outside/part/two.lua")
        #expect(try changes(in: tree, [
            { tree.move("outside/part", to: "pack/part") },
            { tree.write("pack/part/one.lua", "new") },
        ]) == [["pack/part/one.lua", "pack/part/two.lua"], ["pack/part/one.lua"]])
    }

    @Test("a directory moved out is told by its own path with a slash, and watched no longer") func movedOut() throws {
        let tree = makeTree()
        #expect(try changes(in: tree, [
            { tree.move("pack/lib", to: "outside/lib") },
            {
                tree.write("outside/lib/util.lua", "not ours")
                tree.write("outside/lib/deep/far.lua", "not ours")
                tree.write("pack/main.lua", "ours")
            },
        ]) == [["pack/lib/"], ["pack/main.lua"]])
    }

    @Test("a directory renamed in the tree is known by its new path at every depth") func renamedDirectory() throws {
        let tree = makeTree()
        let told = try changes(in: tree, [
            { tree.move("pack/lib", to: "pack/library") },
            { tree.write("pack/library/deep/far.lua", "new") },
        ])
        #expect(told == [["pack/lib/", "pack/library/util.lua", "pack/library/deep/far.lua"], ["pack/library/deep/far.lua"]])
    }

    @Test("a removed directory takes its files with it, and can come back") func removedDirectory() throws {
        let tree = makeTree()
        let told = try changes(in: tree, [
            { tree.remove("pack/lib") },
            {
                tree.makeDirectory("pack/lib")
                tree.write("pack/lib/util.lua")
            },
            { tree.write("pack/lib/util.lua", "newer") },
        ])
        #expect(told[0].isSuperset(of: ["pack/lib/util.lua", "pack/lib/deep/far.lua"]))
        #expect(told[1...] == [["pack/lib/util.lua"], ["pack/lib/util.lua"]])
    }

    // MARK: The root

    @Test("a root moved away is told, what happens there is not, and its return is") func movedRoot() throws {
        let tree = makeTree()
        let told = try changes(in: tree, [
            { tree.move("pack", to: "away") },
            {
                tree.write("away/main.lua", "not ours")
                tree.move("away", to: "pack")
            },
            { tree.write("pack/lib/util.lua", "new") },
        ])
        #expect(told[0] == ["pack"])
        #expect(told[1].contains("pack"))
        #expect(told[2] == ["pack/lib/util.lua"])
    }

    @Test("a root removed and made again is watched again") func removedRoot() throws {
        let tree = makeTree()
        let told = try changes(in: tree, [
            { tree.remove("pack") },
            {
                tree.makeDirectory("pack")
                tree.write("pack/main.lua")
            },
            { tree.write("pack/main.lua", "new") },
        ])
        #expect(told[0].contains("pack"))
        #expect(told[1].contains("pack/main.lua"))
        #expect(told[2] == ["pack/main.lua"])
    }

    @Test("a root that is a link is watched where it leads, and anew when it leads elsewhere") func linkedRoot() throws {
        let tree = makeTree()
        tree.makeDirectory("outside/other")
        tree.write("outside/other/main.lua")
        symlink(tree.at("pack"), tree.at("current"))
        let told = try changes(in: tree, watching: "current", [
            { tree.write("pack/main.lua", "new") },
            {
                // As a deployment switches: a new link moved over the old one.
                symlink(tree.at("outside/other"), tree.at("next"))
                tree.move("next", to: "current")
            },
            {
                tree.write("pack/main.lua", "no longer ours")
                tree.write("outside/other/main.lua", "new")
            },
        ])
        #expect(told[0] == ["current/main.lua"])
        #expect(told[1].contains("current"))
        #expect(told[2] == ["current/main.lua"])
    }

    @Test("a single file as the root: written, saved by rename, removed and made again", arguments: PollerKind.allCases)
    func fileRoot(_ kind: PollerKind) throws {
        let tree = makeTree()
        #expect(try changes(in: tree, watching: "pack/main.lua", on: kind, [
            { tree.write("pack/main.lua", "new") },
            {
                tree.write("pack/other.lua", "not watched")
                tree.write("pack/main.tmp", "newer")
                tree.move("pack/main.tmp", to: "pack/main.lua")
            },
            { tree.remove("pack/main.lua") },
            { tree.write("pack/main.lua", "again") },
        ]) == Array(repeating: ["pack/main.lua"], count: 4))
    }

    @Test("slashes at the end and a relative root", arguments: ["pack/", "pack//", "pack/lib/..", "pack/."])
    func spelledRoots(_ root: String) throws {
        let tree = makeTree()
        let told = try changes(in: tree, watching: root, [{ tree.write("pack/main.lua", "new") }])
        let spelled = root.hasSuffix("/") ? "pack" : root
        #expect(told == [[spelled + "/main.lua"]])
    }

    @Test("a root that does not exist is refused") func missingRoot() throws {
        let tree = makeTree()
        let reactor = try Reactor()
        #expect(throws: IOFailure(call: "realpath", code: ENOENT)) {
            _ = try FileWatcher(tree.at("nothing"), on: reactor) { _ in }
        }
    }

    // MARK: Time

    @Test("a stream of changes without a pause is told all the same") func noPause() throws {
        let tree = makeTree()
        let told = Box(0)
        try runReactor { reactor in
            let watcher = Box<FileWatcher?>(nil)
            watcher.value = try FileWatcher(tree.at("pack"), on: reactor) { paths in
                #expect(paths == [tree.at("pack/main.lua")])
                told.value += 1
                guard told.value == 2 else { return }
                watcher.value?.cancel()
                reactor.handle.stop()
            }
            func again() {
                tree.write("pack/main.lua")
                reactor.schedule(after: .milliseconds(5)) { again() }
            }
            again()
        }
        #expect(told.value == 2)
    }

    @Test("after cancel nothing is told, not even what was collected") func cancel() throws {
        let tree = makeTree()
        weak var held: FileWatcher?
        try runReactor { reactor in
            let watcher = try FileWatcher(tree.at("pack"), on: reactor) { _ in Issue.record("told after cancel") }
            held = watcher
            tree.write("pack/main.lua")
            reactor.schedule(after: .milliseconds(10)) {
                watcher.cancel()
                watcher.cancel()
                tree.write("pack/main.lua")
                reactor.schedule(after: .milliseconds(80)) { reactor.handle.stop() }
            }
        }
        #expect(held == nil)
    }
}
