import CFuzzer
import FuzzTargets

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// moonwire-fuzz --target=NAME [OPTION…] [CORPUS…]: libFuzzer on one target; options with a single dash are libFuzzer's own.
guard FuzzTarget.chosen != nil else {
    print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
    exit(CommandLine.argc > 1 ? 2 : 0)
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        FuzzTarget.chosen?.run(UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    })
