namespace Replay.Client.MySql;

/// <summary>The captured session's statement numbers and this session's for the same statements.</summary>
internal sealed class StatementIdMap
{
    /// <summary>A number that no server gives: what names a statement that is not there gets the answer that says so.</summary>
    public const uint Nobody = 0x7FFF_FFFE;

    /// <summary>MariaDB: the statement prepared last.</summary>
    public const uint Last = uint.MaxValue;

    private readonly Dictionary<uint, Entry> _byCaptured = [];
    private uint _last = Nobody;

    /// <summary>The statement prepared last, in this session's numbers; <see cref="Nobody"/> if there is none.</summary>
    public uint LastPrepared => _last;

    /// <summary>Notes that <paramref name="captured"/> is <paramref name="prepared"/> here.</summary>
    public void Add(uint captured, in StatementKey prepared)
    {
        _byCaptured[captured] = new Entry(prepared.Id, prepared.Parameters);
        _last = prepared.Id;
    }

    /// <summary>The prepare of what was <paramref name="captured"/> failed here; it may have been another statement's number before.</summary>
    public void PrepareFailed(uint captured)
    {
        _byCaptured.Remove(captured);
        _last = Nobody;
    }

    /// <summary>This session's number; false if the statement was not prepared in it.</summary>
    public bool TryFind(uint captured, out StatementKey statement)
    {
        var found = _byCaptured.TryGetValue(captured, out var entry);
        statement = new StatementKey(found ? entry.Id : Nobody, entry.Parameters);
        return found;
    }

    /// <summary>The statement was closed.</summary>
    public void Remove(uint captured) => _byCaptured.Remove(captured);

    /// <summary>All were closed by the server.</summary>
    public void Clear()
    {
        _byCaptured.Clear();
        _last = Nobody;
    }

    private readonly record struct Entry(uint Id, int Parameters);
}

/// <summary>A prepared statement of this session: its number and how many parameters it has.</summary>
internal readonly record struct StatementKey(uint Id, int Parameters);
