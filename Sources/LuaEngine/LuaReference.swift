import Synchronization

/// Keeps a Lua value alive for the host: a handler, a table, an error.
///
/// May be kept and dropped on any thread: dropping it only posts its slot to the state's list, which the script thread works
/// off before the next run. Using it is for the script thread and for the state that made it; after that state is closed a
/// reference means `nil`.
package final class LuaReference: Sendable {
    let slot: Int32
    let account: LuaReferenceAccount

    init(slot: Int32, account: LuaReferenceAccount) {
        self.slot = slot
        self.account = account
    }

    deinit { account.release(slot) }
}
