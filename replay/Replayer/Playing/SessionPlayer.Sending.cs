using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Sending: what may go while something is outstanding, and how it goes.</content>
public sealed partial class SessionPlayer
{
    private bool MayOvertake(in PlannedExchange head)
    {
        // The target's statement id is not known before the prepare has ended, and only MariaDB has a name for it until then.
        if (NamesStatement(head.Command) && IsPreparing())
        {
            return head.IsPipelined && _link!.KnowsLastStatement;
        }

        if (head.IsPipelined || (head.Batch >= 0 && head.Batch == _failedBatch))
        {
            return true;
        }

        // What is due after a response waits for it.
        return _context.Order == OrderMode.None && _context.Schedule.Mode == ScheduleMode.Absolute && _sent.Count < MaxOvertaking;
    }

    private static bool NamesStatement(Command command) => command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute
        or Command.MySqlStatementFetch or Command.MySqlStatementReset or Command.MySqlStatementSendLongData or Command.MySqlStatementClose;

    private bool IsPreparing()
    {
        for (var i = _sent.Count - 1; i >= 0; i--)
        {
            if (_sent[i].Planned.Command == Command.MySqlStatementPrepare)
            {
                return true;
            }
        }

        return false;
    }

    private void Send(in SentExchange sent, IPlayerLink link)
    {
        ref readonly var planned = ref sent.Planned;
        if (sent.ResentNumber == 0)
        {
            _context.EnterWire();
        }

        var request = planned.Verdict == PlayVerdict.PreRollParse ? PostgresMessages.NamedParses(planned.Request.Span)
            : planned.Position < 0 ? PostgresMessages.Sync
            : _values is null ? planned.Request.Span
            : _values.Rewrite(in planned, planned.Request.Span);
        var recorded = new RecordedRequest
        {
            Command = planned.Verdict == PlayVerdict.PreRollParse ? Command.Parse : planned.Command,
            Flags = planned.Flags,
            Bytes = request,
            ParameterTypes = planned.ParameterTypes.Span,
            StatementHandle = planned.StatementHandle,
        };
        if (link.TrySend(in recorded, planned.Position, out var problem))
        {
            if (planned.Position >= 0 && !planned.IsPreRoll && sent.ResentNumber == 0)
            {
                _context.Gate.Sent(in planned, this);
            }

            return;
        }

        OnNotSent(problem);
    }

    private static void Release(ref PlannedExchange planned)
    {
        planned.Slab?.Release();
        planned.Slab = null;
    }
}
