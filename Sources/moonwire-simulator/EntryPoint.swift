import ArgumentParser

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Starts the command and leaves the first thread to wait for the signals that end it.
@main
enum EntryPoint {
    static func main() {
        // Blocked before any other thread exists, so that all inherit it and no signal can come between.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // A reader of our output that has gone shows in the end of standard input, not in a signal.
        signal(SIGPIPE, SIG_IGN)
        // Detached, since the main actor lives on this thread, which is busy from here on.
        Task.detached { await SimulatorCommand.main() }
        while true {
            var number: CInt = 0
            if sigwait(&signals, &number) == 0 { Input.interrupt() }
        }
    }
}
