import FuzzTargets

extension FuzzTarget {
    /// What `--target=` names. libFuzzer leaves arguments with two dashes alone and hands them on to the processes it starts.
    static let chosen = CommandLine.arguments.first { $0.hasPrefix("--target=") }.flatMap { FuzzTarget(rawValue: String($0.dropFirst(9))) }
}
