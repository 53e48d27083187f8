using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>
/// Which messages make one exchange. A sniffed session: an Execute claims the Parse, Bind and Describes that serve it and what travels with
/// them; what is left at the Sync makes exchanges of its own. The replayer's own session: what it sends at once.
/// </content>
public sealed partial class PostgresConversation
{
    private PendingExchange? _explicit;
    private bool _isExplicit;

    // The current batch: its number, the last exchange made in it, and the first slot that may have no exchange yet.
    private int _batch;
    private int _nextBatch;
    private bool _batchIsOpen;
    private PendingExchange? _batchLast;
    private long _unassignedFrom;

    private long FirstUnassigned => Math.Max(_unassignedFrom, _slots.Oldest);

    /// <summary>
    /// The bytes to come are one exchange's, whatever they hold, until <see cref="EndRequest"/>. COPY data that follow later are added to it.
    /// </summary>
    public void BeginRequest(Command command)
    {
        _isExplicit = true;
        _explicit = NewExchange(command, _slots.End);
        _explicit.Batch = command is Command.Query or Command.FunctionCall or Command.Terminate ? -1 : CurrentBatch();
    }

    /// <summary>Ends what <see cref="BeginRequest"/> began.</summary>
    public void EndRequest()
    {
        var exchange = _explicit;
        _explicit = null;
        if (exchange is null || _phase == Phase.Over)
        {
            return;
        }

        exchange.IsSealed = true;
        PassSilentSlots();
        EndIfDone(exchange);
        FlushFinished(isTimed: true);
        ReleaseRequestBytes();
    }

    /// <summary>Before a message gets its slot: what it closes is closed.</summary>
    private void BeforeRequest(byte type)
    {
        _orphanTold = false;
        DropGhosts();
        if (!_isExplicit && _batchLast is { } last && type is not (FrontendMessages.Close or FrontendMessages.Sync or FrontendMessages.Flush))
        {
            Seal(last);
        }
    }

    private void Group(long number)
    {
        ref var slot = ref _slots[number];
        if (_isExplicit)
        {
            GroupExplicitly(ref slot, number);
        }
        else
        {
            switch (slot.Type)
            {
                case FrontendMessages.Query:
                    GroupAlone(ref slot, number, Command.Query);
                    break;
                case FrontendMessages.FunctionCall:
                    GroupAlone(ref slot, number, Command.FunctionCall);
                    break;
                case FrontendMessages.Terminate:
                    GroupAlone(ref slot, number, Command.Terminate);
                    break;
                case FrontendMessages.Execute:
                    GroupExecute(number);
                    break;
                case FrontendMessages.Sync when _copyIn is not null:
                    Join(ref slot, number, _copyIn, counts: false);
                    break;
                case FrontendMessages.Sync:
                    EndBatch(number);
                    break;
                case FrontendMessages.Flush when _batchLast is { } last:
                    Join(ref slot, number, last, counts: false);
                    Seal(last);
                    break;
            }
        }

        if (_isSkipping)
        {
            SkipWaiting();
        }

        if (slot.State != SlotState.Waiting || IsSilent(slot.Type))
        {
            PassSilentSlots();
        }
    }

    private void GroupExplicitly(ref RequestSlot slot, long number)
    {
        var exchange = _explicit ?? _copyCandidate;
        if (exchange is null)
        {
            slot.State = SlotState.Released;
            return;
        }

        var isSilent = IsSilent(slot.Type) || (slot.Type == FrontendMessages.Sync && _copyIn is not null);
        Join(ref slot, number, exchange, counts: !isSilent || IsSilent(slot.Type));
        if (slot.Type is FrontendMessages.Query or FrontendMessages.Execute)
        {
            _copyCandidate = exchange;
        }

        exchange.Flags |= slot.Type == FrontendMessages.Terminate ? ExchangeFlags.NoResponse : 0;

        if (slot.Type == FrontendMessages.Execute)
        {
            TakePortal(exchange);
        }

        if (!isSilent && slot.Type is FrontendMessages.Query or FrontendMessages.FunctionCall or FrontendMessages.Sync)
        {
            exchange.Flags |= ExchangeFlags.EndsBatch;
            _batchIsOpen = false;
        }
    }

    /// <summary>A message that is an exchange by itself.</summary>
    private void GroupAlone(ref RequestSlot slot, long number, Command command)
    {
        GroupLeftovers(number);
        var exchange = NewExchange(command, number);
        Join(ref slot, number, exchange, counts: true);
        if (command == Command.Query)
        {
            _copyCandidate = exchange;
        }

        exchange.Flags |= command == Command.Terminate ? ExchangeFlags.NoResponse : ExchangeFlags.EndsBatch;
        exchange.IsSealed = true;
        _batchLast = null;
        _unassignedFrom = _slots.End;
        _batchIsOpen = false;
    }

    /// <summary>An Execute: its exchange takes what serves it out of the messages that belong to none.</summary>
    private void GroupExecute(long number)
    {
        var exchange = NewExchange(Command.Execute, number);
        exchange.Batch = CurrentBatch();
        TakePortal(exchange);
        ref var execute = ref _slots[number];
        var first = -1L;
        for (var n = FirstUnassigned; n <= number; n++)
        {
            ref var slot = ref _slots[n];
            if (slot.Exchange is null && slot.State != SlotState.Released && Serves(slot, execute, exchange.Statement))
            {
                first = first < 0 ? n : first;
                Join(ref slot, n, exchange, counts: true);
                if (slot.Type == FrontendMessages.Describe && slot.State == SlotState.Done)
                {
                    // A client that waits for the description before it binds: it was answered while the Execute was not yet there.
                    TakeDescribedColumns(exchange);
                }
            }
        }

        exchange.FirstSlot = first;
        _copyCandidate = exchange;
        _batchLast = exchange;
    }

    private static bool Serves(in RequestSlot slot, in RequestSlot execute, PostgresStatement? statement) => slot.Type switch
    {
        FrontendMessages.Parse => statement is not null && slot.Statement == statement,
        FrontendMessages.Bind => slot.NameHash == execute.NameHash,
        FrontendMessages.Describe => slot.NamesStatement ? statement is not null && slot.Statement == statement : slot.NameHash == execute.NameHash,
        _ => true,
    };

    /// <summary>Sync: what serves no Execute becomes exchanges; the Sync goes to the batch's last one.</summary>
    private void EndBatch(long number)
    {
        GroupLeftovers(number);
        if (_batchLast is null)
        {
            _batchLast = NewExchange(Command.Sync, number);
            _batchLast.Batch = CurrentBatch();
        }

        var last = _batchLast;
        Join(ref _slots[number], number, last, counts: true);
        last.Flags |= ExchangeFlags.EndsBatch;
        last.IsSealed = true;
        _batchLast = null;
        _batchIsOpen = false;
        _unassignedFrom = _slots.End;
    }

    /// <summary>Gives every message before <paramref name="end"/> that has no exchange one: its own, or its neighbour's.</summary>
    private void GroupLeftovers(long end)
    {
        PendingExchange? current = null;
        for (var n = FirstUnassigned; n < end; n++)
        {
            ref var slot = ref _slots[n];
            if (slot.Exchange is not null || slot.State == SlotState.Released || slot.Type is RequestSlot.Login or RequestSlot.Hole)
            {
                continue;
            }

            // A Describe goes with the Parse or Bind that it is about; a Close or Flush with whatever is there.
            var target = slot.Type switch
            {
                FrontendMessages.Describe when current is not null && current.Command != Command.Describe => current,
                FrontendMessages.Close when _batchLast is { } last && last.Command != Command.Close => last,
                FrontendMessages.Flush => _batchLast,
                _ => null,
            };
            if (target is null)
            {
                target = NewExchange(CommandOf(slot.Type), n);
                target.Batch = CurrentBatch();
                current = target;
            }

            Join(ref slot, n, target, counts: true);
            target.TakeTimes(slot);
            if (_batchLast is { } previous && previous != target)
            {
                Seal(previous);
            }

            _batchLast = target;
        }

        _unassignedFrom = Math.Max(_unassignedFrom, end);
    }

    /// <summary>What the Execute's portal tells of it.</summary>
    private void TakePortal(PendingExchange exchange)
    {
        _statements.Release(exchange.Statement);
        exchange.Statement = _executed?.Statement;
        _statements.AddReference(exchange.Statement);
        if (exchange.Statement is null)
        {
            exchange.Flags |= ExchangeFlags.UnknownStatement;
        }

        exchange.ResultFormats.Reset(int.MaxValue);
        if (_executed is { } portal)
        {
            exchange.ResultFormats.Append(portal.ResultFormats.Bytes);
        }
    }

    private int CurrentBatch()
    {
        if (!_batchIsOpen)
        {
            _batchIsOpen = true;
            _batch = _nextBatch++;
        }

        return _batch;
    }

    private static Command CommandOf(byte type) => type switch
    {
        FrontendMessages.Parse => Command.Parse,
        FrontendMessages.Bind => Command.Bind,
        FrontendMessages.Describe => Command.Describe,
        FrontendMessages.Close => Command.Close,
        FrontendMessages.Execute => Command.Execute,
        _ => Command.Sync,
    };
}
