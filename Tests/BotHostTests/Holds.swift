import Foundation

/// Waits until something holds; `false` after half a minute.
func holds(_ condition: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(30)
    while !condition() {
        if Date() > deadline { return false }
        usleep(1000)
    }
    return true
}
