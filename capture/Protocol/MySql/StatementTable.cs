namespace Replay.Protocol.MySql;

/// <summary>The session's prepared statements by the server's number; bounded in number and bytes, the oldest is forgotten first.</summary>
internal sealed class StatementTable
{
    /// <summary>MariaDB: "the statement prepared last", so that an execute can travel with its prepare.</summary>
    public const uint Last = uint.MaxValue;

    /// <summary>The most bytes of texts and types of one session; a pool of 1,000 connections with ordinary statements stays far below.</summary>
    private const long MaxBytes = 32 << 20;

    /// <summary>Emptied entries kept for reuse: clients that prepare, execute and close each statement need one or two.</summary>
    private const int MaxSpare = 8;

    private readonly Dictionary<uint, PreparedStatement> _byId = [];
    private readonly Stack<PreparedStatement> _spare = new();
    private readonly int _maxCount;
    private PreparedStatement? _oldest;
    private PreparedStatement? _newest;
    private uint _lastId = Last;

    public StatementTable(int maxCount) => _maxCount = maxCount;

    /// <summary>Bytes of storage in use, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a bound made it forget statements that the server still has.</summary>
    public bool HasForgotten { get; private set; }

    /// <summary>The statement with that number; null if it is not known.</summary>
    public PreparedStatement? Find(uint id) => _byId.GetValueOrDefault(Resolve(id));

    /// <summary>The number that <paramref name="id"/> stands for: itself, or the last prepared statement's.</summary>
    public uint Resolve(uint id) => id == Last ? _lastId : id;

    /// <summary>Adds a statement that the server has just prepared.</summary>
    public PreparedStatement Add(uint id, ReadOnlySpan<byte> text, int parameterCount)
    {
        Remove(id);
        var statement = _spare.Count > 0 ? _spare.Pop() : new PreparedStatement();
        statement.Id = id;
        statement.ParameterCount = parameterCount;
        statement.Text.Append(text);
        statement.Older = _newest;
        if (_newest is null)
        {
            _oldest = statement;
        }
        else
        {
            _newest.Newer = statement;
        }

        _newest = statement;
        _byId.Add(id, statement);
        _lastId = id;
        Bytes += statement.Capacity;
        while (_byId.Count > 1 && _oldest is { } oldest && (_byId.Count > _maxCount || Bytes > MaxBytes))
        {
            Remove(oldest.Id);
            HasForgotten = true;
        }

        return statement;
    }

    /// <summary>A prepare failed: MariaDB's "last" stands for nothing until the next.</summary>
    public void PrepareFailed() => _lastId = Last;

    /// <summary>Changes an entry, with its bytes counted anew.</summary>
    public void Update(PreparedStatement statement, ReadOnlySpan<byte> columns, ReadOnlySpan<byte> columnTypes, ReadOnlySpan<byte> columnForms)
    {
        Bytes -= statement.Capacity;
        statement.Columns.Truncate(0);
        statement.Columns.Append(columns);
        statement.ColumnTypes.Truncate(0);
        statement.ColumnTypes.Append(columnTypes);
        statement.ColumnForms.Truncate(0);
        statement.ColumnForms.Append(columnForms);
        Bytes += statement.Capacity;
    }

    /// <summary>Forgets a statement.</summary>
    public void Remove(uint id)
    {
        if (!_byId.Remove(Resolve(id), out var statement))
        {
            return;
        }

        Bytes -= statement.Capacity;
        Unlink(statement);
        statement.Reset();
        if (_spare.Count < MaxSpare)
        {
            _spare.Push(statement);
        }
        else
        {
            statement.Release();
        }
    }

    /// <summary>Forgets all: after COM_CHANGE_USER and COM_RESET_CONNECTION the server has none.</summary>
    public void Clear()
    {
        while (_oldest is { } oldest)
        {
            Remove(oldest.Id);
        }

        _lastId = Last;
    }

    private void Unlink(PreparedStatement statement)
    {
        if (statement.Older is null)
        {
            _oldest = statement.Newer;
        }
        else
        {
            statement.Older.Newer = statement.Newer;
        }

        if (statement.Newer is null)
        {
            _newest = statement.Older;
        }
        else
        {
            statement.Newer.Older = statement.Older;
        }
    }
}
