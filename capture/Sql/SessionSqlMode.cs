namespace Replay.Sql;

/// <summary>
/// How the texts of one MySQL or MariaDB session are cut into tokens, as its <c>sql_mode</c> changes. A prepared text keeps what held when it was prepared. Whoever sees the
/// session's commands tells of those that matter.
/// </summary>
public sealed class SessionSqlMode(ServerSqlMode server)
{
    private readonly SqlMode _mode = new(server);
    private readonly Dictionary<long, LexerOptions?> _prepared = []; // those that are not None; the server bounds how many are open

    /// <summary>What holds for a text that is sent; null if that is not known and would matter.</summary>
    public LexerOptions? OfText(ReadOnlySpan<byte> sql) => Known(sql, sql.Contains((byte)';') && SqlMode.IsNamedIn(sql) ? null : _mode.Options);

    /// <summary>What holds for a text that was prepared; null if that is not known and would matter.</summary>
    public LexerOptions? OfPrepared(long handle, ReadOnlySpan<byte> sql) => Known(sql, _prepared.GetValueOrDefault(handle, LexerOptions.None));

    /// <summary>A text was run, prepared or not.</summary>
    public void Run(ReadOnlySpan<byte> sql, bool failed)
    {
        if (SqlMode.IsNamedIn(sql))
        {
            _mode.Follow(sql, failed);
        }
    }

    /// <summary>A text was prepared.</summary>
    public void Prepare(long handle)
    {
        if (_mode.Options != LexerOptions.None)
        {
            _prepared[handle] = _mode.Options;
        }
    }

    /// <summary>A prepared text was closed.</summary>
    public void Close(long handle) => _prepared.Remove(handle);

    /// <summary>The session has been given back the server's defaults: COM_RESET_CONNECTION, COM_CHANGE_USER.</summary>
    public void Reset()
    {
        _mode.Reset();
        _prepared.Clear();
    }

    private static LexerOptions? Known(ReadOnlySpan<byte> sql, LexerOptions? options) => options is null && SqlMode.IsSameInAll(sql) ? LexerOptions.None : options;
}
