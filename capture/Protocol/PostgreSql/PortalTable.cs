using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Protocol.PostgreSql;

/// <summary>The portals of one session. They live as long as their transaction; the unnamed one until the next Bind.</summary>
internal sealed class PortalTable(StatementRegistry statements, int maxPortals)
{
    private readonly PostgresPortal _unnamed = new();
    private readonly Dictionary<byte[], PostgresPortal> _named = new(ByteKeyComparer.Instance);
    private readonly Stack<PostgresPortal> _pool = new();
    private bool _hasUnnamed;

    public PostgresPortal? Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return _hasUnnamed ? _unnamed : null;
        }

        return _named.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var portal) ? portal : null;
    }

    public void Bind(ReadOnlySpan<byte> name, PostgresStatement? statement, FormatCodes resultFormats)
    {
        if (name.IsEmpty)
        {
            _hasUnnamed = true;
            _unnamed.Bind(statement, resultFormats, statements);
            return;
        }

        var lookup = _named.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(name, out var portal))
        {
            if (_named.Count >= maxPortals)
            {
                CloseNamed();
            }

            portal = _pool.TryPop(out var pooled) ? pooled : new PostgresPortal();
            lookup[name] = portal;
        }

        portal.Bind(statement, resultFormats, statements);
    }

    public void Close(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            _hasUnnamed = false;
            _unnamed.Close(statements);
        }
        else if (_named.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name, out _, out var portal))
        {
            portal.Close(statements);
            _pool.Push(portal);
        }
    }

    /// <summary>No transaction is open any more: no portal is left.</summary>
    public void EndTransaction()
    {
        if (_named.Count > 0)
        {
            CloseNamed();
        }
    }

    private void CloseNamed()
    {
        foreach (var portal in _named.Values)
        {
            portal.Close(statements);
            _pool.Push(portal);
        }

        _named.Clear();
    }
}
