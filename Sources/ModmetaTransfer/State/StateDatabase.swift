internal import Glibc
public import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// What this repository knows about its stores: where raw chunks lie locally, which payloads a store acknowledged, and the
/// sketches that were read.
///
/// It is a cache. The store is the truth: whatever is read here is checked before it is relied on, a database that is
/// damaged is thrown away, and failing to write it never fails a transfer.
public final class StateDatabase: Sendable {
    private let connection: Mutex<Connection>

    /// The connection, or none where the database cannot be opened at all.
    private struct Connection: ~Copyable {
        var database: SQLiteConnection?
    }

    private static let schemaVersion = 4

    /// Opens or creates the database at a path; a damaged one is replaced, and one of an earlier schema gets what it lacks.
    public init(path: String) {
        connection = Mutex(Connection(database: Self.open(path)))
    }

    /// Opens the database, one process at a time, so that none replaces what another has just made.
    private static func open(_ path: String) -> SQLiteConnection? {
        let lock = RegularFile.open(path + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW)
        guard lock >= 0 else { return nil }
        defer { closeLocked(lock) }
        guard LockAttempt.waiting(lock, LOCK_EX) == .locked else { return nil }
        // SQLite follows a link and opens whatever is there.
        for suffix in ["", "-wal", "-shm", "-journal"] {
            guard let status = try? FileStatus(of: path + suffix) else { continue }
            guard status.kind == .regular else { return nil }
        }
        do throws(SQLiteError) {
            let database = try SQLiteConnection(path: path)
            // Losing the last commits in a power cut is harmless here, so commits need no fsync.
            // Functions that a schema of somebody else's calls are for our own statements alone.
            try database.execute("PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL")
            let version = try database.query("PRAGMA user_version").first?.integer(0) ?? 0
            if version == schemaVersion { return database }
            // A later program's database is left to it.
            guard version < schemaVersion else { return nil }
            try create(in: database)
            return database
        } catch {
            guard error.isDamage else { return nil }
            for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
            guard let database = try? SQLiteConnection(path: path), (try? create(in: database)) != nil else {
                return nil
            }
            return database
        }
    }

    private static func create(in database: borrowing SQLiteConnection) throws(SQLiteError) {
        try database.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS location (
                chunk BLOB NOT NULL, object BLOB NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
                PRIMARY KEY (chunk, object)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS journal (
                store TEXT NOT NULL, object BLOB NOT NULL, start INTEGER NOT NULL, record BLOB NOT NULL,
                PRIMARY KEY (store, object, start)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS stored (
                store TEXT NOT NULL, object BLOB NOT NULL, epoch INTEGER NOT NULL,
                PRIMARY KEY (store, object)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS sketch (digest BLOB NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS published (
                number INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, digest BLOB NOT NULL,
                UNIQUE (store, digest));
            PRAGMA user_version = \(schemaVersion);
            COMMIT;
            """)
    }

    /// Runs a statement, or does nothing where the database does not work.
    @discardableResult
    private func run(_ sql: String, _ values: [SQLiteValue]) -> [SQLiteRow] {
        connection.withLock { connection in
            guard connection.database != nil else { return [] }
            do throws(SQLiteError) {
                return try connection.database!.query(sql, values)
            } catch {
                if error.isDamage { connection.database = nil }
                return []
            }
        }
    }

    /// Whether anything that is recorded is kept.
    var isUsable: Bool { connection.withLock { $0.database != nil } }

    // MARK: Where raw chunks lie in local LFS objects

    /// A run of bytes of a local LFS object.
    public struct Location: Hashable, Sendable {
        /// The object that holds the bytes.
        public var object: ObjectID
        /// Where the run starts, in bytes from the start of the object.
        public var offset: UInt64
    }

    /// Records where the chunks of a manifest's object lie, of which there is a local copy.
    func record(_ base: BaseManifest) {
        let manifest = base.manifest
        connection.withLock { connection in
            guard connection.database != nil else { return }
            do {
                try connection.database!.execute("BEGIN IMMEDIATE")
                for (entry, start) in zip(manifest.chunks, base.chunkStarts) {
                    try connection.database!.query(
                        "INSERT OR REPLACE INTO location VALUES (?, ?, ?, ?)",
                        [
                            .blob(manifest.entries[entry].chunk.digest.bytes), .blob(manifest.object.digest.bytes),
                            .integer(Int64(start)), .integer(Int64(manifest.entries[entry].rawLength)),
                        ])
                }
                try connection.database!.execute("COMMIT")
            } catch {
                try? connection.database?.execute("ROLLBACK")
            }
        }
    }

    /// Where a chunk of the given length is said to lie; the bytes must be hashed before they are used.
    public func locations(of chunk: ChunkID, length: Int) -> [Location] {
        let rows = run(
            "SELECT object, offset FROM location WHERE chunk = ? AND length = ? LIMIT 8",
            [.blob(chunk.digest.bytes), .integer(Int64(length))])
        return rows.compactMap { row in
            guard let digest = Digest(bytes: row.blob(0)), let offset = UInt64(exactly: row.integer(1)) else {
                return nil
            }
            return Location(object: ObjectID(digest), offset: offset)
        }
    }

    /// Forgets that an object's chunks lie here, as when the object is gone.
    public func forgetLocations(in object: ObjectID) {
        run("DELETE FROM location WHERE object = ?", [.blob(object.digest.bytes)])
    }

    // MARK: The journal of uploads

    /// Records that a store acknowledged the payload of the chunk that starts at a byte of an object.
    func journal(store: String, object: ObjectID, start: UInt64, record: JournalRecord) {
        run(
            "INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?)",
            [.text(store), .blob(object.digest.bytes), .integer(Int64(start)), .blob(record.serialized())])
    }

    /// What a store acknowledged of an object, by the byte at which each chunk starts.
    func journal(store: String, object: ObjectID) -> [UInt64: JournalRecord] {
        let rows = run(
            "SELECT start, record FROM journal WHERE store = ? AND object = ?",
            [.text(store), .blob(object.digest.bytes)])
        var records: [UInt64: JournalRecord] = [:]
        for row in rows {
            guard let start = UInt64(exactly: row.integer(0)) else { continue }
            records[start] = JournalRecord(parsing: row.blob(1))
        }
        return records
    }

    /// Drops the journal of an object whose manifest is published.
    func closeJournal(store: String, object: ObjectID) {
        run("DELETE FROM journal WHERE store = ? AND object = ?", [.text(store), .blob(object.digest.bytes)])
    }

    // MARK: Sketches

    /// Records the bytes of a sketch.
    func record(sketch digest: Digest, _ bytes: [UInt8]) {
        run("INSERT OR REPLACE INTO sketch VALUES (?, ?)", [.blob(digest.bytes), .blob(bytes)])
    }

    /// The bytes of a sketch that was read before; they must be hashed before they are used.
    func sketch(_ digest: Digest) -> [UInt8]? {
        run("SELECT bytes FROM sketch WHERE digest = ?", [.blob(digest.bytes)]).first?.blob(0)
    }

    /// How many of the objects that were published before a first look are remembered: the latest.
    private static let publishedLimit = 1000

    /// Records the sketch of an object that this repository brought into a store.
    func recordPublished(_ digest: Digest, _ bytes: [UInt8], store: String) {
        record(sketch: digest, bytes)
        run("INSERT OR IGNORE INTO published (store, digest) VALUES (?, ?)", [.text(store), .blob(digest.bytes)])
    }

    /// The sketches of what this repository brought into a store, whose bytes must be hashed before they are used.
    ///
    /// - Parameter row: those recorded later than this one; 0 for the latest.
    /// - Returns: the sketches, and the row to go on from.
    func published(in store: String, after row: Int64) -> (rows: [(name: Digest, bytes: [UInt8])], last: Int64) {
        let rows = run(
            """
            SELECT number, digest, bytes FROM published JOIN sketch USING (digest)
            WHERE store = ? AND number > ? ORDER BY number DESC LIMIT \(Self.publishedLimit)
            """, [.text(store), .integer(row)])
        let found = rows.compactMap { row in Digest(bytes: row.blob(1)).map { (name: $0, bytes: row.blob(2)) } }
        return (found, max(row, rows.first?.integer(0) ?? 0))
    }

    // MARK: What was sent before

    /// Records that a store could rebuild an object in one of its epochs.
    func recordStored(_ object: ObjectID, store: String, epoch: UInt64) {
        run(
            "INSERT OR REPLACE INTO stored VALUES (?, ?, ?)",
            [.text(store), .blob(object.digest.bytes), .integer(Int64(clamping: epoch))])
    }

    /// The latest epoch in which a store could rebuild an object for all that is known; nil if nothing is.
    public func epochStored(_ object: ObjectID, store: String) -> UInt64? {
        run(
            "SELECT epoch FROM stored WHERE store = ? AND object = ?", [.text(store), .blob(object.digest.bytes)]
        ).first.flatMap { UInt64(exactly: $0.integer(0)) }
    }
}
