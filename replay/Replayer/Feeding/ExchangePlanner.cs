using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Decides what is to be done with each captured exchange, and copies what that takes.</summary>
/// <param name="engine">The target's protocol.</param>
/// <param name="shapes">The traits of the workload's shapes.</param>
/// <param name="cut">What the snapshot's cut says.</param>
/// <param name="slabs">Where requests are kept.</param>
/// <param name="values">What is done about values.</param>
/// <param name="roles">The roles of the workload's shapes in transactions; none if nobody asks for them.</param>
/// <param name="selection">What of the workload is played; null: all.</param>
public sealed class ExchangePlanner(Engine engine, ShapeTraits[] shapes, CutPlan cut, RequestSlabs slabs, IRunValues values, TransactionRole[]? roles = null, Selection? selection = null)
{
    // The first three of a shape, then each that comes after twice as many: some 20 of a million.
    private const int FirstSamples = 3;

    private readonly int[] _seen = new int[shapes.Length];

    /// <summary>By shape, the locks that sessions keep; null if nobody asks for them.</summary>
    public SessionLockUse[]? Locks { get; set; }

    /// <summary>Where sessions have to keep their connections; null if connections are not shared.</summary>
    public KeepMarks? Keeps { get; set; }

    /// <summary>What is played otherwise than it was recorded; null: nothing.</summary>
    public Alterer? Alterer { get; set; }

    /// <summary>Why a whole session is left out; <see cref="RunReason.None"/> if it is not.</summary>
    public RunReason SessionReason(Session session) => session switch
    {
        { Purpose: SessionPurpose.SnapshotTool } => RunReason.SnapshotTool,
        { Purpose: SessionPurpose.Replication } => RunReason.Replication,
        _ when session.Engine != engine => RunReason.NotSupported,
        _ => selection?.Reason(session) ?? RunReason.None,
    };

    /// <summary>Plans an exchange of a session that is left out for <paramref name="sessionReason"/>, if it is.</summary>
    public void Plan(long position, in Exchange exchange, RunReason sessionReason, out PlannedExchange planned)
    {
        var traits = Traits(exchange.Shape);
        planned = new PlannedExchange
        {
            Position = position,
            Ordinal = exchange.Ordinal,
            Command = exchange.Command,
            Flags = exchange.Flags,
            Batch = exchange.Batch,
            RequestedAtMicroseconds = exchange.RequestedAtMicroseconds,
            EndedAtMicroseconds = exchange.EndedAtMicroseconds,
            CapturedMicroseconds = Math.Max(0, exchange.EndedAtMicroseconds - exchange.StartedAtMicroseconds),
            ControlsTransaction = (traits & ShapeTraits.Transaction) != 0,
            ResetsUser = (traits & ShapeTraits.ResetsUser) != 0,
            State = exchange.TransactionState,
            Shape = exchange.Shape,
            StatementHandle = exchange.StatementHandle,
            Rows = RunOutcome.Count(exchange.Rows),
            Affected = RunOutcome.Count(exchange.Affected),
            SetHash = (uint)exchange.SetHash,
            NormalSetHash = exchange.NormalSetHash,
            Keeps = Keeps?[position] ?? KeepReason.None,
            IsSample = exchange.Rows > 1 && IsSample(exchange.Shape),
            ErrorCode = ErrorCodes.Pack(exchange.ErrorCode),
        };
        planned.Reason = sessionReason != RunReason.None ? sessionReason : Unplayable(in exchange, traits);
        if (planned.Reason != RunReason.None)
        {
            planned.Verdict = PlayVerdict.Skip;
            return;
        }

        planned.Verdict = cut.Verdict(position);
        if (planned.Verdict == PlayVerdict.PreRoll && selection?.IsInCheckpoint(position) == true)
        {
            planned.Verdict = PlayVerdict.Skip;
            planned.Reason = RunReason.InCheckpoint;
            return;
        }

        if (Keeps is not null && planned.Verdict == PlayVerdict.Play && exchange.Command is Command.Terminate or Command.MySqlQuit)
        {
            planned.Verdict = PlayVerdict.Skip;
            planned.Reason = RunReason.ConnectionShared;
            return;
        }

        if (planned.Verdict is PlayVerdict.Skip or PlayVerdict.PreRollParse)
        {
            planned.Reason = cut.Reason(position);
        }

        if (planned.Verdict == PlayVerdict.Skip)
        {
            return;
        }

        planned.Effect = SessionEffects.Of(in exchange, traits);
        planned.Locks = (traits & ShapeTraits.SessionState) != 0 && Locks is { } locks && (uint)exchange.Shape < (uint)locks.Length ? locks[exchange.Shape] : SessionLockUse.None;
        var isNeeded = planned.Verdict != PlayVerdict.Play || selection is null || selection.Decide(position, in exchange, ref planned);
        byte[]? altered = null;
        if (Alterer is not null && planned is { Verdict: PlayVerdict.Play or PlayVerdict.PreRoll } && !(planned.IsBefore && selection!.IsBeforeWindow(in exchange)) && Alterer.Alter(in exchange, ref planned, out altered) is var reason and not RunReason.None)
        {
            planned.Verdict = PlayVerdict.Skip;
            planned.Reason = reason;

            // A statement that was prepared stays, whatever became of its transaction.
            isNeeded = planned.OwesStatements = reason == RunReason.RolledBack && engine == Engine.PostgreSql && PostgresMessages.HasNamedParse(exchange.Request);
        }

        if (isNeeded)
        {
            var kept = values.Plan(in exchange, ref planned);
            var request = altered ?? exchange.Request;
            planned.Slab = slabs.Append(request, exchange.ParameterTypes, out planned.Offset, kept);
            planned.Values.KeptLength = kept.Length;
            planned.Length = request.Length;
            planned.TypesLength = exchange.ParameterTypes.Length;
            planned.Role = TransactionRoles.Of(in exchange, roles is not null && (uint)exchange.Shape < (uint)roles.Length ? roles[exchange.Shape] : null);
        }
    }

    private ShapeTraits Traits(int shape) => (uint)shape < (uint)shapes.Length ? shapes[shape] : ShapeTraits.None;

    private static RunReason Unplayable(in Exchange exchange, ShapeTraits traits)
    {
        var flags = exchange.Flags;
        return exchange.Command switch
        {
            _ when (flags & ExchangeFlags.RequestTruncated) != 0 => RunReason.RequestTruncated,
            _ when (flags & ExchangeFlags.RequestComplete) == 0 => RunReason.RequestIncomplete,
            // Its secrets are the login's: the client makes it anew for the user that it logs in as.
            _ when (flags & ExchangeFlags.Masked) != 0 && exchange.Command != Command.MySqlChangeUser => RunReason.Masked,
            _ when (flags & ExchangeFlags.UnknownStatement) != 0 => RunReason.UnknownStatement,
            _ when (traits & ShapeTraits.Dangerous) != 0 => RunReason.Dangerous,
            Command.Cancel => RunReason.Cancel,
            Command.MySqlShutdown or Command.MySqlProcessKill or Command.MySqlRefresh or Command.MySqlDebug => RunReason.Dangerous,
            Command.MySqlBinlogDump or Command.MySqlBinlogDumpGtid or Command.MySqlRegisterReplica => RunReason.Replication,
            Command.Unknown => RunReason.NotSupported,
            _ => RunReason.None,
        };
    }

    private bool IsSample(int shape) =>
        (uint)shape < (uint)_seen.Length && ++_seen[shape] is var seen && (seen <= FirstSamples || System.Numerics.BitOperations.IsPow2(seen - 1));
}
