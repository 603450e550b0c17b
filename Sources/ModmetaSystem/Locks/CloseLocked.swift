internal import Glibc

/// Gives up the lock on an open file, and closes it.
///
/// A child that another thread is just starting has the descriptor as well, until it executes its program: closing alone
/// would leave the lock with it for that long.
package func closeLocked(_ descriptor: CInt) {
    flock(descriptor, LOCK_UN)
    close(descriptor)
}
