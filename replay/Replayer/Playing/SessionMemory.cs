using System.Buffers;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What a session has been given so far that a new connection in its stead needs: settings, database, prepared statements. As the recorded messages, in
/// order, without those that a later one has made pointless. Locks are not in it, nor the contents of temporary tables.
/// </summary>
/// <remarks>Not safe for several threads. Nothing is allocated for statements that are prepared and closed again and again: buffers come from the pool.</remarks>
public sealed class SessionMemory(Engine engine, SessionMemoryBudget budget)
{
    /// <summary>The most messages of one session: 1,000. Looking one up is a walk over them.</summary>
    public const int MaxMessages = 1_000;

    /// <summary>The most bytes of one session: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly List<Message> _messages = [];
    private long _bytes;
    private bool _transactionFailed;

    private enum Kind : byte
    {
        /// <summary>A prepared statement, by MySQL's number or PostgreSQL's name.</summary>
        Statement,

        /// <summary>By the shape.</summary>
        Setting,
        Database,

        /// <summary>By its bytes.</summary>
        TemporaryTable,

        /// <summary>By its bytes.</summary>
        Other,
    }

    /// <summary>Whether all is in it; not once a bound was hit, until the session throws its state away.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Whether there is a temporary table among it, whose contents are not.</summary>
    public bool HasTemporaryTable => _messages.Exists(static m => m.Kind == Kind.TemporaryTable);

    /// <summary>How many messages.</summary>
    public int Count => _messages.Count;

    /// <summary>The message at <paramref name="index"/>, in the order in which they are to be sent; each is answered by itself.</summary>
    public RecordedRequest this[int index]
    {
        get
        {
            var message = _messages[index];
            return new RecordedRequest
            {
                Command = message.Command,
                Flags = message.Flags,
                Bytes = message.Buffer.AsSpan(0, message.Length),
                ParameterTypes = message.Buffer.AsSpan(message.Length, message.TypesLength),
                StatementHandle = message.Handle,
            };
        }
    }

    /// <summary>
    /// An exchange has ended; its request is still there. <paramref name="succeeded"/>: whether it did what it did in the capture.
    /// </summary>
    public void Note(in PlannedExchange planned, bool succeeded)
    {
        var isPostgres = engine == Engine.PostgreSql;
        // PostgreSQL's Parse holds although the Execute behind it fails.
        if (planned.Effect == SessionEffect.Statements ? succeeded || planned.Command == Command.Execute : succeeded && planned.Effect is not (SessionEffect.None or SessionEffect.RollsBack))
        {
            Apply(in planned, isProvisional: isPostgres && planned.State is TransactionState.Open or TransactionState.Failed);
        }

        if (!isPostgres)
        {
            return;
        }

        if (planned.State == TransactionState.Idle)
        {
            EndTransaction(keep: planned.Effect != SessionEffect.RollsBack && !_transactionFailed);
        }

        _transactionFailed = planned.State == TransactionState.Failed || (_transactionFailed && planned.State == TransactionState.Unknown);
    }

    /// <summary>Forgets temporary tables, of which none is left.</summary>
    public void ForgetTemporaryTables()
    {
        for (var i = _messages.Count - 1; i >= 0; i--)
        {
            if (_messages[i].Kind == Kind.TemporaryTable)
            {
                RemoveAt(i);
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        RemoveAll(butDatabase: false);
        IsWhole = true;
    }

    private void Apply(in PlannedExchange planned, bool isProvisional)
    {
        switch (planned.Effect)
        {
            case SessionEffect.Statements when engine == Engine.MySql:
                RemoveStatement(planned.StatementHandle);
                if (planned.Command == Command.MySqlStatementPrepare)
                {
                    Add(Kind.Statement, in planned, planned.Request.Span, isProvisional: false);
                }

                break;
            case SessionEffect.Statements:
                NoteStatements(in planned);
                break;
            case SessionEffect.Setting or SessionEffect.Database or SessionEffect.Repeatable or SessionEffect.TemporaryTable:
                NoteStatements(in planned);
                var kind = planned.Effect switch
                {
                    SessionEffect.Setting => Kind.Setting,
                    SessionEffect.Database => Kind.Database,
                    SessionEffect.TemporaryTable => Kind.TemporaryTable,
                    _ => Kind.Other,
                };
                Add(kind, in planned, engine == Engine.PostgreSql ? PostgresMessages.ByItself(planned.Request.Span) : planned.Request.Span, isProvisional);
                break;
            case SessionEffect.Discards or SessionEffect.Renews:
                // A reset leaves MySQL's session in its database.
                RemoveAll(butDatabase: engine == Engine.MySql && planned.Effect == SessionEffect.Discards);
                IsWhole = true;
                if (planned.Effect == SessionEffect.Renews)
                {
                    Add(Kind.Other, in planned, planned.Request.Span, isProvisional: false);
                }

                break;
        }
    }

    private void NoteStatements(in PlannedExchange planned)
    {
        if (engine != Engine.PostgreSql)
        {
            return;
        }

        var request = planned.Request.Span;
        while (PostgresMessages.TryNext(ref request, out var message))
        {
            var name = PostgresMessages.StatementName(message, out var isClose);
            if (name.IsEmpty)
            {
                continue;
            }

            for (var i = _messages.Count - 1; i >= 0; i--)
            {
                if (_messages[i].Kind == Kind.Statement && PostgresMessages.StatementName(_messages[i].Buffer, out _).SequenceEqual(name))
                {
                    RemoveAt(i);
                }
            }

            if (!isClose)
            {
                var parse = new PlannedExchange { Command = Command.Parse, Flags = ExchangeFlags.EndsBatch, StatementHandle = -1, Shape = -1 };
                Add(Kind.Statement, in parse, PostgresMessages.NamedParses(message), isProvisional: false);
            }
        }
    }

    private void Add(Kind kind, in PlannedExchange planned, ReadOnlySpan<byte> request, bool isProvisional)
    {
        var types = planned.ParameterTypes.Span;
        var length = request.Length + types.Length;
        if (!IsWhole)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        request.CopyTo(buffer);
        types.CopyTo(buffer.AsSpan(request.Length));
        var message = new Message(kind, planned.Command, planned.Flags, planned.StatementHandle, planned.Shape, buffer, request.Length, types.Length, isProvisional);
        if (!isProvisional)
        {
            RemoveReplacedBy(message, _messages.Count);
        }

        if (_messages.Count == MaxMessages || _bytes + length > MaxBytes || !budget.TryTake(length))
        {
            ArrayPool<byte>.Shared.Return(buffer);
            RemoveAll(butDatabase: false);
            IsWhole = false;
            return;
        }

        _bytes += length;
        _messages.Add(message);
    }

    private void EndTransaction(bool keep)
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            if (!_messages[i].IsProvisional)
            {
                continue;
            }

            if (keep)
            {
                _messages[i] = _messages[i] with { IsProvisional = false };
                i -= RemoveReplacedBy(_messages[i], i);
            }
            else
            {
                RemoveAt(i--);
            }
        }
    }

    // Of the messages before an index.
    private int RemoveReplacedBy(in Message later, int before)
    {
        var removed = 0;
        var isBuiltOn = false;
        for (var i = before - 1; i >= 0; i--)
        {
            if (!isBuiltOn && Replaces(in later, _messages[i]))
            {
                RemoveAt(i);
                removed++;
                continue;
            }

            // MySQL's statements are prepared for the database and the modes that are in force then; PostgreSQL understands them anew.
            isBuiltOn |= engine == Engine.MySql && later.Kind is Kind.Setting or Kind.Database && _messages[i].Kind is Kind.Statement or Kind.TemporaryTable or Kind.Other;
        }

        return removed;
    }

    private static bool Replaces(in Message later, in Message earlier) => earlier.Kind == later.Kind && later.Kind switch
    {
        Kind.Statement => false,
        Kind.Database => true,
        Kind.Setting when later.Shape >= 0 => earlier.Shape == later.Shape,
        _ => earlier.Buffer.AsSpan(0, earlier.Length).SequenceEqual(later.Buffer.AsSpan(0, later.Length)),
    };

    private void RemoveAll(bool butDatabase)
    {
        for (var i = _messages.Count - 1; i >= 0; i--)
        {
            if (!butDatabase || _messages[i].Kind != Kind.Database)
            {
                RemoveAt(i);
            }
        }
    }

    private void RemoveStatement(long handle)
    {
        for (var i = _messages.Count - 1; i >= 0; i--)
        {
            if (_messages[i].Kind == Kind.Statement && _messages[i].Handle == handle)
            {
                RemoveAt(i);
            }
        }
    }

    private void RemoveAt(int index)
    {
        var message = _messages[index];
        _messages.RemoveAt(index);
        _bytes -= message.Length + message.TypesLength;
        budget.Return(message.Length + message.TypesLength);
        ArrayPool<byte>.Shared.Return(message.Buffer);
    }

    private readonly record struct Message(
        Kind Kind, Command Command, ExchangeFlags Flags, long Handle, int Shape, byte[] Buffer, int Length, int TypesLength, bool IsProvisional);
}
