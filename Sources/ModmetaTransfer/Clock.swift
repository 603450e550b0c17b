internal import Glibc

/// The time of day in whole seconds since 1970.
func secondsSince1970() -> UInt64 { UInt64(max(0, time(nil))) }
