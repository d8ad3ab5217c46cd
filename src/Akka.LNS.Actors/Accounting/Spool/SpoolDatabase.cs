using System.Collections.Immutable;
using System.Globalization;
using Akka.LNS.Protocol.Accounting;
using Microsoft.Data.Sqlite;

namespace Akka.LNS.Actors.Accounting.Spool;

/// <summary>The changes of one session since the last commit, merged.</summary>
internal sealed class SpoolChange(long key)
{
    public long Key { get; } = key;

    /// <summary>Start of a session that has no row yet.</summary>
    public AccountingRecord? Start { get; set; }

    /// <summary>The latest Interim.</summary>
    public AccountingRecord? Last { get; set; }

    public AccountingRecord? Stop { get; set; }

    /// <summary>A server has accepted the Start.</summary>
    public bool IsStartAccepted { get; set; }

    /// <summary>The row is deleted.</summary>
    public bool Remove { get; set; }

    /// <summary>The change needs room in the file.</summary>
    public bool HasRecord => Start is not null || Last is not null || Stop is not null;
}

/// <summary>
/// The SQL of the spool; one thread at a time uses it. A row is one accounting session whose Stop no server has accepted. A row without a
/// Stop is a session that is up; one statement adds the Stop. Records are octets of <see cref="AccountingRecordCodec"/>.
/// </summary>
internal sealed class SpoolDatabase : IDisposable
{
    /// <summary>"LNSa": marks the file as one of Akka.LNS.</summary>
    private const int ApplicationId = 0x4C4E5361;
    private const int SchemaVersion = 1;
    private const int Busy = 5, Locked = 6, ReadOnly = 8, Corrupt = 11, CannotOpen = 14, NotADatabase = 26; // sqlite.org/rescode.html

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly SqliteCommand _begin, _commit, _rollback, _insert, _startAccepted, _last, _stop, _remove, _load, _alive, _putAside;

    private SpoolDatabase(SqliteConnection connection, string path)
    {
        (_connection, _path) = (connection, path);
        _begin = Command("BEGIN IMMEDIATE");
        _commit = Command("COMMIT");
        _rollback = Command("ROLLBACK");
        _insert = Command("""
            INSERT INTO session (key, start_due, began, start, last, stop) VALUES (@key, @due, @began, @start, @last, @stop)
            """, "@key", "@due", "@began", "@start", "@last", "@stop");
        _startAccepted = Command("UPDATE session SET start_due = 0 WHERE key = @key", "@key");
        _last = Command("UPDATE session SET last = @last WHERE key = @key", "@key", "@last");
        _stop = Command("""
            INSERT INTO session (key, start_due, began, stop) VALUES (@key, 0, @began, @stop)
            ON CONFLICT (key) DO UPDATE SET stop = excluded.stop, last = NULL
            """, "@key", "@began", "@stop");
        _remove = Command("DELETE FROM session WHERE key = @key", "@key");
        _load = Command("SELECT start_due, start, last, stop, lost FROM session WHERE key = @key", "@key");
        _alive = Command("UPDATE node SET alive = @alive", "@alive");
        _putAside = Command("INSERT INTO broken SELECT key, start, last, stop, @why FROM session WHERE key = @key", "@key", "@why");
    }

    public string Path => _path;

    /// <summary>Epoch of the Acct-Session-Ids of the process before.</summary>
    public uint PreviousEpoch { get; private set; }

    /// <summary>The sessions that an earlier process left behind, oldest first.</summary>
    public ImmutableArray<WaitingSession> Left { get; private set; } = [];

    /// <summary>Number of Starts and Stops of <see cref="Left"/>.</summary>
    public int LeftRecords { get; private set; }

    /// <summary>Number of sessions of <see cref="Left"/> that were up when the process before ended.</summary>
    public int LeftOpen { get; private set; }

    /// <summary>Highest key of a row.</summary>
    public long LastKey { get; private set; }

    /// <summary>Size of the file and its write-ahead log.</summary>
    public long Octets => Length(_path) + Length(_path + "-wal");

    /// <exception cref="SpoolStartException">The file cannot be used; the message has the reason and what to do.</exception>
    public static SpoolDatabase Open(string file, long maxOctets, DateTimeOffset nowUtc)
    {
        SqliteConnection? connection = null;
        try
        {
            var path = System.IO.Path.GetFullPath(file);
            if (System.IO.Path.GetDirectoryName(path) is { } folder) Directory.CreateDirectory(folder);
            // times and names of sessions are private; SQLite gives its other files the same rights
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            // an open file must not be touched: closing any handle releases the locks of the whole process
            if (!File.Exists(path)) new FileStream(path, options).Dispose();
            var builder = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 };
            connection = new SqliteConnection(builder.ToString());
            connection.Open();
            Prepare(connection, path);
            var database = new SpoolDatabase(connection, path);
            database.Recover(nowUtc);
            var pageSize = database.Number("PRAGMA page_size");
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {Math.Max(16, maxOctets / pageSize)}"));
            return database;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw new SpoolStartException($"cannot use the accounting spool {file}: " + e.SqliteErrorCode switch
            {
                Busy or Locked => "another process uses it (each lnsd needs a file of its own)",
                NotADatabase or Corrupt =>
                    $"it is no database, or a damaged one ({e.Message}); move it away, with its -wal, to start with an empty one",
                ReadOnly or CannotOpen => $"it cannot be written ({e.Message})",
                _ => e.Message,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            connection?.Dispose();
            throw new SpoolStartException($"cannot use the accounting spool {file}: {e.Message}");
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Writes all changes, or none: then it throws <see cref="SqliteException"/>.</summary>
    public void Write(IReadOnlyCollection<SpoolChange> changes, DateTimeOffset? aliveUtc)
    {
        _begin.ExecuteNonQuery();
        try
        {
            foreach (var change in changes) Write(change);
            if (aliveUtc is { } alive) Run(_alive, alive.ToUnixTimeMilliseconds());
            _commit.ExecuteNonQuery();
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    /// <summary>Saves the epoch of the Acct-Session-Ids of this process.</summary>
    public void SaveEpoch(uint epoch) => Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE node SET epoch = {epoch}"));

    /// <summary>Reads one session; false: a column is no record, see <paramref name="why"/>.</summary>
    public bool TryLoad(long key, out SpooledSession session, out string why)
    {
        (session, why) = (new SpooledSession(key, null, null), "");
        _load.Parameters[0].Value = key;
        using var row = _load.ExecuteReader();
        if (!row.Read()) return true;
        if (!TryDecode(row, 1, out var start, ref why)) return false;
        if (!TryDecode(row, 2, out var last, ref why)) return false;
        if (!TryDecode(row, 3, out var stop, ref why)) return false;
        if (stop is null && start is not null && !row.IsDBNull(4))
            stop = LostSession.Stop(start, last, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));
        session = new SpooledSession(key, row.GetInt64(0) != 0 ? start : null, stop);
        return true;
    }

    /// <summary>Moves a row that cannot be decoded to the table broken, where an operator can look at it.</summary>
    public void PutAside(long key, string why)
    {
        _begin.ExecuteNonQuery();
        try
        {
            Run(_putAside, key, why);
            Run(_remove, key);
            _commit.ExecuteNonQuery();
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    /// <summary>Copies the write-ahead log into the file.</summary>
    public void Checkpoint() => Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    public void Dispose()
    {
        ReadOnlySpan<SqliteCommand> commands =
            [_begin, _commit, _rollback, _insert, _startAccepted, _last, _stop, _remove, _load, _alive, _putAside];
        foreach (var command in commands) command.Dispose();
        _connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        // exclusive: two nodes on one file would send each other's records
        // synchronous = NORMAL: a commit outlives the process at once, and a power cut after the next checkpoint
        Run("PRAGMA locking_mode = EXCLUSIVE");
        Run("PRAGMA journal_mode = WAL");
        Run("PRAGMA synchronous = NORMAL");
        Run("PRAGMA cache_size = -4096"); // KiB
        var isNew = Ask("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && Ask("PRAGMA application_id") != ApplicationId)
            throw new SpoolStartException($"cannot use the accounting spool {path}: it is the database of another program");
        if (!isNew && Ask("PRAGMA user_version") is var version && version != SchemaVersion)
        {
            throw new SpoolStartException(
                $"cannot use the accounting spool {path}: it has schema {version}, of another lnsd; this one knows schema {SchemaVersion}");
        }
        if (!isNew) return;
        Run(string.Create(CultureInfo.InvariantCulture, $"""
            BEGIN IMMEDIATE;
            CREATE TABLE session (
                key INTEGER PRIMARY KEY, start_due INTEGER NOT NULL, began INTEGER NOT NULL,
                start BLOB, last BLOB, stop BLOB, lost INTEGER) STRICT;
            CREATE TABLE node (alive INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
            CREATE TABLE broken (key INTEGER, start BLOB, last BLOB, stop BLOB, why TEXT) STRICT;
            INSERT INTO node VALUES (0, 0);
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {SchemaVersion};
            COMMIT;
            """));

        void Run(string sql)
        {
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }

        long Ask(string sql)
        {
            command.CommandText = sql;
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Ends the sessions that were up when the process before ended: writes the time when that process was last alive into their rows.
    /// Their Stops are made from that at each read, always the same. The same transaction writes the new time, so a process that is killed
    /// here leaves the file as it found it.
    /// </summary>
    private void Recover(DateTimeOffset nowUtc)
    {
        _begin.ExecuteNonQuery();
        LeftOpen = Execute("UPDATE session SET lost = (SELECT alive FROM node) WHERE stop IS NULL AND lost IS NULL");
        Run(_alive, nowUtc.ToUnixTimeMilliseconds());
        _commit.ExecuteNonQuery();
        PreviousEpoch = (uint)Number("SELECT epoch FROM node");
        var left = ImmutableArray.CreateBuilder<WaitingSession>();
        using var command = Command("SELECT key, start_due, began FROM session ORDER BY key");
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            left.Add(new WaitingSession(rows.GetInt64(0), rows.GetInt64(2)));
            LeftRecords += rows.GetInt64(1) != 0 ? 2 : 1;
            LastKey = rows.GetInt64(0);
        }
        Left = left.ToImmutable();
    }

    private void Write(SpoolChange change)
    {
        if (change.Remove) Run(_remove, change.Key);
        else if (change.Start is { } start)
        {
            Run(_insert, change.Key, change.IsStartAccepted ? 0L : 1L, start.OccurredUtc.ToUnixTimeMilliseconds(),
                AccountingRecordCodec.Encode(start), Encode(change.Last), Encode(change.Stop));
        }
        else
        {
            if (change.IsStartAccepted) Run(_startAccepted, change.Key);
            if (change.Last is { } last) Run(_last, change.Key, AccountingRecordCodec.Encode(last));
            if (change.Stop is { } stop)
                Run(_stop, change.Key, stop.OccurredUtc.ToUnixTimeMilliseconds(), AccountingRecordCodec.Encode(stop));
        }
    }

    private static object Encode(AccountingRecord? record) => record is null ? DBNull.Value : AccountingRecordCodec.Encode(record);

    private static bool TryDecode(SqliteDataReader row, int column, out AccountingRecord? record, ref string why)
    {
        record = null;
        if (row.IsDBNull(column)) return true;
        if (AccountingRecordCodec.TryDecode(row.GetFieldValue<byte[]>(column), out record, out var error)) return true;
        why = $"{row.GetName(column)}: {error}";
        return false;
    }

    private void Rollback()
    {
        // after some errors SQLite has rolled back by itself
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.ExecuteNonQuery();
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private int Execute(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
