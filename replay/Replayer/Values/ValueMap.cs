using System.Collections.Concurrent;
using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Values of high entropy that the server made: what it made in the capture, and what it makes now in the same place. Only of values that no client had sent
/// before: those are the clients' own.
/// </summary>
public sealed class ValueMap(ValueCounts counts)
{
    /// <summary>The most values that are known; when 100,000 have come in, those are forgotten that no request has named since the 100,000 before.</summary>
    public const int MaxValues = 2 * Generation;

    private const int Generation = 100_000;

    private readonly TokenFilter _sent = new();
    private readonly TokenFilter _returned = new();
    private readonly TokenSources _sources = new();
    private readonly ByteStore _kept = new();
    private ConcurrentDictionary<UInt128, byte[]> _values = new();
    private ConcurrentDictionary<UInt128, byte[]> _older = new();
    private long _entered;
    private volatile bool _hasAny;

    /// <summary>Whether there is anything to replace.</summary>
    public bool HasAny => _hasAny;

    /// <summary>How many are known.</summary>
    internal int Count => _values.Count + _older.Count;

    /// <summary>
    /// Notes what an exchange's client sent, and gives those values of its response that are to be compared, the others as NULL. Empty if there are none; valid
    /// until the next call. Notes in <paramref name="values"/> which exchanges showed what it sends. The feeder's thread.
    /// </summary>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedValues values)
    {
        var adding = new Adding(_sent, _sources, exchange.Session, exchange.RequestedAtMicroseconds);
        TokenFinder.Find(exchange.Request, IsBinary(exchange.Command), ref adding);
        values.Sources = adding.Needs?.ToArray();
        var source = exchange.Values;
        if (source.Length <= ServerToken.MinLength)
        {
            return default;
        }

        _kept.Truncate(0);
        var end = 0;
        while (VarInt.TryRead(ref source, out var columns) && columns <= (ulong)source.Length)
        {
            RowValues.BeginRow(_kept, (int)columns);
            for (ulong i = 0; i < columns && TryRead(ref source, out var value); i++)
            {
                var form = ServerToken.Read(value, out var key);
                if (form != TokenForm.None)
                {
                    _returned.Add(key);
                }

                if (form == TokenForm.None || _sent.Contains(key))
                {
                    RowValues.AppendNull(_kept);
                    continue;
                }

                _sources.Add(key, in exchange);
                RowValues.AppendValue(_kept, value);
                end = _kept.Length;
            }
        }

        return _kept.Written[..end];
    }

    /// <summary>Compares what was kept of a captured response with the response now; any thread.</summary>
    /// <param name="kept">What <see cref="Plan"/> has given.</param>
    /// <param name="exchange">The response now.</param>
    /// <param name="replaces">Whether what is known of a value already is no more (it was rolled back).</param>
    public void Learn(ReadOnlySpan<byte> kept, in Exchange exchange, bool replaces = false)
    {
        var now = exchange.Values;
        while (VarInt.TryRead(ref kept, out var columns))
        {
            var isThere = VarInt.TryRead(ref now, out var columnsNow) && columnsNow == columns;
            for (ulong i = 0; i < columns && !kept.IsEmpty; i++)
            {
                var before = Read(ref kept);
                ReadOnlySpan<byte> after = default;
                isThere = isThere && TryRead(ref now, out after);
                if (before.IsEmpty)
                {
                    continue;
                }

                if (!isThere)
                {
                    counts.Miss(MissReason.NotReturned);
                }
                else if (!before.SequenceEqual(after))
                {
                    Learn(before, after, replaces);
                }
            }
        }
    }

    /// <summary>What stands for a captured value now.</summary>
    internal bool TryFind(UInt128 key, out byte[] value)
    {
        if (_values.TryGetValue(key, out value!))
        {
            return true;
        }

        if (!_older.TryGetValue(key, out value!))
        {
            return false;
        }

        if (_values.TryAdd(key, value))
        {
            MakeRoom();
        }

        return true;
    }

    /// <summary>Whether a command's requests hold values with lengths before them.</summary>
    internal static bool IsBinary(Command command) => command is Command.Execute or Command.Bind or Command.FunctionCall
        or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute or Command.MySqlStatementSendLongData;

    private void Learn(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool replaces)
    {
        var form = ServerToken.Read(before, out var key);
        var formNow = ServerToken.Read(after, out var keyNow);
        // A value that the capture has too belongs to another row: the runs went apart, and nothing was made anew.
        if (formNow == TokenForm.None || (form == TokenForm.Text) != (formNow == TokenForm.Text) || _returned.Contains(keyNow) || _sent.Contains(keyNow))
        {
            counts.Miss(MissReason.NotReturned);
            return;
        }

        var value = ServerToken.Keep(after, formNow, keyNow);
        if (replaces && _values.ContainsKey(key))
        {
            _values[key] = value;
        }
        else if (_values.TryAdd(key, value))
        {
            _hasAny = true;
            counts.SawMapped();
            MakeRoom();
        }
    }

    private void MakeRoom()
    {
        if (Interlocked.Increment(ref _entered) % Generation == 0)
        {
            _older = Interlocked.Exchange(ref _values, new());
        }
    }

    private static ReadOnlySpan<byte> Read(scoped ref ReadOnlySpan<byte> source) => TryRead(ref source, out var value) ? value : default;

    // NULL is empty.
    private static bool TryRead(scoped ref ReadOnlySpan<byte> source, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!VarInt.TryRead(ref source, out var length) || length > (ulong)source.Length + 1)
        {
            return false;
        }

        if (length > 0)
        {
            value = source[..(int)(length - 1)];
            source = source[(int)(length - 1)..];
        }

        return true;
    }

    private struct Adding(TokenFilter sent, TokenSources sources, int session, long requestedAt) : ITokenVisitor
    {
        public List<OrderDependency>? Needs { get; private set; }

        public void Found(int start, int length, TokenForm form, UInt128 key)
        {
            sent.Add(key);
            if (!sources.TryFind(key, session, requestedAt, out var source))
            {
                return;
            }

            // The last of a session stands for those before it, so there are as many as sessions at most.
            Needs ??= [];
            var known = Needs.FindIndex(need => need.Session == source.Session);
            if (known < 0)
            {
                Needs.Add(source);
            }
            else if (Needs[known].Ordinal < source.Ordinal)
            {
                Needs[known] = source;
            }
        }
    }
}
