using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Which exchange's response showed a value first, for the last 100,000 to 200,000 values. One thread.</summary>
internal sealed class TokenSources
{
    private const int Generation = 100_000;

    private Dictionary<UInt128, Source> _values = [];
    private Dictionary<UInt128, Source> _older = [];

    /// <summary>The exchange's response shows a value.</summary>
    public void Add(UInt128 key, in Exchange exchange)
    {
        if (_older.ContainsKey(key) || !_values.TryAdd(key, new Source(exchange.Session, exchange.Ordinal, exchange.EndedAtMicroseconds)) || _values.Count < Generation)
        {
            return;
        }

        _older = _values;
        _values = [];
    }

    /// <summary>The end to wait for before a request names the value: of another session's exchange that had ended when it was sent, so that nothing waits in a circle by it.</summary>
    public bool TryFind(UInt128 key, int session, long requestedAtMicroseconds, out OrderDependency source)
    {
        var isThere = (_values.TryGetValue(key, out var found) || _older.TryGetValue(key, out found)) && found.Session != session && found.EndedAtMicroseconds <= requestedAtMicroseconds;
        source = isThere ? OrderDependency.OnEnd(found.Session, found.Ordinal, OrderReason.Value) : default;
        return isThere;
    }

    private readonly record struct Source(int Session, int Ordinal, long EndedAtMicroseconds);
}
