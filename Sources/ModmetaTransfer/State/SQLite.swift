internal import CSQLite
internal import ModmetaSystem

/// One connection to an SQLite database; used by one thread at a time.
struct SQLiteConnection: ~Copyable {
    private let handle: OpaquePointer

    /// Opens or creates the database at a path.
    init(path: String) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code)))
        }
        self.handle = handle
        // Several agents write at once; each waits for the others, but not for one that is stuck, as this is only a cache.
        sqlite3_busy_timeout(handle, 1_000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements that take no values and whose rows do not matter.
    func execute(_ sql: String) throws(SQLiteError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs one statement and returns the rows it gives.
    @discardableResult
    func query(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> [SQLiteRow] {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() {
            try check(value.bind(to: statement, at: CInt(index + 1)))
        }
        var rows: [SQLiteRow] = []
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                if code != SQLITE_DONE { try check(code) }
                return rows
            }
            rows.append(SQLiteRow(statement: statement))
        }
    }

    private func check(_ code: CInt) throws(SQLiteError) {
        guard code == SQLITE_OK else {
            throw SQLiteError(code: code, message: String(cString: sqlite3_errmsg(handle)))
        }
    }
}

/// A value bound to a statement.
enum SQLiteValue: Sendable {
    case integer(Int64)
    case blob([UInt8])
    case text(String)

    /// Tells SQLite to copy what is bound, as our buffers do not outlive the call.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    fileprivate func bind(to statement: OpaquePointer?, at index: CInt) -> CInt {
        switch self {
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .text(let value): sqlite3_bind_text(statement, index, value, -1, Self.transient)
        case .blob(let bytes): sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), Self.transient)
        }
    }
}

/// One row of a result.
struct SQLiteRow: Sendable {
    private let columns: [SQLiteValue]

    fileprivate init(statement: OpaquePointer?) {
        columns = (0..<sqlite3_column_count(statement)).map { column in
            guard sqlite3_column_type(statement, column) != SQLITE_INTEGER else {
                return .integer(sqlite3_column_int64(statement, column))
            }
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob(start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? [])
        }
    }

    /// The integer in a column, or 0 if there is none.
    func integer(_ column: Int) -> Int64 {
        if case .integer(let value) = columns[column] { value } else { 0 }
    }

    /// The bytes in a column, or none.
    func blob(_ column: Int) -> [UInt8] {
        if case .blob(let bytes) = columns[column] { bytes } else { [] }
    }
}

/// SQLite refused something.
struct SQLiteError: ModmetaError {
    /// The result code.
    var code: CInt
    /// SQLite's own words.
    var message: String

    /// A database of ours is a part of what surrounds this program, and thrown away where it is damaged.
    var kind: ErrorKind { .environment }

    /// Whether the file is not a database of ours that can be read.
    var isDamage: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }
}
