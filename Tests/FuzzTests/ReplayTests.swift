import Foundation
import FuzzTargets
import Testing

/// What `scripts/fuzz` does with libFuzzer, on any toolchain and without end of time: the committed inputs, and some made from them.
///
/// A broken promise traps and ends the run. Its input is left in the temporary folder, named as `input(of:)` says.
@Suite("Parsers of foreign bytes", .serialized) struct ReplayTests {
    static let mutations = ProcessInfo.processInfo.environment["MOONWIRE_MUTATIONS"].flatMap { Int($0) } ?? 200

    static func input(of target: FuzzTarget) -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("moonwire-fuzz-\(target.rawValue)-\(ProcessInfo.processInfo.processIdentifier)")
    }

    @Test("the corpus and inputs made from it break no promise", arguments: FuzzTarget.allCases)
    func replay(target: FuzzTarget) throws {
        let inputs = try Corpus.inputs(of: target)
        #expect(inputs.count >= 3, "too few to be a corpus")
        let file = Self.input(of: target)
        func run(_ input: [UInt8]) throws {
            try Data(input).write(to: file)
            input.withUnsafeBytes { target.run($0) }
        }
        try run([])
        for input in inputs { try run(input) }
        var mutator = Mutator(inputs)
        for _ in 0..<Self.mutations { try run(mutator.next()) }
        try FileManager.default.removeItem(at: file)
    }

    @Test("each folder of the corpus belongs to a target") func folders() throws {
        #expect(try Corpus.folders().sorted() == FuzzTarget.allCases.map(\.rawValue).sorted())
    }
}
